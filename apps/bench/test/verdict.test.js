import { expect, it } from 'vitest'
import { judge } from '../lib/verdict.mjs'
import { createQuickResults, createResults, samplesOf } from './results.js'

const find = (results, what, kind = 'must') => judge(results).find((row) => row.kind === kind && row.what.includes(what))

it('judges the ratio of a route by its must and by its aim', () => {
  expect(find(createResults(), '/n1: ratio')).toMatchObject({ limit: '≤ 1.45', value: '1.30', pass: true })
  const dearer = createResults({ samples: samplesOf('/n1', { toolbar: [1.46] }) })
  expect(find(dearer, '/n1: ratio').pass).toBe(false)
  expect(find(createResults(), '/n1: ratio', 'aim')).toMatchObject({ limit: '≤ 1.30', pass: true })
})

it('names the worst route where a limit holds for all', () => {
  const results = createResults({
    samples: [
      ...samplesOf('/n1', { 'async-context': [1.1], toolbar: [1.2], opentelemetry: [1.7] }),
      ...samplesOf('/pg', { 'async-context': [1.1], toolbar: [1.4], opentelemetry: [1.3] }),
    ],
  })
  expect(find(results, '(toolbar − async context)')).toMatchObject({ value: '0.30 (/pg)', pass: false })
  expect(find(results, 'OpenTelemetry')).toMatchObject({ value: '1.08 (/pg)', pass: false })
})

it('takes disabled for bare as long as it is not dearer than three quarters of what bare shows twice, or near it', () => {
  const withDisabled = (ratio) =>
    find(createResults({ samples: samplesOf('/n1', { 'bare-again': [0.5, 0.96, 1, 1.04, 1.5], disabled: [ratio] }) }), 'disabled').pass
  expect([1, 1.04, 1.08, 1.1, 1.4, 0.7].map(withDisabled)).toEqual([true, true, true, false, false, true])
})

it('judges the cost of a query, and that it does not grow', () => {
  expect(find(createResults(), 'a query of 20', 'aim')).toMatchObject({ value: '3.5 µs', pass: true })
  expect(find(createResults(), 'a query of 20 / a query of 10')).toMatchObject({ value: '1.17', pass: true })
})

it('does not judge the growth from a query that seems to cost nothing', () => {
  const results = createResults()
  results.scaling.samples = [
    ...samplesOf('/queries?n=10', { 'async-context': [1.1], toolbar: [1.05] }),
    ...samplesOf('/queries?n=20', { 'async-context': [1.1], toolbar: [1.8] }),
  ]
  expect(find(results, 'a query of 20 / a query of 10')).toMatchObject({ value: 'not measurable', pass: false })
})

it('judges start-up, memory and the SQL panel', () => {
  expect(find(createResults(), 'CPU to listening')).toMatchObject({ value: '60 ms', pass: true })
  expect(find(createResults(), 'RSS over bare')).toMatchObject({ value: '16 MB', pass: false })
  expect(find(createResults(), 'server CPU')).toMatchObject({ value: '25 ms', pass: true })
  expect(find(createResults(), 'the first one', 'aim')).toMatchObject({ value: '60 ms', pass: false })
  expect(find(createResults(), 'on the wire')).toMatchObject({ value: '100 kB', pass: true })
})

it('has no row for what was not measured', () => {
  expect(judge(createQuickResults()).map(({ what }) => what)).not.toContainEqual(expect.stringMatching(/RSS|panel|a query/))
})
