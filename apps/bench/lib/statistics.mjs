export const mean = (...values) => values.reduce((sum, value) => sum + value, 0) / values.length

export const median = (values) => quantile(values, 0.5)

/** The value below which a part of them lies, between two neighbours by its distance from each (R's type 7). */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const below = Math.floor(place)
  const above = sorted[Math.min(below + 1, sorted.length - 1)]
  return sorted[below] + (above - sorted[below]) * (place - below)
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
