import { expect, it } from 'vitest'
import { toChart } from '../lib/chart.mjs'
import { createResults, samplesOf } from './results.js'

const all = (svg, pattern) => [...svg.matchAll(pattern)].map((found) => found[1])
/** Places of the marks in the rows; those of the legend have no title. */
const xOf = (svg, id) => all(svg, new RegExp(`<g class="${id}" transform="translate\\((\\S+) \\S+\\)"><title>`, 'g')).map(Number)

it('has a row for each route and a mark for what was measured', () => {
  const svg = toChart(createResults())
  expect(all(svg, /<text class="route"[^>]*>([^<]+)</g)).toEqual(['/n1', '/pg'])
  expect([xOf(svg, 'toolbar').length, xOf(svg, 'sentry').length]).toEqual([2, 0])
  expect(svg).toMatch(/<svg [^>]*aria-label="CPU per request/)
})

it('puts what is dearer further to the right, a factor being a distance', () => {
  const samples = samplesOf('/n1', { 'async-context': [1.25], toolbar: [2.5], opentelemetry: [5] })
  const svg = toChart(createResults({ routes: [{ path: '/n1', what: '' }], samples }))
  const [[context], [toolbar], [rival]] = ['async-context', 'toolbar', 'opentelemetry'].map((id) => xOf(svg, id))
  expect(toolbar - context).toBeGreaterThan(20)
  expect(rival - toolbar).toBeCloseTo(toolbar - context, 0)
})

it('draws the limits of the routes that have some', () => {
  // One in the legend, one at /n1; /pg has none.
  expect(all(toChart(createResults()), /(<path class="must")/g)).toHaveLength(2)
})

it('has colours of its own for dark pages, and closes every element', () => {
  const svg = toChart(createResults())
  expect(svg).toContain('prefers-color-scheme: dark')
  const open = []
  for (const [, end, name, alone] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (end) expect(open.pop()).toBe(name)
    else if (!alone) open.push(name)
  }
  expect(open).toEqual([])
})
