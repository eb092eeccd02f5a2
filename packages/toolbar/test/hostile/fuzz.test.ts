import { expect, it } from 'vitest'
import { fuzz } from './fuzz.ts'

it('random graphs of objects come out of a look: nothing called, nothing thrown, bounded', () => {
  expect(fuzz(2_500)).toBeGreaterThan(20)
})
