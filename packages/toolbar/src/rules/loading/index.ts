import type { RecordView } from '../../core/emit.ts'
import { capturedSite, groupBy, keyOf, likenessOf, namesOf, type Query, queriesOf, readQuery, sourceAt } from '../queries.ts'
import { defineRule, type FindingDraft } from '../rule.ts'
import { chainOf } from '../source/chain.ts'
import { textOf } from '../source/parse.ts'
import { type Place, placeOf } from '../source/place.ts'
import { isWrapped, type LengthUse, lengthUses, rowReaders } from '../source/uses.ts'
import { bytes, ms, number, plural } from '../words.ts'
import { countChange, existsChange } from './change.ts'

/** Rows that are loaded to be counted. */
export const countByLoadingRule = defineRule({
  id: 'count-by-loading',
  thresholds: { rows: 50 },
  passes: ({ thresholds }) => `No rows loaded only to count them (${number(thresholds.rows as number)} or more)`,
  check: (view, { thresholds }) =>
    loadedForLength(view, thresholds.rows as number)
      .filter(({ uses }) => uses.some(({ truth }) => truth === null))
      .map((loaded) => toFinding(view, loaded, 'count')),
})

/** Rows that are loaded to see whether there are any. */
export const existsByLoadingRule = defineRule({
  id: 'exists-by-loading',
  thresholds: { rows: 50 },
  passes: ({ thresholds }) => `No rows loaded only to see whether there are any (${number(thresholds.rows as number)} or more)`,
  check: (view, { thresholds }) =>
    loadedForLength(view, thresholds.rows as number)
      .filter(({ uses }) => uses.every(({ truth }) => truth !== null))
      .map((loaded) => toFinding(view, loaded, 'exists')),
})

interface Loaded {
  readonly queries: readonly Query[]
  readonly place: Place
  readonly uses: readonly LengthUse[]
}

/** Queries whose rows nothing but `length` is read of, as the source says. */
function loadedForLength(view: RecordView, rows: number): Loaded[] {
  const loaded: Loaded[] = []
  const many = queriesOf(view).filter((query) => (query.data.rows ?? 0) >= rows && isPlainSelect(query))
  for (const queries of groupBy(many, likenessAt)) {
    const site = capturedSite(view, queries)
    const place = site === null ? null : placeOf(site, view.summary.startedAt)
    if (place?.awaited == null || chainOf(place.query).calls.some(({ name }) => name === 'first' || name === 'then')) continue
    const readers = rowReaders(place.source, place.awaited, isWrapped(place.query))
    const uses = readers === null ? null : lengthUses(place.source, readers)
    if (uses !== null) loaded.push({ queries, place, uses })
  }
  return loaded
}

function likenessAt(query: Query): string | null {
  const { site } = query
  return site === null ? null : `${likenessOf(query)} ${site.file}:${site.line}:${site.column}`
}

/** One row of the answer for each that the conditions find: what groups, cuts off or multiplies rows is counted in another way. */
function isPlainSelect(query: Query): boolean {
  const { verb, writes, locking, aggregate, distinct, grouped, limited, compound, conditions, tables } = readQuery(query)
  if (verb !== 'select' || writes || locking || aggregate || tables.length === 0) return false
  if (distinct || grouped || limited || compound || conditions.some(({ clause }) => clause === 'having')) return false
  return !/\b(?:offset|having|unnest|generate_series|string_to_table|regexp_(?:split_to_table|matches)|jsonb?_\w+)\b/i.test(query.data.sql)
}

function toFinding(view: RecordView, { queries, place, uses }: Loaded, what: 'count' | 'exists'): FindingDraft {
  const [first] = queries as [Query, ...Query[]]
  const site = capturedSite(view, queries)
  const rows = queries.reduce((most, { data }) => Math.max(most, data.rows ?? 0), 0)
  const sent = queries.reduce((sum, { data }) => sum + (data.bytes ?? 0), 0)
  const table = namesOf(readQuery(first))
  const read = textOf(place.source, (uses[0] as LengthUse).truth?.node ?? (uses[0] as LengthUse).member).slice(0, 80)
  const took = ms(queries.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0))
  const change = what === 'count' ? countChange(place, uses, first) : existsChange(place, uses, first, hasId(view, first))
  return {
    severity: 'warning',
    title:
      what === 'count'
        ? `Counted by loading: ${plural(rows, 'row')} for one number`
        : `Existence by loading: ${plural(rows, 'row')} for a yes or no`,
    evidence: `${plural(rows, 'row')} of ${table}${sent === 0 ? '' : `, ${bytes(sent)},`} were loaded in ${took}, and all that is read of them is \`${read}\`.`,
    fix:
      what === 'count'
        ? `Let the database count ${table}: count(*) brings one row.`
        : `Ask for one row of ${table} with one column: the first is enough for a yes.`,
    site,
    entries: queries.map(({ id }) => id),
    key: keyOf(`${what}-by-loading`, site, first.data.shape),
    facts: [
      ['Statement', first.data.shape.slice(0, 2_000)],
      ['Loaded', `${plural(rows, 'row')}${sent === 0 ? '' : `, ${bytes(sent)}`}`],
      ['Used', read],
    ],
    source: sourceAt(site),
    change,
    // how long the other query takes is for the database to say
    effect: null,
  }
}

/** Some statement of the request names a column `id` of the same table. */
function hasId(view: RecordView, query: Query): boolean {
  const [table] = readQuery(query).tables
  const seen = new Set<string>()
  for (const { data } of queriesOf(view)) {
    if (seen.has(data.shape) || seen.size > 200) continue
    seen.add(data.shape)
    const { tables, columns, conditions, orderBy } = readQuery({ ...query, data })
    if (!tables.some(({ name }) => name === table?.name)) continue
    if (tables.length === 1 && columns?.includes('id')) return true
    if ([...conditions, ...orderBy].some((one) => one.column === 'id' && one.table === table?.name)) return true
  }
  return false
}
