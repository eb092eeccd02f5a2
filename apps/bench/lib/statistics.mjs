export const mean = (...values) => values.reduce((sum, value) => sum + value, 0) / values.length

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : mean(sorted[middle - 1], sorted[middle])
}

/** In random order: nobody always runs after the same neighbour. */
export function shuffle(values) {
  const order = [...values]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[order[last], order[other]] = [order[other], order[last]]
  }
  return order
}

/** In groups of `size`, the last may be smaller. */
export function chunks(values, size) {
  const groups = []
  for (let at = 0; at < values.length; at += size) groups.push(values.slice(at, at + size))
  return groups
}
