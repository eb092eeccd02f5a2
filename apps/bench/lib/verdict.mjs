import { limits } from '../limits.mjs'
import { createFigures } from './figures.mjs'

const megabyte = 1024 * 1024

/**
 * Judges a run: `[{ kind: 'must' | 'aim', what, limit, value, pass }]`, the texts ready for a table. What was not measured has no row.
 */
export function judge(results) {
  const figures = createFigures(results)
  const rows = []
  const add = (kind, what, limit, value, pass) => rows.push({ kind, what, limit, value, pass })
  const paths = results.routes.map(({ path }) => path)

  for (const kind of ['must', 'aim']) {
    for (const path of paths) {
      const limit = limits.ratio[path]?.[kind]
      const seen = figures.ratio('toolbar', path)
      if (limit && seen) add(kind, `${path}: ratio to bare`, `≤ ${limit.toFixed(2)}`, seen.median.toFixed(2), seen.median <= limit)
    }
  }

  const worst = (figureOf) =>
    paths
      .map((path) => ({ path, value: figureOf(path) }))
      .filter(({ value }) => value !== null)
      .sort((a, b) => b.value - a.value)[0]
  const addWorst = (what, limit, figureOf, pass, format = (value) => value.toFixed(2)) => {
    const found = worst(figureOf)
    if (found) add('must', what, limit, `${format(found.value)} (${found.path})`, pass(found.value))
  }
  addWorst(
    '(toolbar − async context) / bare, worst route',
    `≤ ${limits.overAsyncContext}`,
    (path) => figures.overContext('toolbar', path),
    (value) => value <= limits.overAsyncContext,
  )
  addWorst(
    'ratio below that of OpenTelemetry, worst route: toolbar / OpenTelemetry',
    '< 1',
    (path) => divide(figures.ratio('toolbar', path)?.median, figures.ratio('opentelemetry', path)?.median),
    (value) => value < 1,
  )
  addWorst(
    'disabled costs what bare again does, worst route: more than the upper quartile of bare again',
    `≤ ${limits.alike}`,
    (path) => beyondNoise(figures.ratio('disabled', path), figures.ratio('bare-again', path)),
    (value) => value <= limits.alike,
  )

  const requestUs = figures.overContextUs('toolbar', '/hello')
  if (requestUs !== null)
    add(
      'aim',
      'a request over async context alone (/hello)',
      `≤ ${limits.requestUs} µs`,
      `${requestUs.toFixed(0)} µs`,
      requestUs <= limits.requestUs,
    )
  addQueries(results, figures, add)

  const startup = minus(figures.startupMs('toolbar'), figures.startupMs(figures.base.id))
  if (startup !== null)
    add('must', 'CPU to listening over bare', `≤ ${limits.startupMs} ms`, `${startup.toFixed(0)} ms`, startup <= limits.startupMs)
  const rss = minus(figures.memory('toolbar', 'rss'), figures.memory(figures.base.id, 'rss'))
  if (rss !== null)
    add(
      'must',
      `RSS over bare after ${results.memoryRequests.toLocaleString('en')} requests`,
      `≤ ${limits.rssMb} MB`,
      `${(rss / megabyte).toFixed(0)} MB`,
      rss / megabyte <= limits.rssMb,
    )
  if (figures.opening) {
    const { later, first } = figures.opening
    const { queries } = results.opening
    const title = `SQL panel of ${queries.toLocaleString('en')} queries`
    add(
      'must',
      `${title}: server CPU, median of all but the first of a process`,
      `≤ ${limits.openingMs} ms`,
      `${later.cpuMs.toFixed(0)} ms`,
      later.cpuMs <= limits.openingMs,
    )
    add(
      'aim',
      `${title}: server CPU, the first one of a process`,
      `≤ ${limits.openingMs} ms`,
      `${first.cpuMs.toFixed(0)} ms`,
      first.cpuMs <= limits.openingMs,
    )
    add(
      'must',
      `${title}: on the wire`,
      `≤ ${limits.openingBytes / 1000} kB`,
      `${(later.bytes / 1000).toFixed(0)} kB`,
      later.bytes <= limits.openingBytes,
    )
  }
  return rows
}

function addQueries(results, figures, add) {
  const perQuery = (results.scaling?.routes ?? []).map(({ path, queries }) => ({
    queries,
    us: figures.overContextUs('toolbar', path) / queries,
  }))
  if (perQuery.length === 0) return
  for (const { queries, us } of perQuery)
    add(
      'aim',
      `a query of ${queries.toLocaleString('en')} over async context alone`,
      `≤ ${limits.queryUs} µs`,
      `${us.toFixed(1)} µs`,
      us <= limits.queryUs,
    )
  // not from the fewest: a request's own share is in each of theirs
  const [fewer, most] = perQuery.slice(-2)
  const growth = fewer.us > 0 ? most.us / fewer.us : Number.POSITIVE_INFINITY
  add(
    'must',
    `a query of ${most.queries.toLocaleString('en')} / a query of ${fewer.queries.toLocaleString('en')}`,
    `≤ ${limits.growth}`,
    fewer.us > 0 ? growth.toFixed(2) : 'not measurable',
    growth <= limits.growth,
  )
}

/** How much dearer a median is than three quarters of what the same thing, measured twice, shows: its range would grow with each sample. */
function beyondNoise(seen, noise) {
  if (!seen || !noise) return null
  return Math.max(0, seen.median - noise.upper)
}

const divide = (a, b) => (a === undefined || b === undefined ? null : a / b)
const minus = (a, b) => (a === null || b === null ? null : a - b)
