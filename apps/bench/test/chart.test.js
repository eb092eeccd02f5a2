import { Window } from 'happy-dom'
import { expect, it } from 'vitest'
import { toChart } from '../lib/chart.mjs'
import { createResults, samplesOf } from './results.js'

function draw(results) {
  const document = new new Window().DOMParser().parseFromString(toChart(results), 'image/svg+xml')
  const xOf = (id) =>
    [...document.querySelectorAll(`g.${id}`)]
      .filter((mark) => mark.querySelector('title'))
      .map((mark) => Number(/\((\S+) /.exec(mark.getAttribute('transform'))[1]))
  return { document, xOf }
}

it('has a row for each route and a mark for what was measured', () => {
  const { document, xOf } = draw(createResults())
  expect([...document.querySelectorAll('text.route')].map((text) => text.textContent)).toEqual(['/n1', '/pg'])
  expect(xOf('toolbar')).toHaveLength(2)
  expect(xOf('sentry')).toHaveLength(0)
  expect(document.querySelector('svg').getAttribute('aria-label')).toContain('CPU per request')
})

it('puts what is dearer further to the right, a factor being a distance', () => {
  const { xOf } = draw(
    createResults({
      routes: [{ path: '/n1', what: '' }],
      samples: samplesOf('/n1', { 'async-context': [1.25], toolbar: [2.5], opentelemetry: [5] }),
    }),
  )
  const [[context], [toolbar], [rival]] = [xOf('async-context'), xOf('toolbar'), xOf('opentelemetry')]
  expect(toolbar - context).toBeGreaterThan(20)
  expect(rival - toolbar).toBeCloseTo(toolbar - context, 0)
})

it('draws the limits of the routes that have some', () => {
  const { document } = draw(createResults())
  // One in the legend, one at /n1; /pg has none.
  expect(document.querySelectorAll('path.must')).toHaveLength(2)
})

it('has colours of its own for dark pages', () => {
  expect(toChart(createResults())).toContain('prefers-color-scheme: dark')
})
