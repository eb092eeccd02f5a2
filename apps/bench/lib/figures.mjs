import { median, quantile } from './statistics.mjs'

/**
 * Reads the results of a run (as run.mjs puts them together): the same figures for tables, verdict and chart.
 * What was not measured is `null`.
 */
export function createFigures(results) {
  const [base] = results.configurations
  const valuesOf = (samples, id, path, key) =>
    samples.filter((sample) => sample.id === id && sample.path === path).map((sample) => sample[key])
  const rangeOf = (values) =>
    values.length === 0
      ? null
      : {
          median: median(values),
          min: Math.min(...values),
          max: Math.max(...values),
          upper: quantile(values, 0.75),
        }
  const all = [...results.samples, ...(results.scaling?.samples ?? [])]

  /** `{ median, min, max, upper }` of the ratios to the base: three quarters are below the last */
  const ratio = (id, path, samples = all) => rangeOf(valuesOf(samples, id, path, 'ratio'))
  const cpuUs = (id, path, samples = all) => rangeOf(valuesOf(samples, id, path, 'cpuUs'))?.median ?? null
  /** what a configuration adds to async context alone, as a part of the base */
  const overContext = (id, path, samples = all) => {
    const [own, context] = [ratio(id, path, samples), ratio('async-context', path, samples)]
    return own && context ? own.median - context.median : null
  }
  /** the same in µs: the ratios of neighbours in time, turned back by one base for both */
  const overContextUs = (id, path) => {
    const over = overContext(id, path)
    return over === null ? null : over * cpuUs(base.id, path)
  }
  const startupMs = (id) => rangeOf(results.startups.filter((start) => start.id === id).map(({ cpuMs }) => cpuMs))?.median ?? null
  const memory = (id, key) => rangeOf(results.memory.filter((row) => row.id === id).map((row) => row[key]))?.median ?? null
  const opening = results.opening && {
    first: results.opening.panels[0],
    later: toMedian(results.opening.panels.slice(1)),
    afterPage: toMedian(results.opening.pages),
    codeBytes: results.opening.codeBytes,
  }
  return { base, ratio, cpuUs, overContext, overContextUs, startupMs, memory, opening }
}

const toMedian = (costs) => ({ cpuMs: median(costs.map(({ cpuMs }) => cpuMs)), bytes: median(costs.map(({ bytes }) => bytes)) })
