/**
 * Whether a process has settled: `passes` are its costs of the same work, one after another. It has, once the cheapest of the last
 * two is not cheaper than the cheapest before by more than `tolerance`. A single pass says nothing: a neighbour may have made it dear.
 */
export function isSteady(passes, { tolerance = 0.05, least = 5 } = {}) {
  if (passes.length < least) return false
  const before = Math.min(...passes.slice(0, -2))
  const last = Math.min(...passes.slice(-2))
  return last > before * (1 - tolerance)
}

/** Several costs as one, in which each counts alike: their geometric mean. */
export const together = (costs) => Math.exp(costs.reduce((sum, cost) => sum + Math.log(cost), 0) / costs.length)
