import type { FindingChange, Site } from '../../contract/types.ts'
import type { RecordView } from '../../core/emit.ts'
import { sitesOfStack } from '../../core/sites.ts'
import {
  busyMs,
  capturedSite,
  effectOf,
  groupBy,
  keyOf,
  namesOf,
  placeName,
  type Query,
  queriesOf,
  readQuery,
  sourceAt,
  writtenMeanwhile,
} from '../queries.ts'
import { defineRule, type FindingDraft, maxOfRule } from '../rule.ts'
import { asksByAnswer } from '../source/dependence.ts'
import { driverOf } from '../source/driver.ts'
import { loopAround, type Place, placeOf } from '../source/place.ts'
import { ms, number, plural, share } from '../words.ts'
import { batchChange } from './change.ts'
import { batchExample } from './example.ts'
import { type Lookup, lookupOf } from './lookup.ts'

/** Queries of one shape from one line, each with another value: what one query could have brought. */
export const nPlusOneRule = defineRule({
  id: 'n-plus-one',
  thresholds: { queries: 5 },
  passes: ({ thresholds }) => `No N+1 queries (${thresholds.queries} or more of one shape from one line)`,
  check(view, { thresholds }) {
    const atLeast = Math.max(2, thresholds.queries as number)
    const groups = groupBy(queriesOf(view), lineOf).filter(({ length }) => length >= atLeast)
    const found: { queries: readonly Query[]; lookup: Lookup }[] = []
    for (const queries of groups.sort((a, b) => b.length - a.length)) {
      const lookup = found.length < maxOfRule ? lookupOf(queries) : null
      if (lookup !== null && lookup.distinct > 1 && !isChain(view, queries)) found.push({ queries, lookup })
    }
    return found.map(({ queries, lookup }) => toFinding(view, queries, lookup))
  },
})

/** Each asks for what the one before answered: they cannot be one query. */
function isChain(view: RecordView, queries: readonly Query[]): boolean {
  const asOfMs = view.summary.startedAt
  const site = capturedSite(view, queries)
  const place = site === null ? null : placeOf(site, asOfMs)
  if (place !== null && asksByAnswer(place)) return true
  const caller = place?.loop == null ? callingLoop(view, queries, asOfMs) : null
  const called = caller === null ? null : placeOf(caller, asOfMs)
  return called !== null && asksByAnswer(called)
}

/** Queries in a group of one shape, of one line. */
function lineOf({ data, site }: Query): string | null {
  if (data.similarGroup === null || site === null) return null
  return `${data.similarGroup} ${site.line}:${site.column} ${site.file}`
}

function toFinding(view: RecordView, queries: readonly Query[], lookup: Lookup): FindingDraft {
  const site = capturedSite(view, queries)
  const asOfMs = view.summary.startedAt
  const place = site === null ? null : placeOf(site, asOfMs)
  const caller = place?.loop == null ? callingLoop(view, queries, asOfMs) : null
  const where = fromWhere(place, caller, queries)
  const together = busyMs(queries)
  const statement = readQuery(queries[0] as Query)
  const longest = Math.max(...queries.map(({ durationMs }) => durationMs ?? 0))
  const table = namesOf(statement)
  // one query for all of them takes longer than one of them, but hardly ten times as long
  const afterMs = Math.min(together, Math.max(longest, together / 10))
  const change =
    place === null ||
    lookup.distinct > maxInOneList ||
    writtenMeanwhile(
      view,
      queries,
      statement.tables.map(({ name }) => name),
    )
      ? null
      : batchChange(place, lookup)
  return {
    severity: 'warning',
    title: `N+1: ${plural(queries.length, 'query', 'queries')} ${where}`,
    evidence: `The same SELECT on ${table} ran ${number(queries.length)} times ${where}, for ${plural(lookup.values ?? lookup.distinct, 'value')}: ${ms(together)}, ${share(together, view.summary.durationMs)} of the request.`,
    fix: fixOf(lookup, place, caller, change),
    site,
    entries: queries.map(({ id }) => id),
    key: keyOf('n-plus-one', site, lookup.shape),
    facts: [
      ['Statement', lookup.shape.slice(0, 2_000)],
      ['Repeated', repeated(queries, lookup)],
      ['Together', `${ms(together)}, ${share(together, view.summary.durationMs)} of the request`],
      ...(caller === null ? [] : ([['Called in', `the loop at ${placeName(caller)}`]] as [string, string][])),
    ],
    source: sourceAt(site),
    change: change ?? batchExample(place, lookup),
    effect: lookup.column === null || isNested(place) ? null : effectOf(view, queries, { queries: 1, ms: afterMs }),
  }
}

/** Servers take some 32,000 to 65,000 parameters; nobody wants that many in one list. */
const maxInOneList = 10_000

function repeated(queries: readonly Query[], { values, distinct }: Lookup): string {
  return `${number(queries.length)} times for ${plural(values ?? distinct, 'value')}`
}

function fromWhere(place: Place | null, caller: Site | null, queries: readonly Query[]): string {
  if (place?.together != null) return 'from one Promise.all'
  if (place?.loop != null || caller !== null) return 'from one loop'
  return overlap(queries) ? 'at the same time from one line' : 'from one line'
}

function overlap(queries: readonly Query[]): boolean {
  return queries.some((query, index) => {
    const before = queries[index - 1]
    return before !== undefined && query.startMs - query.data.waitMs < before.startMs + (before.durationMs ?? 0)
  })
}

/** A loop in a loop makes one query for each round of the outer one. */
function isNested(place: Place | null): boolean {
  return place?.loop != null && loopAround(place.source, place.loop.node) !== null
}

/** The line whose loop called the function that asked; its callers are on the stack. */
function callingLoop(view: RecordView, queries: readonly Query[], asOfMs: number): Site | null {
  const captured = queries.find(({ site }) => site !== null && site.inferred !== true)
  const stack = captured === undefined ? null : view.stackOf(captured.id)
  if (stack === null) return null
  return (
    sitesOfStack(stack)
      .slice(1, 6)
      .find((site) => placeOf(site, asOfMs)?.loop != null) ?? null
  )
}

function fixOf(lookup: Lookup, place: Place | null, caller: Site | null, change: FindingChange | null): string {
  const { table, column, distinct, isOne, isText } = lookup
  const what = table ?? 'the rows'
  if (column === null)
    return `Ask for all of ${what} at once: a condition that covers every round, or group by what the rounds differ in, gives one query.`
  if (lookup.isOneOfMany)
    return `Each round has a limit: it takes one row, or a few, of those with its ${column}. Where no two have the same, load those of all rounds with one query; else one that numbers the rows of each ${column} (row_number() over (partition by ${column} …)) brings as many of each.`
  const isKnex = driverOf(place, lookup.dialect)?.kind === 'knex'
  const ask =
    distinct > maxInOneList
      ? `Load ${what} in batches of a thousand values of ${column}`
      : isKnex
        ? `Load ${what} once, whereIn('${column}', …) with the values of all rounds`
        : `Load ${what} once, with the values of all rounds in one list for ${column}`
  const find = isOne ? `find each one in a Map by ${column}` : `group the rows by ${column} in a Map`
  const types =
    isText && change === null
      ? ` The values asked for are text, as from a query string: where ${column} comes back as a number, compare both as text, String(…).`
      : ''
  if (change !== null) return `${ask}, before the loop, and ${find}: the change below does it.`
  if (caller !== null) return `${ask}, before the loop at ${placeName(caller)} that calls it, and ${find}.${types}`
  return `${ask}${place?.loop == null ? '' : ', before the loop'}, and ${find}.${types}`
}
