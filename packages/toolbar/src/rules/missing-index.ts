import type { PlanNode } from '../contract/types.ts'
import type { RecordView } from '../core/emit.ts'
import type { SqlCondition, SqlStatement } from '../core/sql/statement.ts'
import { busyMs, capturedSite, effectOf, groupBy, keyOf, likenessOf, type Query, queriesOf, readQuery, sourceAt } from './queries.ts'
import { defineRule, type FindingDraft, type KnownPlan } from './rule.ts'
import { driverOf } from './source/driver.ts'
import { placeOf } from './source/place.ts'
import { ms, number } from './words.ts'

/** More of a table than this is read as fast without an index, which the planner would not use. */
const mostOfTable = 0.1

const equal = new Set(['=', 'in', 'is null'])
const ranges = new Set(['<', '<=', '>', '>=', 'between'])

/**
 * A whole table read for a few of its rows. The plan tells that it is; whether an index could serve the filter is read from the
 * statement: columns that are compared as they are. Nothing is said of functions, LIKE and OR, which an index may not serve.
 */
export const missingIndexRule = defineRule({
  id: 'missing-index',
  thresholds: { minMs: 1, rows: 1_000 },
  passes: ({ thresholds }) => `No filter without an index (tables of ${number(thresholds.rows as number)} rows or more)`,
  check(view, { thresholds, planOf }) {
    const findings: FindingDraft[] = []
    const slow = queriesOf(view).filter(({ durationMs, status }) => status === 'ok' && (durationMs ?? 0) >= (thresholds.minMs as number))
    for (const queries of groupBy(slow, likenessOf)) {
      const query = queries.reduce((a, b) => ((b.durationMs ?? 0) > (a.durationMs ?? 0) ? b : a))
      const statement = readQuery(query)
      if (!isFiltered(statement)) continue
      const known = planOf(query.id)
      if (known === null) continue
      const missing = missingOf(query, statement, known, thresholds.rows as number)
      if (missing !== null) findings.push(toFinding(view, queries, query, missing))
    }
    return findings
  },
})

interface Missing {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: number
  readonly step: PlanNode
}

/** Before a plan is asked for. */
function isFiltered({ verb, compound, disjunction, conditions }: SqlStatement): boolean {
  return (verb === 'select' || verb === 'update' || verb === 'delete') && !compound && !disjunction && conditions.some(isServed)
}

/** A column of the table compared with a value, in the way of an index. */
function isServed({ clause, operator, value }: SqlCondition): boolean {
  return clause === 'where' && (equal.has(operator) || ranges.has(operator)) && value !== 'column' && value !== 'query'
}

function missingOf(query: Query, statement: SqlStatement, { plan, tables }: KnownPlan, least: number): Missing | null {
  for (const step of stepsOf(plan)) {
    const facts = step.table === null || !readsAll(step) ? undefined : tables.get(step.table)
    if (step.table === null || facts === undefined || facts.rows === null || facts.rows < least) continue
    const named = statement.tables.filter(({ name }) => name === step.table)
    if (named.length !== 1 || named[0]?.schema !== null) continue
    if (!isSelective(query, statement, step, facts.rows)) continue
    const columns = columnsFor(statement, step.table, facts.indexes)
    if (columns !== null) return { table: step.table, columns, rows: facts.rows, step }
  }
  return null
}

/** Rows that are stored in the order of their key are read by it. */
function readsAll({ fullScan, index }: PlanNode): boolean {
  return fullScan && (index === null || index === 'PRIMARY')
}

/** Few rows came of many; where the answer does not tell how many matched, the planner has to expect few. */
function isSelective({ data }: Query, statement: SqlStatement, step: PlanNode, rows: number): boolean {
  const most = mostOfTable * rows
  // only PostgreSQL expects anything, and guesses where it has no statistics; the others tell what is read
  const expected = data.dialect === 'postgresql' ? step.rows : null
  const counted = statement.aggregate || statement.grouped || statement.distinct || statement.tables.length > 1
  const came = counted ? null : data.rows
  if (expected === null && came === null) return false
  return (expected ?? 0) <= most && (came ?? 0) <= most
}

/** Columns that are equal to something first, then one that is in a range, or that rows are ordered by. */
function columnsFor(statement: SqlStatement, table: string, indexes: readonly (readonly string[])[]): string[] | null {
  const served = statement.conditions.filter((condition) => condition.table === table && isServed(condition))
  const leads = (column: string): boolean => indexes.some(([first]) => first === column)
  // there is an index for a part of it, and the planner knows why it did not take it
  if (served.some(({ column }) => leads(column))) return null
  // with a range alone, it may be the other conditions that few rows fulfil
  const others = statement.conditions.some((condition) => condition.clause === 'where' && condition.table === table && !isServed(condition))
  if (others && !served.some(({ operator }) => operator === '=')) return null
  const columns = [...new Set(served.filter(({ operator }) => equal.has(operator)).map(({ column }) => column))].slice(0, 3)
  const range = served.find(({ operator, column }) => ranges.has(operator) && !columns.includes(column))
  const [order] = statement.orderBy
  if (range !== undefined) columns.push(range.column)
  else if (order !== undefined && order.table === table && columns.length > 0 && !columns.includes(order.column) && !leads(order.column))
    if (served.every(({ operator }) => operator === '=')) columns.push(order.column)
  return columns.length === 0 ? null : columns
}

function toFinding(view: RecordView, queries: readonly Query[], query: Query, { table, columns, rows, step }: Missing): FindingDraft {
  const site = capturedSite(view, queries)
  const place = site === null ? null : placeOf(site, view.summary.startedAt)
  const driver = driverOf(place, query.data.dialect)
  // builders write names in quotes
  const isBuilt = driver === null ? /[`"]/.test(query.data.sql) : driver.kind === 'knex'
  const together = busyMs(queries)
  const quote = (name: string): string =>
    /^[a-z_][a-z0-9_]*$/.test(name) ? name : query.data.dialect === 'mysql' ? `\`${name}\`` : `"${name}"`
  const index = `${table}_${columns.join('_')}_idx`.slice(0, 60)
  const sql = `create index ${quote(index)} on ${quote(table)} (${columns.map(quote).join(', ')})`
  const list = columns.map((column) => `'${column}'`).join(', ')
  const came = query.data.rows === null ? 'what it looks for' : query.data.rows === 1 ? '1 row' : `${number(query.data.rows)} rows`
  return {
    severity: 'warning',
    title: `Missing index on ${table} (${columns.join(', ')})`,
    evidence: `The whole table is read, ${number(rows)} rows, to find ${came}: ${ms(together)}. No index begins with ${columns.join(' or ')}.`,
    fix: isBuilt
      ? `Add the index, in a migration; with knex: await knex.schema.alterTable('${table}', (table) => table.index([${list}], '${index}')).`
      : 'Add the index, in a migration.',
    site,
    entries: queries.map(({ id }) => id),
    key: keyOf('missing-index', site, query.data.shape),
    facts: [
      ['Statement', query.data.shape.slice(0, 2_000)],
      ['Plan', [step.label, ...step.details.filter((detail) => /^(?:Filter|Condition)/.test(detail))].join(' · ').slice(0, 500)],
      ['Rows of the table', number(rows)],
    ],
    source: sourceAt(site),
    change: { file: null, firstLine: 0, language: 'sql', lines: [{ kind: 'added', text: `${sql};` }] },
    effect: effectOf(view, queries, { queries: queries.length, ms: together / 10 }),
  }
}

function stepsOf(plan: PlanNode): PlanNode[] {
  return [plan, ...plan.children.flatMap(stepsOf)]
}
