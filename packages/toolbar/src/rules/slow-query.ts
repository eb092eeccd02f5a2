import { busyMs, capturedSite, groupBy, keyOf, likenessOf, namesOf, type Query, queriesOf, readQuery, sourceAt } from './queries.ts'
import { defineRule } from './rule.ts'
import { bytes, ms, number, plural, share } from './words.ts'

/** One statement that took longer than the option `slowQueryMs`; those of one shape are one finding. */
export const slowQueryRule = defineRule({
  id: 'slow-query',
  thresholds: {},
  passes: ({ slowQueryMs }) => `No slow query (over ${ms(slowQueryMs)})`,
  check(view, { slowQueryMs }) {
    const slow = queriesOf(view).filter(({ durationMs }) => (durationMs as number) >= slowQueryMs)
    return groupBy(slow, likenessOf).map((queries) => {
      const worst = queries.reduce((a, b) => ((b.durationMs ?? 0) > (a.durationMs ?? 0) ? b : a))
      const took = ms(worst.durationMs ?? 0)
      const site = capturedSite(view, [worst, ...queries])
      const together = busyMs(queries)
      const whole = view.summary.durationMs
      return {
        severity: 'warning' as const,
        title: `Slow query: ${took}`,
        evidence:
          queries.length === 1
            ? `One statement${onTables(worst)} took ${took}, ${share(worst.durationMs ?? 0, whole)} of the request.`
            : `${number(queries.length)} statements of this shape took over ${ms(slowQueryMs)}, the slowest ${took}: ${ms(together)}, ${share(together, whole)} of the request.`,
        fix: fixOf(worst),
        site,
        entries: queries.map(({ id }) => id),
        key: keyOf('slow-query', null, worst.data.shape),
        facts: [
          ['Statement', worst.data.shape.slice(0, 2_000)] as [string, string],
          ['Slowest', took] as [string, string],
          ...answerOf(worst),
          ...(queries.length === 1 ? [] : [['Together', `${ms(together)}, ${share(together, whole)} of the request`] as [string, string]]),
        ],
        source: sourceAt(site),
      }
    })
  },
})

function onTables(query: Query): string {
  const statement = readQuery(query)
  return statement.tables.length === 0 ? '' : ` on ${namesOf(statement)}`
}

/** What came tells where the time went: much was sent, or much was looked through for little. */
function fixOf(query: Query): string {
  const { data } = query
  const { verb, conditions, tables } = readQuery(query)
  if (data.error !== null) return 'It failed after that time: a time limit or a lock that somebody else holds is likely.'
  if (verb === 'select' && (data.rows ?? 0) >= 1_000)
    return `It brought ${plural(data.rows ?? 0, 'row')}: ask for the rows and columns that are shown, or add up in the database.`
  if (tables.length === 0) return 'It reads nothing that is stored: the time goes into what it calls, computes or waits for.'
  const columns = [...new Set(conditions.filter(({ clause }) => clause === 'where').map(({ column }) => column))]
  const filter = columns.length === 0 ? '' : ` Its filter is on ${columns.slice(0, 4).join(', ')}.`
  if (verb !== 'select' && verb !== 'other') return `Look at its plan, and at who holds locks on ${tables[0]?.name} at that time.${filter}`
  return `Look at its plan in the SQL panel for tables that are read whole: an index for its filter, or fewer rows to join, makes it faster.${filter}`
}

function answerOf({ data }: Query): [string, string][] {
  if (data.rows === null) return []
  return [['Answer', `${plural(data.rows, 'row')}${data.bytes === null ? '' : `, ${bytes(data.bytes)}`}`]]
}
