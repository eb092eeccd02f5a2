/** Mulberry32: the same seed gives the same shop on every machine and every database. */
export function createRandom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const between = (low, high) => low + Math.floor(next() * (high - low + 1))
  const pick = (list) => list[Math.floor(next() * list.length)]
  const chance = (probability) => next() < probability
  const shuffle = (list) => {
    const shuffled = [...list]
    for (let index = shuffled.length - 1; index > 0; index--) {
      const other = Math.floor(next() * (index + 1))
      ;[shuffled[index], shuffled[other]] = [shuffled[other], shuffled[index]]
    }
    return shuffled
  }
  return { next, between, pick, chance, shuffle }
}
