/**
 * How the time of `run` grows with its input: 1 is linear, 2 quadratic. CPU time, the best of five at both
 * sizes, so that a busy machine does not count; times too short to tell are linear.
 */
export function growthOf(pump: string, run: (text: string) => unknown): number {
  const small = best(pump, 40_000, run)
  const large = best(pump, 320_000, run)
  return large < 40 ? 1 : Math.log(large / Math.max(small, 0.5)) / Math.log(8)
}

function best(pump: string, length: number, run: (text: string) => unknown): number {
  const text = pump.repeat(Math.ceil(length / pump.length))
  let least = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 5; turn++) {
    const from = process.cpuUsage()
    run(text)
    least = Math.min(least, process.cpuUsage(from).user / 1_000)
  }
  return least
}
