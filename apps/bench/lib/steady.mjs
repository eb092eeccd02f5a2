/**
 * Whether a process has settled: `passes` are its costs of the same work, one after another. It has, once the cheapest of the last
 * two is not cheaper than the cheapest before by more than `tolerance`. A single pass says nothing: a neighbour may have made it dear.
 * `least` is what the compiler takes on a usual machine: about 5,000 requests of the six routes.
 */
export function isSteady(passes, { tolerance = 0.05, least = 8 } = {}) {
  if (passes.length < least) return false
  const before = Math.min(...passes.slice(0, -2))
  const last = Math.min(...passes.slice(-2))
  return last > before * (1 - tolerance)
}
