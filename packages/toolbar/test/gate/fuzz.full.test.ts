import { expect, it } from 'vitest'
import { fuzz } from './fuzz.ts'

/** `FUZZ_SEED` and `FUZZ_SECONDS` repeat or prolong a run. */
const seconds = Number(process.env.FUZZ_SECONDS ?? 60)
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 32)

it(`random requests for ${seconds} s, seed ${seed}`, { timeout: (seconds + 30) * 1_000 }, async () => {
  console.log(`FUZZ_SEED=${seed}`)
  const { sent, statuses } = await fuzz(seed, seconds * 1_000)
  console.log(`${sent} requests: ${[...statuses].map(([status, count]) => `${status || 'none'} ${count}`).join(', ')}`)
  expect(sent).toBeGreaterThan(seconds * 50)
})
