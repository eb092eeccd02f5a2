import type { PlanNode } from '../contract/types.ts'
import { planNode } from './plan.ts'

type Json = { [key: string]: unknown }

const conditions = [
  'Index Cond',
  'Recheck Cond',
  'Hash Cond',
  'Merge Cond',
  'Join Filter',
  'Filter',
  'TID Cond',
  'One-Time Filter',
  'Sort Key',
  'Presorted Key',
  'Group Key',
  'Sort Method',
  'Rows Removed by Filter',
  'Rows Removed by Index Recheck',
  'Heap Fetches',
  'Workers Planned',
  'Workers Launched',
  'Subplan Name',
  'Shared Hit Blocks',
  'Shared Read Blocks',
  'Temp Written Blocks',
]

/** The answer of `EXPLAIN (FORMAT JSON)`. */
export function fromPostgres(text: string): PlanNode {
  const [top] = JSON.parse(text) as [{ Plan: Json }]
  return toStep(top.Plan)
}

function toStep(node: Json): PlanNode {
  const type = String(node['Node Type'])
  const table = stringOf(node['Relation Name'])
  const index = stringOf(node['Index Name'])
  const alias = stringOf(node.Alias)
  const loops = numberOf(node['Actual Loops'])
  const rows = numberOf(node['Actual Rows'])
  const time = numberOf(node['Actual Total Time'])
  const children = Array.isArray(node.Plans) ? (node.Plans as Json[]).map(toStep) : []
  return planNode(labelOf(node, type, table, index, alias), {
    details: conditions.flatMap((name) => {
      const value = node[name]
      if (value === undefined || value === null || value === 0) return []
      return [`${name}: ${Array.isArray(value) ? value.map(String).join(', ') : String(value)}`]
    }),
    table,
    index,
    fullScan: type === 'Seq Scan' && table !== null,
    rows: numberOf(node['Plan Rows']),
    actualRows: rows === null ? null : rows * (loops ?? 1),
    cost: numberOf(node['Total Cost']),
    durationMs: time === null ? null : Math.round(time * (loops ?? 1) * 1_000) / 1_000,
    loops,
    children,
  })
}

function labelOf(node: Json, type: string, table: string | null, index: string | null, alias: string | null): string {
  const kind = type === 'ModifyTable' ? String(node.Operation) : type === 'Aggregate' ? aggregateOf(node) : type
  const join = stringOf(node['Join Type'])
  const named = join !== null && join !== 'Inner' ? `${kind.replace(/ Join$/, '')} ${join} Join` : kind
  const parallel = node['Parallel Aware'] === true ? 'Parallel ' : ''
  const using = index === null ? '' : ` using ${index}`
  const source = table ?? stringOf(node['CTE Name']) ?? stringOf(node['Function Name'])
  const on = source === null ? '' : ` on ${source}${alias === null || alias === source ? '' : ` ${alias}`}`
  return `${parallel}${named}${using}${on}`
}

function aggregateOf(node: Json): string {
  const strategy = stringOf(node.Strategy)
  return strategy === 'Hashed' ? 'HashAggregate' : strategy === 'Sorted' ? 'GroupAggregate' : 'Aggregate'
}

const stringOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)
