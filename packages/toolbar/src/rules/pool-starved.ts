import type { PoolHolder } from '../contract/types.ts'
import type { RecordView } from '../core/emit.ts'
import { busyMs, capturedSite, endOf, groupBy, keyOf, placeName, type Query, sourceAt, statementsOf } from './queries.ts'
import { defineRule, type FindingDraft } from './rule.ts'
import { ms, number, plural } from './words.ts'

/** Queries that stood in line for a connection. */
export const poolStarvedRule = defineRule({
  id: 'pool-starved',
  thresholds: { waitMs: 50, queries: 5 },
  passes: ({ thresholds }) => `No query waited ${ms(thresholds.waitMs as number)} or more for a connection`,
  check(view, { thresholds }) {
    const { waitMs, queries: ahead } = thresholds as { waitMs: number; queries: number }
    const findings: FindingDraft[] = []
    for (const queries of groupBy(statementsOf(view), ({ data }) => data.connection)) {
      const worst = queries.reduce((a, b) => (b.data.waitMs > a.data.waitMs ? b : a))
      if (worst.data.waitMs < waitMs || !stoodInLine(view, queries, worst, ahead)) continue
      findings.push(
        toFinding(
          view,
          queries.filter(({ data }) => data.pool !== null || data.waitMs >= waitMs),
          worst,
        ),
      )
    }
    return findings
  },
})

function toFinding(view: RecordView, queries: readonly Query[], worst: Query): FindingDraft {
  const sum = queries.reduce((total, { data }) => total + data.waitMs, 0)
  const pool = worst.data.pool
  const max = pool?.max ?? null
  const holders = pool?.holders ?? []
  const own = ownMeanwhile(view, worst)
  const site = capturedSite(view, [worst, ...queries])
  const size = max === null ? 'the pool' : `the pool of ${plural(max, 'connection')}`
  const failed = queries.filter(({ data }) => data.sql === '-- no connection').length
  return {
    severity: 'warning',
    title: `Waited for a connection: ${ms(worst.data.waitMs)}`,
    evidence: `${plural(queries.length, 'query', 'queries')} of ${worst.data.connection} waited for ${size}, the longest ${ms(worst.data.waitMs)}, ${ms(sum)} together${failed === 0 ? '' : `; ${number(failed)} got none`}. ${heldBy(holders, own, view)}`,
    fix: fixOf(worst, own.length > 0, holders),
    site,
    entries: queries.map(({ id }) => id),
    key: keyOf('pool-starved', site, worst.data.connection),
    facts: [
      ['Waited', `${plural(queries.length, 'query', 'queries')}, ${ms(sum)} together`],
      ['Longest', ms(worst.data.waitMs)],
      ...(pool === null
        ? []
        : ([['Pool', `${number(pool.used)} of ${max === null ? '?' : number(max)} in use, ${number(pool.pending)} waiting`]] as [
            string,
            string,
          ][])),
      ...holders.slice(0, 5).map((holder): [string, string] => ['Held by', describe(holder, view)]),
    ],
    source: sourceAt(site),
  }
}

/**
 * Somebody else or a transaction had the connections, nobody gave one back in time, or so many own queries were ahead.
 * A wait for a new connection to be made is none of these, nor are two queries at once on a pool of one.
 */
function stoodInLine(view: RecordView, queries: readonly Query[], worst: Query, ahead: number): boolean {
  const holders = worst.data.pool?.holders ?? []
  if (holders.some(({ request, transaction }) => request !== view.summary.id || transaction)) return true
  return queries.some(({ data }) => data.sql === '-- no connection') || ownMeanwhile(view, worst).length >= ahead
}

/** Queries of the request itself that had the connections for most of the time that one waited. */
function ownMeanwhile(view: RecordView, worst: Query): readonly Query[] {
  const untilMs = worst.startMs
  const fromMs = untilMs - worst.data.waitMs
  const meanwhile = statementsOf(view).filter(
    (query) => query !== worst && query.data.connection === worst.data.connection && endOf(query) > fromMs && query.startMs < untilMs,
  )
  return busyMs(meanwhile) >= worst.data.waitMs / 2 ? meanwhile : []
}

function heldBy(holders: readonly PoolHolder[], own: readonly Query[], view: RecordView): string {
  const [longest] = holders
  if (longest !== undefined) return `Longest held by ${describe(longest, view)}.`
  if (own.length === 0) return 'Who held the connections is not known.'
  const site = capturedSite(view, own)
  return `Meanwhile ${plural(own.length, 'query', 'queries')} of this request itself had ${own.length === 1 ? 'it' : 'them'}${site === null ? '' : `, asked at ${placeName(site)}`}.`
}

function describe({ request, heldMs, transaction, site, sql }: PoolHolder, view: RecordView): string {
  const who = request === view.summary.id ? 'this request' : request === null ? 'work outside of requests' : `request ${request}`
  const where = site === null ? ` (${sql.slice(0, 80)})` : ` at ${placeName(site)}`
  return `${who}${where}, for ${ms(heldMs)}${transaction ? ' in a transaction' : ''}`
}

function fixOf(worst: Query, own: boolean, holders: readonly PoolHolder[]): string {
  if (own && !holders.some(({ transaction }) => transaction))
    return worst.data.dialect === 'sqlite'
      ? 'The request stands in its own way: SQLite has one connection, so ask less at once, best with one query for all.'
      : 'The request stands in its own way: ask with fewer queries at once, best with one for all, instead of a larger pool.'
  if (holders.some(({ transaction }) => transaction))
    return 'Shorten the transactions that hold the connections: nothing but their statements belongs in them. A query inside of one needs its connection, not another one.'
  return 'Shorten what holds the connections; a larger pool only helps where the database has room for more.'
}
