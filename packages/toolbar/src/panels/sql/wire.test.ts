import { describe, expect, it } from 'vitest'
import type { SqlPanelData } from './data.ts'
import { packSql, unpackSql } from './wire.ts'

describe('columns on the wire', () => {
  it('come back with their microseconds, in any order, and what still runs', () => {
    const data = {
      requestMs: 12.345,
      texts: ['select 1'],
      columns: { id: [3, 9, 4], startMs: [0.001, 12.345, 3.21], durationMs: [1.234, null, 0], rows: [1, null, 3], waitMs: { 1: 0.5 } },
    } as unknown as SqlPanelData
    const wire = packSql(data)
    expect(wire.columns).toMatchObject({ id: [3, 6, -5], start: [1, 12_344, -9_135], duration: [1_234, -1, 0] })
    expect(unpackSql(JSON.parse(JSON.stringify(wire)))).toEqual(data)
  })
})
