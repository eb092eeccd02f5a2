import { useState } from 'preact/hooks'
import type { PlanNode } from '../../contract/types.ts'
import { Ms } from '../../ui/figures.tsx'
import { formatCount } from '../../ui/format.ts'

interface Step {
  node: PlanNode
  level: number
  /** `1.2.1`: its place among its parent's children, and theirs */
  path: string
}

function flatten(node: PlanNode, level: number, path: string, folded: ReadonlySet<string>, out: Step[]): Step[] {
  out.push({ node, level, path })
  if (folded.has(path)) return out
  for (const [index, child] of node.children.entries()) flatten(child, level + 1, `${path}.${index + 1}`, folded, out)
  return out
}

const figures = ({ rows, actualRows, loops, cost }: PlanNode): string =>
  [
    actualRows !== null && rows !== null && rows !== actualRows
      ? `${formatCount(actualRows)} rows, ${formatCount(rows)} expected`
      : (actualRows ?? rows) !== null && `${formatCount(actualRows ?? rows ?? 0)} ${(actualRows ?? rows) === 1 ? 'row' : 'rows'}`,
    loops !== null && loops > 1 && `${formatCount(loops)} loops`,
    cost !== null && `cost ${cost >= 100 ? formatCount(cost) : String(Math.round(cost * 100) / 100)}`,
  ]
    .filter(Boolean)
    .join(', ')

/** A plan, the outermost step first; the one to look at first is marked. Bars compare times, or costs where there are no times. */
export function PlanTree({ plan }: { plan: PlanNode }) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [active, setActive] = useState('1')
  const steps = flatten(plan, 1, '1', folded, [])
  const tabStop = steps.some(({ path }) => path === active) ? active : '1'
  const timed = plan.durationMs !== null
  const weight = (node: PlanNode): number => (timed ? node.durationMs : node.cost) ?? 0
  const most = Math.max(...steps.map(({ node }) => weight(node)), 0)
  /** the only step is no worse than others */
  const isWorst = (node: PlanNode): boolean => node.worst && plan.children.length > 0
  const worstWord = timed ? 'slowest' : most > 0 ? 'costliest' : 'look here first'
  const toggle = ({ node, path }: Step): void => {
    if (node.children.length === 0) return
    const next = new Set(folded)
    if (!next.delete(path)) next.add(path)
    setFolded(next)
  }
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
    const at = steps.findIndex(({ path }) => path === tabStop)
    const step = steps[at]
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return
    const open = step.node.children.length > 0 && !folded.has(step.path)
    const parent = step.path.slice(0, step.path.lastIndexOf('.'))
    let target: string | undefined
    if (event.key === 'ArrowDown') target = steps[at + 1]?.path
    else if (event.key === 'ArrowUp') target = steps[at - 1]?.path
    else if (event.key === 'Home') target = '1'
    else if (event.key === 'End') target = steps.at(-1)?.path
    else if (event.key === 'ArrowRight' && open) target = `${step.path}.1`
    else if (event.key === 'ArrowLeft' && !open) target = parent || undefined
    else if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft' && event.key !== 'Enter') return
    else toggle(step)
    event.preventDefault()
    event.stopPropagation()
    if (!target) return
    setActive(target)
    event.currentTarget.querySelector<HTMLElement>(`[data-step="${target}"]`)?.focus()
  }
  return (
    <div class="tree plan" role="tree" aria-label="Query plan" onKeyDown={onKeyDown}>
      {steps.map((step) => {
        const { node, level, path } = step
        return (
          <div
            key={path}
            class={`step${isWorst(node) ? ' worst' : ''}`}
            role="treeitem"
            aria-level={level}
            aria-expanded={node.children.length > 0 ? !folded.has(path) : undefined}
            tabIndex={path === tabStop ? 0 : -1}
            data-step={path}
            style={{ paddingInlineStart: `${8 + Math.min(level - 1, 8) * 16}px` }}
            onFocus={() => setActive(path)}
            onClick={() => toggle(step)}
          >
            <span class="pl">
              {level > 1 && (
                <span class="m3" aria-hidden="true">
                  └{' '}
                </span>
              )}
              <bdi class="b">{node.label}</bdi>
              {node.fullScan && <span class="chip warn">whole table</span>}
              {isWorst(node) && <span class="chip warn">{worstWord}</span>}
            </span>
            {most > 0 && (
              <span class="meter" aria-hidden="true">
                <i class={isWorst(node) ? 'f-warn' : 'f-sql'} style={{ width: `${((weight(node) / most) * 100).toFixed(1)}%` }} />
              </span>
            )}
            <span class="r pt-time">{node.durationMs !== null && <Ms value={node.durationMs} />}</span>
            <span class="pd">
              {[figures(node), ...node.details].filter(Boolean).map((line, index) => (
                <bdi key={index}>{line}</bdi>
              ))}
            </span>
          </div>
        )
      })}
    </div>
  )
}
