import { describe, expect, it } from 'vitest'
import type { Entry } from '../../contract/types.ts'
import { gapsOf } from './gaps.ts'

let ids = 0
const entry = (type: string, startMs: number, durationMs: number | null, parent: Entry | null = null, name = type): Entry => ({
  id: ++ids,
  type,
  name,
  startMs,
  durationMs,
  parentId: parent?.id ?? null,
  site: null,
  status: 'ok',
  data: { kind: 'handler' },
})

describe('gaps between queries', () => {
  it('say what ran in them, the deepest entry at each instant', () => {
    const handler = entry('middleware', 0, 100, null, 'books')
    const render = entry('template', 40, 50, handler, 'list')
    const entries = [handler, entry('sql', 10, 10), entry('sql', 30, 10), render, entry('template', 60, 20, render, 'card')]
    expect(gapsOf(entries, 110)).toEqual([
      { startMs: 0, durationMs: 10, parts: [{ type: 'middleware', name: 'books', durationMs: 10 }] },
      { startMs: 20, durationMs: 10, parts: [{ type: 'middleware', name: 'books', durationMs: 10 }] },
      {
        startMs: 40,
        durationMs: 70,
        parts: [
          { type: 'template', name: 'list', durationMs: 30 },
          { type: 'template', name: 'card', durationMs: 20 },
          { type: 'middleware', name: 'books', durationMs: 10 },
        ],
      },
    ])
  })

  it('are only those that are long for the request, and none without queries', () => {
    expect(gapsOf([entry('sql', 0, 10), entry('sql', 10.9, 89.1)], 100)).toEqual([])
    expect(gapsOf([entry('sql', 0, 100), entry('sql', 110, 890)], 1_000)).toEqual([])
    expect(gapsOf([entry('sql', 0, 100), entry('sql', 125, 875)], 1_000)).toMatchObject([
      { startMs: 100, durationMs: 25, parts: [{ type: 'app' }] },
    ])
    expect(gapsOf([entry('template', 0, 100)], 100)).toEqual([])
  })

  it('are not where queries overlap, or one still runs', () => {
    expect(gapsOf([entry('sql', 0, 50), entry('sql', 1, 2), entry('sql', 50, null)], 100)).toEqual([])
  })
})
