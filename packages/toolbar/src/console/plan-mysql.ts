import type { PlanNode } from '../contract/types.ts'
import { planNode } from './plan.ts'

type Json = { [key: string]: unknown }

/** Parts that are figures of their step, not steps. */
const figures = new Set([
  'cost_info',
  'r_engine_stats',
  'query_optimization',
  'r_buffer_size',
  'rowid_filter',
  'range-checked-for-each-record',
])

const labels: Readonly<Record<string, string>> = {
  query_block: 'Select',
  nested_loop: 'Nested loop',
  filesort: 'Sort',
  ordering_operation: 'Order',
  grouping_operation: 'Group',
  duplicates_removal: 'Remove duplicates',
  temporary_table: 'Temporary table',
  read_sorted_file: 'Read sorted rows',
  union_result: 'Union',
  intersect_result: 'Intersect',
  except_result: 'Except',
  unary_result: 'Result',
  materialized: 'Materialize',
  materialized_from_subquery: 'Materialize',
  'block-nl-join': 'Join with a buffer',
  windowing: 'Window',
  buffer_result: 'Buffer',
  insert_from: 'Insert',
}

const access: Readonly<Record<string, string>> = {
  ALL: 'Full scan of',
  index: 'Full index scan of',
  range: 'Range scan of',
  ref: 'Index lookup in',
  eq_ref: 'Unique lookup in',
  const: 'Constant lookup in',
  system: 'Constant lookup in',
  fulltext: 'Full-text lookup in',
  index_merge: 'Merged index scan of',
}

const maxDepth = 60

/** The answer of `EXPLAIN FORMAT=JSON` and MariaDB's `ANALYZE FORMAT=JSON`: MySQL 5.7 to 8.4 (format version 1) and MariaDB. */
export function fromMysqlJson(text: string): PlanNode {
  const top = parse(text)
  const block = (top.query_block ?? top) as Json
  const root = toStep('query_block', block, 0)
  const only = root.children[0]
  if (root.children.length !== 1 || only === undefined || root.details.length > 0) return root
  return { ...only, cost: only.cost ?? root.cost, durationMs: root.durationMs ?? only.durationMs }
}

/** MariaDB escapes quotes of texts in conditions in a way that JSON does not know. */
function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return JSON.parse(text.replace(/\\(.)/gs, (all, char: string) => ('"\\/bfnrtu'.includes(char) ? all : char))) as Json
  }
}

function toStep(key: string, node: Json, depth: number): PlanNode {
  const costs = (node.cost_info ?? {}) as Json
  const loops = numberOf(node.r_loops)
  const rows = numberOf(node.r_rows) ?? numberOf(node.r_output_rows)
  const common = {
    cost: numberOf(node.cost) ?? numberOf(costs.query_cost) ?? numberOf(costs.prefix_cost) ?? numberOf(costs.sort_cost),
    actualRows: rows === null ? null : Math.round(rows * (loops ?? 1)),
    durationMs: timeOf(node),
    loops,
    children: depth > maxDepth ? [] : childrenOf(node, depth),
  }
  const isTable = typeof node.table_name === 'string' && key === 'table'
  if (isTable) return { ...toTable(node, costs), ...common }
  const label = key === 'ordering_operation' && node.using_filesort === true ? 'Sort' : (labels[key] ?? key.replace(/[_-]/g, ' '))
  const details = [
    ...(typeof node.message === 'string' ? [node.message] : []),
    ...(typeof node.sort_key === 'string' ? [`Sort key: ${node.sort_key}`] : []),
    ...(node.using_temporary_table === true ? ['In a temporary table'] : []),
    ...(typeof node.attached_condition === 'string' ? [`Condition: ${node.attached_condition}`] : []),
  ]
  return planNode(label, { details, ...common })
}

function toTable(node: Json, costs: Json): PlanNode {
  const name = node.table_name as string
  const type = String(node.access_type ?? '')
  const index = typeof node.key === 'string' ? node.key : null
  const verb =
    node.insert === true ? 'Insert into' : node.replace === true ? 'Replace in' : (access[type] ?? (type === '' ? 'Table' : `${type} on`))
  const effect = node.update === true ? 'Update: ' : node.delete === true ? 'Delete: ' : ''
  const details = [
    ...(typeof node.attached_condition === 'string' ? [`Condition: ${node.attached_condition}`] : []),
    ...(typeof node.index_condition === 'string' ? [`Index condition: ${node.index_condition}`] : []),
    ...(Array.isArray(node.used_key_parts) ? [`Key parts: ${node.used_key_parts.join(', ')}`] : []),
    ...(Array.isArray(node.possible_keys) ? [`Possible keys: ${node.possible_keys.join(', ')}`] : []),
    ...(node.using_index === true ? ['The index has all columns'] : []),
    ...(typeof node.message === 'string' ? [node.message] : []),
    ...(costs.data_read_per_join === undefined ? [] : [`Reads: ${String(costs.data_read_per_join)}`]),
  ]
  return planNode(`${effect}${verb} ${name}${index === null ? '' : ` using ${index}`}`, {
    details,
    table: name.startsWith('<') ? null : name,
    index,
    fullScan: (type === 'ALL' || type === 'index') && !name.startsWith('<'),
    rows: numberOf(node.rows_examined_per_scan) ?? numberOf(node.rows),
  })
}

/** MariaDB tells the time of a table in two parts. */
function timeOf(node: Json): number | null {
  const parts = ['r_total_time_ms', 'r_table_time_ms', 'r_other_time_ms'].map((name) => numberOf(node[name]))
  if (parts.every((part) => part === null)) return null
  return Math.round(parts.reduce((sum: number, part) => sum + (part ?? 0), 0) * 1_000) / 1_000
}

/** Lists are of objects with one step each; a step of one child is that child. */
function childrenOf(node: Json, depth: number): PlanNode[] {
  const children: PlanNode[] = []
  for (const [key, value] of Object.entries(node)) {
    if (figures.has(key) || typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) {
      children.push(toStep(key, value as Json, depth + 1))
      continue
    }
    const steps = value
      .filter(isObject)
      .flatMap((item) => ('table_name' in item ? [toStep('table', item, depth + 1)] : childrenOf(item, depth + 1)))
    if (key === 'nested_loop' && steps.length > 1) children.push(planNode('Nested loop', { children: steps }))
    else children.push(...steps)
  }
  return children
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? Number(value) : null
}

/** MySQL's `EXPLAIN ANALYZE`: a tree in indented lines, `-> what  (cost=1.2 rows=3) (actual time=0.1..0.2 rows=3 loops=1)`. */
export function fromMysqlTree(text: string): PlanNode {
  const top = planNode('Select', {})
  const open: { indent: number; step: PlanNode }[] = [{ indent: -1, step: top }]
  for (const line of text.split('\n')) {
    const indent = line.indexOf('-> ')
    if (indent === -1) continue
    const step = toTreeStep(line.slice(indent + 3))
    while ((open.at(-1) as { indent: number }).indent >= indent) open.pop()
    ;(open.at(-1) as { step: PlanNode }).step.children.push(step)
    open.push({ indent, step })
  }
  const [only] = top.children
  return top.children.length === 1 && only !== undefined ? only : top
}

function toTreeStep(line: string): PlanNode {
  const at = line.search(/ {2}\((?:cost=|actual |never executed)/)
  const label = (at === -1 ? line : line.slice(0, at)).trim()
  const rest = at === -1 ? '' : line.slice(at)
  const planned = /\(cost=(?:[\d.e+]{1,40}\.\.)?([\d.e+]{1,40}) rows=([\d.e+]{1,40})\)/.exec(rest)
  const actual = /\(actual time=[\d.e+]{1,40}\.\.([\d.e+]{1,40}) rows=([\d.e+]{1,40}) loops=(\d{1,40})\)/.exec(rest)
  const on = /\b(?:scan|lookup|search) on (\S+)/i.exec(label)
  const using = /\busing (\S+)/.exec(label)
  const loops = actual === null ? null : Number(actual[3])
  const filter = /^Filter: (.*)$/.exec(label)
  return planNode(filter === null ? label : 'Filter', {
    details: filter === null ? [] : [`Condition: ${filter[1]}`],
    table: on?.[1] === undefined || on[1].startsWith('<') ? null : on[1],
    index: on === null ? null : (using?.[1] ?? null),
    fullScan: /^(?:Covering )?(?:Table|Index) scan on (?!<)/i.test(label),
    rows: planned === null ? null : Number(planned[2]),
    cost: planned === null ? null : Number(planned[1]),
    actualRows: actual === null ? null : Number(actual[2]) * (loops ?? 1),
    durationMs: actual === null ? null : Math.round(Number(actual[1]) * (loops ?? 1) * 1_000) / 1_000,
    loops,
  })
}
