import type { FindingChange } from '../contract/types.ts'
import { capturedSite, explainedBy, groupBy, keyOf, namesOf, type Query, queriesOf, readQuery, sourceAt } from './queries.ts'
import { defineRule } from './rule.ts'
import { chainOf } from './source/chain.ts'
import { type Driver, driverOf } from './source/driver.ts'
import { changeOf, exampleOf } from './source/edits.ts'
import { endOf } from './source/parse.ts'
import { type Place, placeOf } from './source/place.ts'
import { bytes, ms, number, plural, quoted } from './words.ts'

/** Many rows and no limit: it grows with the table. */
export const unboundedSelectRule = defineRule({
  id: 'unbounded-select',
  thresholds: { rows: 500 },
  passes: ({ thresholds }) => `No SELECT without a limit that brings ${number(thresholds.rows as number)} rows or more`,
  check(view, { thresholds, earlier }) {
    const explained = explainedBy(earlier, ['count-by-loading', 'exists-by-loading'])
    const many = queriesOf(view).filter(
      (query) => (query.data.rows ?? 0) >= (thresholds.rows as number) && !explained.has(query.id) && isUnbounded(query),
    )
    return groupBy(many, ({ data }) => `${data.connection}\n${data.shape}`).map((queries) => {
      const worst = queries.reduce((a, b) => ((b.data.rows ?? 0) > (a.data.rows ?? 0) ? b : a))
      const rows = worst.data.rows ?? 0
      const table = namesOf(readQuery(worst))
      const site = capturedSite(view, [worst, ...queries])
      const place = site === null ? null : placeOf(site, view.summary.startedAt)
      const sent = worst.data.bytes === null ? '' : `, ${bytes(worst.data.bytes)}`
      return {
        severity: 'warning' as const,
        title: `SELECT without a limit: ${plural(rows, 'row')}`,
        evidence: `A SELECT on ${table} without a limit brought ${plural(rows, 'row')}${sent} in ${ms(worst.durationMs ?? 0)}. It grows with the table.`,
        fix: `Ask for a page of ${table}: a limit and an order, and an offset or the last key of the page before. What needs all rows reads them as a stream.`,
        site,
        entries: queries.map(({ id }) => id),
        key: keyOf('unbounded-select', site, worst.data.shape),
        facts: [
          ['Statement', worst.data.shape.slice(0, 2_000)] as [string, string],
          ['Answer', `${plural(rows, 'row')}${sent}`] as [string, string],
        ],
        source: sourceAt(site),
        change: limitChange(place) ?? limitExample(worst, driverOf(place, worst.data.dialect)),
      }
    })
  },
})

/** Bounded by a limit, by an aggregate, by a list of keys, or read as a stream, whose columns nobody counts. */
function isUnbounded(query: Query): boolean {
  const { verb, writes, limited, aggregate, tables, conditions } = readQuery(query)
  if (verb !== 'select' || writes || limited || aggregate || tables.length === 0 || query.data.columns === null) return false
  return !conditions.some(({ operator, items }) => operator === 'in' && items > 1 && items >= (query.data.rows ?? 0) / 2)
}

const pageSize = 50

/** `.limit(50)` at the end of a builder that is awaited. */
function limitChange(place: Place | null): FindingChange | null {
  if (place === null || place.awaited === null) return null
  const { calls, table } = chainOf(place.query)
  if (table === null || calls.some(({ name }) => ['first', 'limit', 'pluck', 'then', 'raw', 'query', 'execute', 'stream'].includes(name)))
    return null
  const order = calls.some(({ name }) => name.startsWith('orderBy'))
  if (!order) return null
  const at = endOf(place.query)
  return changeOf(place.source, [{ start: at, end: at, text: `.limit(${pageSize})` }])
}

function limitExample(query: Query, driver: Driver | null): FindingChange | null {
  const [table] = readQuery(query).tables
  if (table === undefined || !/^\w+$/.test(table.name)) return null
  const key = readQuery(query).orderBy[0]?.column ?? 'id'
  if (driver?.kind !== 'knex') return exampleOf([`select … from ${table.name} …`, `order by ${key}`, `limit ${pageSize} offset …`], 'sql')
  return exampleOf([
    `const rows = await ${driver.client}(${quoted(table.name)})`,
    `  .orderBy(${quoted(key)})`,
    `  .limit(${pageSize})`,
    `  .offset((page - 1) * ${pageSize})`,
  ])
}
