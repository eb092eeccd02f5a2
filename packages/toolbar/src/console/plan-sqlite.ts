import type { PlanNode } from '../contract/types.ts'
import { planNode } from './plan.ts'

/** A row of `EXPLAIN QUERY PLAN`. */
export interface SqlitePlanRow {
  id: number
  parent: number
  detail: string
}

/** SQLite tells no costs, only what it does in which order. */
export function fromSqlite(rows: readonly SqlitePlanRow[]): { plan: PlanNode; text: string } {
  const top = planNode('Query plan', {})
  const byId = new Map<number, { step: PlanNode; depth: number }>([[0, { step: top, depth: 0 }]])
  const lines = ['QUERY PLAN']
  for (const { id, parent, detail } of rows) {
    const above = byId.get(parent) ?? { step: top, depth: 0 }
    const step = toStep(detail)
    above.step.children.push(step)
    byId.set(id, { step, depth: above.depth + 1 })
    lines.push(`${'   '.repeat(above.depth)}|--${detail}`)
  }
  const [only] = top.children
  return { plan: top.children.length === 1 && only !== undefined ? only : top, text: lines.join('\n') }
}

/** `SCAN books`, `SEARCH b USING INDEX books_isbn (isbn=?)`, `SCAN TABLE books AS b` before 3.36; names may be quoted by nothing. */
function toStep(detail: string): PlanNode {
  const found = /^(SCAN|SEARCH) (?:TABLE )?(\S+)(?: AS (\S+))?/.exec(detail)
  const reads =
    found !== null &&
    found[2] !== 'CONSTANT' &&
    found[2] !== 'SUBQUERY' &&
    !/^\(|VIRTUAL TABLE/.test(`${found[2]} ${detail.slice(found[0].length)}`)
  const index = /USING (?:COVERING |AUTOMATIC |PARTIAL )*INDEX (\S+)/.exec(detail)
  return planNode(detail, {
    table: reads ? (found[2] as string) : null,
    index: index?.[1] === undefined || index[1].startsWith('(') ? null : index[1],
    fullScan: reads && found[1] === 'SCAN',
  })
}
