import { describe, expect, it } from 'vitest'
import { parseFilter } from '../../contract/filter.ts'
import type { SqlPanelData } from './data.ts'
import { toDifferences, toGroupHues, toRows } from './view-rows.ts'

const similar = [-1, 0, 1, 0, 1, 0]
const data = {
  slowQueryMs: 100,
  texts: ['select * from books', 'select * from authors where id = ?', 'select * from covers where id = ?'],
  sites: [{ file: '/app/src/routes/books.ts', line: 42, column: 1, function: null }],
  connections: [{ label: 'main', dialect: 'pg', count: 6, durationMs: 6 }],
  groups: [],
  columns: {
    text: [0, 1, 2, 1, 2, 1],
    durationMs: [3, 1, 2, 5, 1, null],
    rows: [50, 1, 1, 1, 0, null],
    params: [[], [1], [1], [2], [2], [3]],
    site: [0, 0, -1, 0, -1, 0],
    connection: [0, 0, 0, 0, 0, 0],
    similar,
    duplicate: similar.map(() => -1),
    kind: similar.map(() => 'q'),
    bytes: similar.map(() => null),
    transaction: similar.map(() => -1),
    startMs: [0, 3, 10, 12, 20, 21],
    errors: {},
    waitMs: {},
    after: {},
  },
  gaps: [{ startMs: 4, durationMs: 6, parts: [] }],
} as unknown as SqlPanelData
const options = { filter: parseFilter(''), sort: 'index', direction: 1, grouped: true, gaps: false, toggled: new Set<string>() } as const
const keys = (change: object) => toRows(data, { ...options, ...change }).map(({ key }) => key)

describe('sql rows', () => {
  it('put similar queries under the first of them', () => {
    expect(keys({})).toEqual(['q0', 'g0', 'q1', 'q3', 'q5', 'g1', 'q2', 'q4'])
    expect(keys({ toggled: new Set(['g0']) })).toEqual(['q0', 'g0', 'g1', 'q2', 'q4'])
    expect(keys({ grouped: false })).toEqual(['q0', 'q1', 'q2', 'q3', 'q4', 'q5'])
  })

  it('have the time between queries among them, in order and unfiltered only', () => {
    expect(keys({ grouped: false, gaps: true })).toEqual(['q0', 'q1', 'gap0', 'q2', 'q3', 'q4', 'q5'])
    expect(keys({ grouped: false, gaps: true, direction: -1 })).toEqual(['q5', 'q4', 'q3', 'q2', 'gap0', 'q1', 'q0'])
    expect(keys({ gaps: true })).not.toContain('gap0')
    expect(keys({ grouped: false, gaps: true, filter: parseFilter('covers') })).toEqual(['q2', 'q4'])
    expect(keys({ grouped: false, gaps: true, sort: 'time' })).not.toContain('gap0')
  })

  it('know what tells the members of a group apart', () => {
    expect([1, 3, 5].map(toDifferences(data, [1, 3, 5]))).toEqual(['1', '2', '3'])
    const literal = {
      ...data,
      texts: ["select * from a where b = 'xy' and c", "select * from a where b = 'xz' and c"],
      columns: { ...data.columns, text: [0, 1], params: [[], []] },
    }
    expect([0, 1].map(toDifferences(literal, [0, 1]))).toEqual(["…'xy' and c", "…'xz' and c"])
  })

  it('sort single queries by a figure', () => {
    expect(keys({ sort: 'time', direction: -1 })).toEqual(['q3', 'q0', 'q2', 'q1', 'q4', 'q5'])
  })

  it('are filtered by text, parameters and fields', () => {
    expect(keys({ filter: parseFilter('authors time:>=1') })).toEqual(['g0', 'q1', 'q3'])
    expect(keys({ filter: parseFilter('file:books.ts -is:similar') })).toEqual(['q0'])
  })

  it('take hues in the order groups first ran', () => {
    expect([...toGroupHues(data)]).toEqual([
      [0, 'var(--c-event)'],
      [1, 'var(--c-http)'],
    ])
  })
})
