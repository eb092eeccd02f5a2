import type { FindingChange } from '../contract/types.ts'
import { capturedSite, explainedBy, groupBy, keyOf, likenessOf, namesOf, type Query, queriesOf, readQuery, sourceAt } from './queries.ts'
import { defineRule, type FindingDraft } from './rule.ts'
import { chainOf } from './source/chain.ts'
import { driverOf } from './source/driver.ts'
import { changeOf, exampleOf } from './source/edits.ts'
import { endOf } from './source/parse.ts'
import { type Place, placeOf } from './source/place.ts'
import { columnsRead, isWrapped, rowReaders } from './source/uses.ts'
import { bytes, number, plural, quoted } from './words.ts'

/** `select *` of a wide table, when few of its columns are used. */
export const selectStarRule = defineRule({
  id: 'select-star',
  thresholds: { columns: 20, bytes: 50_000 },
  passes: ({ thresholds }) => `No SELECT * of ${thresholds.columns} columns and ${bytes(thresholds.bytes as number)} or more`,
  check(view, { thresholds, earlier }) {
    const { columns, bytes: minBytes } = thresholds as { columns: number; bytes: number }
    // whoever only counts rows reads none of their columns
    const explained = explainedBy(earlier, ['count-by-loading', 'exists-by-loading'])
    const wide = queriesOf(view).filter(
      (query) =>
        !explained.has(query.id) && (query.data.columns ?? 0) >= columns && readQuery(query).star && readQuery(query).verb === 'select',
    )
    const findings: FindingDraft[] = []
    for (const queries of groupBy(wide, likenessOf)) {
      const total = queries.reduce((sum, { data }) => sum + (data.bytes ?? 0), 0)
      if (total < minBytes) continue
      const site = capturedSite(view, queries)
      const place = site === null ? null : placeOf(site, view.summary.startedAt)
      const used = place === null ? null : usedColumns(place)
      const fetched = (queries[0] as Query).data.columns ?? 0
      // what cannot be followed may well use all of them: only what is far over the bounds is said then
      if (used === null ? fetched < 2 * columns || total < 2 * minBytes : used.length * 2 > fetched) continue
      findings.push(toFinding(queries, total, place, used, site))
    }
    return findings
  },
})

function toFinding(
  queries: readonly Query[],
  total: number,
  place: Place | null,
  used: string[] | null,
  site: FindingDraft['site'],
): FindingDraft {
  const first = queries[0] as Query
  const fetched = first.data.columns ?? 0
  const rows = queries.reduce((sum, { data }) => sum + (data.rows ?? 0), 0)
  const table = namesOf(readQuery(first))
  const names = used === null ? null : listed(used)
  return {
    severity: 'warning',
    title: used === null ? `SELECT *: ${fetched} columns, ${bytes(total)}` : `SELECT *: ${fetched} columns fetched, ${used.length} used`,
    evidence: `SELECT * on ${table} brought ${fetched} columns of ${plural(rows, 'row')}, ${bytes(total)}; ${used === null ? 'which of them are used cannot be told from the source' : used.length === 0 ? 'the code around reads none of them' : `the code around reads ${used.length === 1 ? 'only' : ''} ${names}`.replace('  ', ' ')}.`,
    fix:
      used === null || used.length === 0
        ? `Name the columns that are used instead of *, so that long texts stay in the database.`
        : `Ask for ${names} instead of *.`,
    site,
    entries: queries.map(({ id }) => id),
    key: keyOf('select-star', site, first.data.shape),
    facts: [
      ['Statement', first.data.shape.slice(0, 2_000)],
      ['Fetched', `${plural(fetched, 'column')} of ${plural(rows, 'row')}, ${bytes(total)}`],
      ...(used === null ? [] : ([['Used', used.length === 0 ? 'none' : used.slice(0, 40).join(', ')]] as [string, string][])),
    ],
    source: sourceAt(site),
    change: used === null || used.length === 0 ? null : (columnsChange(place, first, used) ?? columnsExample(place, first, used)),
  }
}

function listed(names: readonly string[]): string {
  if (names.length > 8) return `${names.slice(0, 7).join(', ')} and ${number(names.length - 7)} more`
  return names.length === 1 ? (names[0] as string) : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** Properties that are read of the rows; `null` when they go where they cannot be followed. */
function usedColumns(place: Place): string[] | null {
  const { source, query, awaited } = place
  if (awaited === null) return null
  const { calls } = chainOf(query)
  const isOne = calls.some(({ name }) => name === 'first')
  if (calls.some(({ name }) => name === 'then' || name === 'pluck')) return null
  const readers = rowReaders(source, awaited, isWrapped(query))
  const columns = readers === null ? null : columnsRead(source, readers, isOne ? 'row' : 'rows')
  return columns === null ? null : [...columns].sort()
}

/** With one table a name means its column; in a join it may mean two. */
function columnsChange(place: Place | null, query: Query, used: readonly string[]): FindingChange | null {
  if (place === null || readQuery(query).tables.length !== 1) return null
  const { calls, table } = chainOf(place.query)
  if (
    table === null ||
    calls.some(({ name }) => /^(?:column|columns|count|sum|min|max|avg|distinct|query|raw|execute|groupBy)$/.test(name))
  )
    return null
  const list = used.map(quoted).join(', ')
  const selects = calls.filter(({ name }) => name === 'select')
  const first = calls.find(({ name }) => name === 'first')
  if (selects.length > 1 || (selects.length === 1 && first !== undefined && first.args.length > 0)) return null
  const [select] = selects
  if (select !== undefined)
    return select.args.every((arg) => arg.type === 'StringLiteral' && /^(?:\w+\.)?\*$/.test(arg.value))
      ? changeOf(place.source, [{ start: select.start, end: select.end, text: `.select(${list})` }])
      : null
  if (first !== undefined)
    return first.args.length > 0 ? null : changeOf(place.source, [{ start: first.start, end: first.end, text: `.first(${list})` }])
  const at = endOf(place.query)
  return changeOf(place.source, [{ start: at, end: at, text: `.select(${list})` }])
}

function columnsExample(place: Place | null, query: Query, used: readonly string[]): FindingChange {
  const isBuilder = driverOf(place, query.data.dialect)?.kind === 'knex' && place !== null && !isWrapped(place.query)
  const joined =
    readQuery(query).tables.length > 1 ? ['// where two of the tables have a column of that name, with its table in front'] : []
  return isBuilder
    ? exampleOf([...joined, `.select(${used.map(quoted).join(', ')})`])
    : exampleOf([`select ${used.join(', ')} from ${readQuery(query).tables[0]?.name ?? '…'} …`], 'sql')
}
