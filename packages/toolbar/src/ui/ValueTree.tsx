import { useState } from 'preact/hooks'
import type { Preview } from '../contract/types.ts'
import { formatCount } from './format.ts'
import { MASK, previewText, type Special, toSpecial } from './preview.ts'

const MORE = '…'

function Leaf({ special }: { special: Special }) {
  const { $, v, length } = special
  switch ($) {
    case 'masked':
      return (
        <span class="m3">
          {MASK} masked{typeof v === 'string' && v !== '' ? `, ${v}` : ''}
        </span>
      )
    case 'string':
      return (
        <>
          <bdi class="y-s">"{String(v)}…"</bdi> {length !== undefined && <span class="m3">{formatCount(length)} characters</span>}
        </>
      )
    case 'undefined':
      return <span class="m3">undefined</span>
    case 'more':
      return <span class="m3">{typeof v === 'number' ? `${formatCount(v)} more` : 'more'} not kept</span>
    case 'BigInt':
      return <span class="y-n">{String(v)}n</span>
    default:
      return (
        <>
          <span class="m3">{$}</span> {v !== undefined && v !== null && typeof v !== 'object' && <bdi class="y-s">{String(v)}</bdi>}
        </>
      )
  }
}

function Scalar({ value }: { value: Preview }) {
  if (typeof value === 'string') return <bdi class="y-s">"{value}"</bdi>
  if (typeof value === 'number') return <span class="y-n">{String(value)}</span>
  return <span class="y-k">{String(value)}</span>
}

/** What can be unfolded of a value, if anything. */
function childrenOf(value: Preview): { entries: [string, Preview][]; summary: string } | null {
  if (typeof value !== 'object' || value === null) return null
  const special = toSpecial(value)
  if (special) {
    const inner = special.v
    if (typeof inner !== 'object' || inner === null || special.$ === 'masked') return null
    const found = childrenOf(inner)
    return found && { entries: found.entries, summary: `${special.$} ${found.summary}` }
  }
  if (Array.isArray(value))
    return {
      entries: value.map((item, index) => [toSpecial(item)?.$ === 'more' ? MORE : String(index), item]),
      summary: `[${value.length}]`,
    }
  return { entries: Object.entries(value), summary: previewText(value, '"', 1) }
}

function Node({ name, value, depth, open }: { name: string; value: Preview; depth: number; open: boolean }) {
  const [unfolded, setUnfolded] = useState(open)
  const inside = childrenOf(value)
  const special = toSpecial(value)
  const indent = { paddingInlineStart: `${depth * 14}px` }
  if (!inside || inside.entries.length === 0)
    return (
      <div class="vt" style={indent}>
        <span class="vk">
          <bdi>{name}</bdi>
        </span>
        <span class="vv">
          {special ? (
            <Leaf special={special} />
          ) : inside ? (
            <span class="m3">{Array.isArray(value) ? '[]' : '{}'}</span>
          ) : (
            <Scalar value={value} />
          )}
        </span>
      </div>
    )
  return (
    <>
      <button type="button" class="vt fold" style={indent} aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
        <span class="vk">
          <span class={`tw2${unfolded ? ' o' : ''}`} aria-hidden="true">
            ›
          </span>
          <bdi>{name}</bdi>
        </span>
        <span class="vv m3">
          <bdi>{inside.summary.length > 200 ? `${inside.summary.slice(0, 200)}…` : inside.summary}</bdi>
        </span>
      </button>
      {unfolded && inside.entries.map(([key, item]) => <Node key={key} name={key} value={item} depth={depth + 1} open={false} />)}
    </>
  )
}

/** Names and values, each value unfolding as far as it was kept. */
export function ValueRows({ entries, open = false }: { entries: readonly (readonly [name: string, value: Preview])[]; open?: boolean }) {
  return (
    <div class="vts mono">
      {entries.map(([name, value], index) => (
        <Node key={`${index} ${name}`} name={name} value={value} depth={0} open={open} />
      ))}
    </div>
  )
}

/** One value: its entries if it has some, else itself. */
export function ValueTree({ value, open = false }: { value: Preview; open?: boolean }) {
  const inside = childrenOf(value)
  const special = toSpecial(value)
  if (inside && inside.entries.length > 0) return <ValueRows entries={inside.entries} open={open} />
  return (
    <div class="vts mono">
      {special ? (
        <Leaf special={special} />
      ) : inside ? (
        <span class="m3">{Array.isArray(value) ? '[]' : '{}'}</span>
      ) : (
        <Scalar value={value} />
      )}
    </div>
  )
}
