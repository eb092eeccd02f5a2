import { expect, it } from 'vitest'
import { fuzz } from './fuzz.ts'

it('random graphs of objects, for a minute or as long as FUZZ_MS says', () => {
  expect(fuzz(Number(process.env.FUZZ_MS ?? 60_000))).toBeGreaterThan(100)
}, 3_600_000)
