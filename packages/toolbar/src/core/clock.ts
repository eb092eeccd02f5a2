/** The one clock: monotonic milliseconds with microsecond precision. */
export function now(): number {
  return performance.now()
}
