import { beforeEach, describe, expect, it } from 'vitest'
import type { RequestFacts } from '../core/facts.ts'
import { defaultLimits } from '../core/limits.ts'
import { RequestRecord } from '../core/record.ts'
import type { Store } from '../core/store.ts'

/** A finished record as the recorder hands it over. */
export function makeRecord(seq: number, bytes = 1_000): RequestRecord {
  const record = new RequestRecord(
    `record-${String(seq).padStart(6, '0')}`,
    seq,
    { method: 'GET', url: `/${seq}` } as RequestFacts,
    defaultLimits,
    false,
  )
  record.state = 'done'
  record.endMs = record.origin + 1
  record.sealed = true
  record.bytes = bytes
  return record
}

/** What every store keeps to. @param make a store for 5 records, and 10,000 bytes */
export function describeStore(name: string, make: () => Store): void {
  describe(`${name} as a store`, () => {
    let store: Store
    beforeEach(() => {
      store = make()
    })

    it('gives back what was added, and null for what was not', () => {
      const record = makeRecord(1)
      store.add(record)
      expect(store.get(record.id)?.seq).toBe(1)
      for (const id of ['', 'nope', '__proto__', 'constructor', '../x', 'x'.repeat(10_000)]) expect(store.get(id)).toBeNull()
    })

    it('lists newest first, whatever the order of arrival, below a cursor that outlives eviction', () => {
      for (const seq of [1, 3, 2, 5, 4]) store.add(makeRecord(seq))
      expect([...store.list(Number.POSITIVE_INFINITY)].map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1])
      expect([...store.list(3)].map(({ seq }) => seq)).toEqual([2, 1])
      for (const seq of [6, 7, 8]) store.add(makeRecord(seq))
      expect([...store.list(6)].every(({ seq }) => seq < 6)).toBe(true)
    })

    it('keeps to its number of records, and counts what it let go', () => {
      for (let seq = 1; seq <= 12; seq++) store.add(makeRecord(seq))
      expect(store.counts()).toMatchObject({ stored: 5, evicted: 7 })
      expect(store.maxRequests).toBe(5)
    })

    it('keeps to its bytes, but never lets go of the newest', () => {
      for (let seq = 1; seq <= 3; seq++) store.add(makeRecord(seq, 4_000))
      expect(store.counts()).toMatchObject({ stored: 2, evicted: 1, bytes: 8_000 })
      store.add(makeRecord(4, 1_000_000))
      expect([...store.list(Number.POSITIVE_INFINITY)].map(({ seq }) => seq)).toEqual([4])
    })

    it('forgets everything when asked, says how much, and goes on', () => {
      for (let seq = 1; seq <= 3; seq++) store.add(makeRecord(seq))
      expect(store.clear()).toBe(3)
      expect(store.counts()).toMatchObject({ stored: 0, evicted: 0, bytes: 0 })
      store.add(makeRecord(4))
      expect(store.counts().stored).toBe(1)
    })
  })
}
