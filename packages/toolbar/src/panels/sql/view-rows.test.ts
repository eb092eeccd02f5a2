import { describe, expect, it } from 'vitest'
import { parseFilter } from '../../contract/filter.ts'
import type { SqlPanelData } from './data.ts'
import { toGroupHues, toRows } from './view-rows.ts'

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
    errors: {},
  },
} as unknown as SqlPanelData
const options = { filter: parseFilter(''), sort: 'index', direction: 1, grouped: true, toggled: new Set<string>() } as const
const keys = (change: object) => toRows(data, { ...options, ...change }).map(({ key }) => key)

describe('sql rows', () => {
  it('put similar queries under the first of them', () => {
    expect(keys({})).toEqual(['q0', 'g0', 'q1', 'q3', 'q5', 'g1', 'q2', 'q4'])
    expect(keys({ toggled: new Set(['g0']) })).toEqual(['q0', 'g0', 'g1', 'q2', 'q4'])
    expect(keys({ grouped: false })).toEqual(['q0', 'q1', 'q2', 'q3', 'q4', 'q5'])
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
