import type { Entry, Finding, FindingEffect, Preview, Site, SourceExcerpt, SqlData } from '../contract/types.ts'
import type { RecordView } from '../core/emit.ts'
import { excerptOf } from '../core/excerpt.ts'
import { type SqlStatement, statementOf } from '../core/sql/statement.ts'

/** What rules about queries have in common. */

export type Query = Entry<SqlData>

const prepared = new WeakMap<RecordView, readonly Query[]>()

/** Finished queries, without BEGIN, COMMIT and their like, in the order they began. */
export function queriesOf(view: RecordView): readonly Query[] {
  let queries = prepared.get(view)
  if (queries === undefined) {
    queries = statementsOf(view).filter(({ data, durationMs }) => data.kind === 'query' && durationMs !== null)
    prepared.set(view, queries)
  }
  return queries
}

/** All statements, also those that open and close transactions. */
export function statementsOf(view: RecordView): readonly Query[] {
  return (view.entries as readonly Query[]).filter(({ type }) => type === 'sql')
}

export function readQuery(query: Query): SqlStatement {
  return statementOf(query.data.sql, query.data.dialect)
}

/** By what they have in common, in the order of the first of each; those without a key are left out. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string | null): Item[][] {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key === null) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups.values()]
}

/** How many of them differ in SQL or parameters: equal ones share a group. */
export function countDistinct(queries: readonly Query[]): number {
  return new Set(queries.map(({ id, data }) => data.duplicateGroup ?? -id)).size
}

/** Queries of one connection and shape have the same, also where only the beginnings of their texts are kept. */
export function likenessOf({ id, data }: Query): string {
  return data.similarGroup === null ? `alone ${id}` : String(data.similarGroup)
}

/** Whether the values are those of the query: a heavy record lets go of them, and of the ends of long ones. */
export function hasValues({ data }: Query): boolean {
  return data.params.every((value) => !isPart(value))
}

function isPart(value: Preview): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && (value.$ === 'more' || value.$ === 'string')
}

/** Equal pictures of values have equal keys, types told apart. */
export function valueKey(value: Preview | undefined): string {
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`
  if (Array.isArray(value)) return `[${value.map(valueKey).join()}]`
  return `{${Object.entries(value)
    .map(([key, held]) => `${key}:${valueKey(held)}`)
    .join()}}`
}

/**
 * The first captured place of some queries. Where all are inferred, it is that of the query they were inferred from: only a captured
 * place is ever shown as that of a finding.
 */
export function capturedSite(view: RecordView, entries: readonly Entry[]): Site | null {
  const captured = entries.find(({ site }) => site !== null && site.inferred !== true)
  if (captured !== undefined) return captured.site
  const like = entries.find(({ site }) => site !== null)?.site
  if (like == null) return null
  const same = statementsOf(view).find(
    ({ site }) =>
      site !== null && site.inferred !== true && site.line === like.line && site.column === like.column && site.file === like.file,
  )
  return same?.site ?? null
}

/** `queries.js:18` */
export function placeName(site: Site): string {
  return `${site.file.split(/[\\/]/).at(-1)}:${site.line}`
}

/** What the same code in another request has in common, wherever the file lies. */
export function keyOf(rule: string, site: Site | null, shape: string): string {
  if (site === null) return `${rule} ${shape.slice(0, 200)}`
  return `${rule} ${site.file}:${site.function ?? ''} ${shape.slice(0, 200)}`
}

export function sourceAt(site: Site | null): SourceExcerpt | null {
  return site === null ? null : excerptOf(site.file, site.line)
}

/** Ms in which at least one of them ran. */
export function busyMs(entries: readonly Entry[]): number {
  let busy = 0
  let until = Number.NEGATIVE_INFINITY
  for (const { startMs, durationMs } of [...entries].sort((a, b) => a.startMs - b.startMs)) {
    const endMs = startMs + (durationMs ?? 0)
    if (endMs > until) busy += endMs - Math.max(startMs, until)
    until = Math.max(until, endMs)
  }
  return busy
}

export function endOf(entry: Entry): number {
  return entry.startMs + (entry.durationMs ?? 0)
}

/** What is left of a request when some queries become one, or none, that takes about `afterMs`. */
export function effectOf(view: RecordView, entries: readonly Entry[], after: { queries: number; ms: number }): FindingEffect {
  const before = view.summary.counts.sql ?? entries.length
  const { durationMs } = view.summary
  const saved = Math.max(0, busyMs(entries) - after.ms)
  return {
    queries: { before, after: before - entries.length + after.queries },
    durationMs: { before: durationMs, after: Math.max(0, Math.round((durationMs - saved) * 1_000) / 1_000) },
  }
}

interface Write {
  readonly startMs: number
  readonly endMs: number
  readonly statement: SqlStatement
}

const writes = new WeakMap<RecordView, readonly Write[]>()

/** Statements that change something; most are SELECT, which is cheaper to see than to read. */
function writesOf(view: RecordView): readonly Write[] {
  let known = writes.get(view)
  if (known === undefined) {
    known = statementsOf(view).flatMap((query): Write[] => {
      if (query.data.kind !== 'query') return []
      if (/^select\b(?!.*\binto\b)/i.test(query.data.sql.slice(0, 300))) return []
      const statement = readQuery(query)
      if (!statement.writes) return []
      // what has not ended writes still
      return [{ startMs: query.startMs, endMs: query.durationMs === null ? Number.POSITIVE_INFINITY : endOf(query), statement }]
    })
    writes.set(view, known)
  }
  return known
}

/**
 * Whether something wrote to one of the tables while these queries ran: their answers may differ. Two connections may well lead to
 * one database, by other drivers too.
 */
export function writtenMeanwhile(view: RecordView, queries: readonly Query[], tables: readonly string[]): boolean {
  const first = queries[0]
  const last = queries.at(-1)
  if (first === undefined || last === undefined) return false
  const read = new Set(tables.map((name) => name.toLowerCase()))
  return writesOf(view).some(
    ({ startMs, endMs, statement }) =>
      endMs >= first.startMs &&
      startMs <= last.startMs &&
      (statement.tables.length === 0 || statement.tables.some(({ name }) => read.has(name.toLowerCase()))),
  )
}

/** Entries that a finding of one of these rules is about already. */
export function explainedBy(earlier: readonly Finding[], rules: readonly string[]): Set<number> {
  return new Set(earlier.filter(({ rule }) => rules.includes(rule)).flatMap(({ entries }) => entries))
}

/** Names of tables as they are said: `books`, `books and authors`. */
export function namesOf(statement: SqlStatement): string {
  const names = [...new Set(statement.tables.map(({ name }) => name))]
  if (names.length === 0) return 'the table'
  return names.length === 1 ? (names[0] as string) : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
