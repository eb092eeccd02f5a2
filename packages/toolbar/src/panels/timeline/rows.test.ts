import { describe, expect, it } from 'vitest'
import type { TimelinePanelData, TimelineRow } from './data.ts'
import { toLines, toTicks } from './rows.ts'

let id = 0
const row = (type: string, name: string, startMs: number, durationMs: number, parentId: number | null = null): TimelineRow => ({
  ...{ id: ++id, type, name, startMs, durationMs, parentId, depth: 0, status: 'ok', site: null, note: null },
})
const handler = row('middleware', 'index', 3, 90)
const rows = [
  row('middleware', 'helmet', 0, 0.1),
  row('middleware', 'json', 0.2, 0.1),
  row('middleware', 'session', 0.4, 0.1),
  handler,
  row('sql', 'list', 4, 5, handler.id),
  ...Array.from({ length: 50 }, (_, index) => row('sql', 'author', 10 + index, 0.5, handler.id)),
  row('log', 'done', 95, 0),
]
const data = { requestMs: 100, rows } as TimelinePanelData
const lines = (opened: string[] = [], passes = (_: TimelineRow) => true) =>
  toLines(data, new Set(opened), passes).map((line) => [line.kind, line.depth, line.rows.length])

describe('timeline lines', () => {
  it('fold small middleware, repeats and logs', () => {
    expect(lines()).toEqual([
      ['request', 0, 0],
      ['small', 1, 3],
      ['one', 1, 1],
      ['one', 2, 1],
      ['run', 2, 50],
      ['logs', 1, 1],
    ])
  })

  it('unfold what was opened', () => {
    expect(lines(['small2'])).toHaveLength(9)
  })

  it('keep only what passes the filter', () => {
    expect(lines([], ({ name }) => name === 'author')).toEqual([
      ['request', 0, 0],
      ['run', 2, 50],
    ])
  })

  it('tick at round times', () => {
    expect(toTicks({ from: 0, to: 48.3 })).toEqual([0, 10, 20, 30, 40])
    expect(toTicks({ from: 2.6, to: 5 })).toEqual([3, 3.5, 4, 4.5, 5])
    expect(toTicks({ from: 0, to: 0 })).toEqual([])
  })
})
