/** What a quadratic pass over `length` characters could not keep on any machine, and a linear one keeps on a busy one. In ms. */
export const linearMs = 1_000

/** How long `run` takes for a text that is nothing but `pump`. In ms. */
export function timePumped(pump: string, run: (text: string) => unknown, length = 200_000): number {
  const text = pump.repeat(Math.ceil(length / pump.length))
  const from = performance.now()
  run(text)
  return performance.now() - from
}
