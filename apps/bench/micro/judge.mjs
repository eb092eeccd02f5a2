/**
 * The most that an entry may cost, in units of the yardstick that runs beside it (`reference` in operations.mjs: about 6 µs and 3.4 kB).
 * Bytes are about one and a half times what is seen: a closure or a string more for each entry does not pass. Time is two to five times as
 * much, because on a busy machine it is seen to double.
 */
export const limits = {
  request: { time: 3, bytes: 2 },
  sql: { time: 2, bytes: 0.95 },
  log: { time: 0.25, bytes: 0.14 },
  signal: { time: 0.4, bytes: 0.6 },
  span: { time: 0.25, bytes: 0.17 },
}

/** `[{ id, us, bytes, time, size, limit, pass }]`: `time` and `size` in units of the reference. */
export function judgeMicro({ reference, rows }, most = limits) {
  return rows.map(({ id, us, bytes }) => {
    const time = us / reference.us
    const size = bytes / reference.bytes
    const limit = most[id]
    return { id, us, bytes, time, size, limit, pass: time <= limit.time && size <= limit.bytes }
  })
}

/** The same as lines to print. */
export function toLines({ reference }, judged) {
  const lines = [`  reference  ${reference.us.toFixed(2)} µs  ${reference.bytes.toFixed(0)} bytes`]
  for (const { id, us, bytes, time, size, limit, pass } of judged) {
    const seen = `${(us * 1000).toFixed(0).padStart(6)} ns ${bytes.toFixed(0).padStart(6)} bytes`
    lines.push(
      `  ${id.padEnd(9)}${seen}   time ${time.toFixed(2)} of at most ${limit.time}, bytes ${size.toFixed(2)} of at most ${limit.bytes}  ${pass ? 'pass' : 'FAIL'}`,
    )
  }
  return lines
}
