import type { RecordView } from '../../core/emit.ts'
import { sitesOfStack } from '../../core/sites.ts'
import {
  busyMs,
  capturedSite,
  effectOf,
  explainedBy,
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
import { polls } from '../source/dependence.ts'
import { placeOf } from '../source/place.ts'
import { ms, number, plural, share } from '../words.ts'
import { hoistChange } from './change.ts'

/** The same question asked again and again, with the same answer. */
export const duplicateQueryRule = defineRule({
  id: 'duplicate-query',
  thresholds: { queries: 3 },
  passes: ({ thresholds }) => `No query asked ${number(thresholds.queries as number)} times or more with the same values`,
  check(view, { thresholds, earlier }) {
    const atLeast = Math.max(2, thresholds.queries as number)
    const explained = explainedBy(earlier, ['n-plus-one'])
    const groups = groupBy(queriesOf(view), ({ id, data }) =>
      data.duplicateGroup === null || explained.has(id) ? null : String(data.duplicateGroup),
    ).filter(({ length }) => length >= atLeast)
    const found: (readonly Query[])[] = []
    for (const queries of groups.sort((a, b) => b.length - a.length))
      if (found.length < maxOfRule && isRepeatable(view, queries) && !isPolled(view, queries)) found.push(queries)
    return found.map((queries) => toFinding(view, queries))
  },
})

/** Its answer is the same each time: nothing that differs from call to call, no lock, and nobody wrote to its tables in between. */
function isRepeatable(view: RecordView, queries: readonly Query[]): boolean {
  const { verb, writes, locking, volatile, tables } = readQuery(queries[0] as Query)
  if (verb !== 'select' || writes || locking || volatile || tables.length === 0) return false
  return !writtenMeanwhile(
    view,
    queries,
    tables.map(({ name }) => name),
  )
}

/** By the function that asks, or one that calls it: the answer is waited for to be another. */
function isPolled(view: RecordView, queries: readonly Query[]): boolean {
  const asOfMs = view.summary.startedAt
  const captured = queries.find(({ site }) => site !== null && site.inferred !== true)
  const stack = captured === undefined ? null : view.stackOf(captured.id)
  const sites = stack === null ? [] : sitesOfStack(stack).slice(0, 6)
  return [capturedSite(view, queries), ...sites].some((site) => {
    const place = site === null ? null : placeOf(site, asOfMs)
    return place !== null && polls(place)
  })
}

function toFinding(view: RecordView, queries: readonly Query[]): FindingDraft {
  const site = capturedSite(view, queries)
  const together = busyMs(queries)
  const [first] = queries as [Query, ...Query[]]
  const table = namesOf(readQuery(first))
  const asOfMs = view.summary.startedAt
  const places = new Set(queries.map((query) => (query.site === null ? '' : `${query.site.file}:${query.site.line}`)))
  const place = site === null ? null : placeOf(site, asOfMs)
  const captured = queries.find((query) => query.site === site)
  const stack = captured === undefined ? null : view.stackOf(captured.id)
  const caller = place === null || place.loop !== null || stack === null ? null : (sitesOfStack(stack)[1] ?? null)
  const callerPlace = caller === null ? null : placeOf(caller, asOfMs)
  const change = place === null || places.size > 1 ? null : hoistChange(place, callerPlace)
  const inLoop = (place?.loop ?? callerPlace?.loop ?? null) !== null
  const again = queries.length - 1
  return {
    severity: 'warning',
    title: `Duplicate query: asked ${number(queries.length)} times`,
    evidence: `The same SELECT on ${table} with the same values ran ${number(queries.length)} times: ${ms(together)}, ${share(together, view.summary.durationMs)} of the request. ${plural(again, 'answer')} ${again === 1 ? 'was' : 'were'} known already.`,
    fix:
      change !== null
        ? `Ask ${table} once before the loop and use the answer in each round: the change below does it.`
        : inLoop
          ? `Ask ${table} once${caller === null ? ' before the loop' : `, before the loop at ${placeName(caller)}`}, and use the answer in each round.`
          : `Ask ${table} once per request and hand the answer on, for example by keeping its promise where all that need it can read it.`,
    site,
    entries: queries.map(({ id }) => id),
    key: keyOf('duplicate-query', site, first.data.shape),
    facts: [
      ['Statement', first.data.sql.slice(0, 2_000)],
      ['Repeated', `${number(queries.length)} times for 1 value${first.data.params.length === 1 ? '' : ' of each parameter'}`],
      ['Together', `${ms(together)}, ${share(together, view.summary.durationMs)} of the request`],
      ...(places.size > 1 ? ([['Asked in', plural(places.size, 'place')]] as [string, string][]) : []),
      ...(caller === null || !inLoop ? [] : ([['Called in', placeName(caller)]] as [string, string][])),
    ],
    source: sourceAt(site),
    change,
    effect: effectOf(view, queries, { queries: 1, ms: first.durationMs ?? 0 }),
  }
}
