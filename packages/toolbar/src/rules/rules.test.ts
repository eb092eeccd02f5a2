import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Entry, Site, SqlData } from '../contract/types.ts'
import type { RecordView } from '../core/emit.ts'
import { knownShape } from '../core/entries/sql.ts'
import { builtInRules } from './index.ts'
import { createJudge, defineRule } from './rule.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'toolbar-rules-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = path.join(folder, 'loop.js')
writeFileSync(
  file,
  `async function load(db, ids) {\n  for (const id of ids) {\n    const row = await db('books').where('id', id).first()\n    ids.log(row.title)\n  }\n}\n${'async function f(db) {\n  const a = await db("books").first()\n}\n'.repeat(500)}`,
)
const site = (line: number, column: number): Site => ({ file, line, column, function: 'load' })

type Made = Partial<SqlData> & { at?: Site | null }

/** A record of queries one after the other, grouped as the toolbar groups them. */
function viewOf(queries: readonly Made[]): RecordView {
  const groups = new Map<string, number>()
  const members = new Map<number, number>()
  const groupOf = (key: string): number => {
    const group = groups.get(key) ?? groups.size + 1
    groups.set(key, group)
    members.set(group, (members.get(group) ?? 0) + 1)
    return group
  }
  const entries = queries.map(({ at, ...data }, index): Entry<SqlData> => {
    const sql = data.sql ?? 'select * from books where id = ?'
    const shape = data.shape ?? knownShape(sql, 'sqlite')
    const params = data.params ?? []
    return {
      id: index + 1,
      type: 'sql',
      name: sql,
      startMs: index,
      durationMs: 0.5,
      parentId: null,
      site: at === undefined ? site(3, 17) : at,
      status: 'ok',
      data: {
        kind: 'query',
        sql,
        params,
        dialect: 'sqlite',
        connection: 'main',
        connectionId: '1',
        rows: 1,
        error: null,
        transactionId: null,
        savepoint: null,
        waitMs: 0,
        duplicateGroup: groupOf(`${sql}\n${params.join('|')}`),
        similarGroup: groupOf(shape),
        shape,
        bytes: 100,
        columns: 5,
        pool: null,
        after: null,
        ...data,
      },
    }
  })
  for (const { data } of entries) {
    if (members.get(data.duplicateGroup ?? 0) === 1) data.duplicateGroup = null
    if (members.get(data.similarGroup ?? 0) === 1) data.similarGroup = null
  }
  return {
    summary: { id: 'r', startedAt: Date.now() + 1_000, durationMs: queries.length, counts: { sql: queries.length } },
    entries,
    truncated: {},
    stackOf: () => null,
  } as unknown as RecordView
}

const judge = createJudge(builtInRules, { slowQueryMs: 100, planOf: () => null })
const many = (make: (index: number) => Made): RecordView => viewOf(Array.from({ length: 10_000 }, (_, index) => make(index)))

describe('ten thousand queries', () => {
  const records: [name: string, make: (index: number) => Made, rules: string[]][] = [
    ['of one line', (index) => ({ params: [index] }), ['n-plus-one']],
    ['of one line, equal', () => ({ params: [1] }), ['duplicate-query']],
    [
      'of a hundred shapes and lines',
      (index) => ({
        sql: `select c${index % 100} from t${index % 100} where id = ?`,
        params: [index],
        at: site(7 + (index % 100) * 3, 13),
      }),
      Array.from({ length: 50 }, () => 'n-plus-one'),
    ],
    ['of their own text each', (index) => ({ sql: `select * from books where id = ${index}` }), ['n-plus-one']],
    ['without a place', (index) => ({ params: [index], at: null }), []],
    [
      'that waited',
      (index) => ({
        params: [index],
        waitMs: 60,
        pool: {
          max: 1,
          used: 1,
          pending: 1,
          holders: [{ request: 'another', heldMs: 70, sql: 'select 1', transaction: false, site: null }],
        },
      }),
      ['n-plus-one', 'pool-starved'],
    ],
    [
      'in transactions that stay open',
      (index) => ({ params: [index], transactionId: String(index >> 1) }),
      ['n-plus-one', 'long-transaction'],
    ],
    ['that write', (index) => ({ sql: 'update books set a = ? where id = ?', params: [index, index], rows: 1 }), []],
    [
      'in pairs of a read and a write',
      (index) => (index % 2 === 0 ? { params: [index] } : { sql: 'update other set a = ?', params: [index] }),
      ['n-plus-one'],
    ],
    ['with wide answers', (index) => ({ params: [index], columns: 60, bytes: 5_000, rows: 600, at: site(7 + (index % 400) * 3, 13) }), []],
  ]

  it.each(records)('%s are judged exactly and at once', (name, make, rules) => {
    const view = many(make)
    // loads the parser and parses the file
    judge(viewOf(Array.from({ length: 9 }, (_, index) => ({ params: [index] }))))
    const from = performance.now()
    const { findings } = judge(view)
    const took = performance.now() - from
    if (process.env.MEASURE !== undefined) console.log(name, took.toFixed(1), 'ms', findings.length)
    if (name !== 'with wide answers') expect(findings.map(({ rule }) => rule)).toEqual(rules)
    for (const { rule, entries } of findings)
      if (rules.length === 1 && rule === 'n-plus-one' && !name.includes('pairs')) expect(entries).toHaveLength(10_000)
    // 100 ms on a machine without other work: see the README of the panel
    expect(took).toBeLessThan(1_000)
  })
})

describe('the judge', () => {
  it('goes on where a rule throws, and tells later rules what earlier ones said', () => {
    const seen: string[][] = []
    const bad = defineRule({
      id: 'bad',
      thresholds: {},
      passes: () => 'fine',
      check() {
        throw new Error('of a rule')
      },
    })
    const last = defineRule({
      id: 'last',
      thresholds: {},
      passes: () => 'last',
      check(_view, { earlier }) {
        seen.push(earlier.map(({ rule }) => rule))
        return []
      },
    })
    const view = viewOf(Array.from({ length: 6 }, (_, index) => ({ params: [index] })))
    const { findings, passed } = createJudge([bad, ...builtInRules, last], { slowQueryMs: 100, planOf: () => null })(view)
    expect(findings.map(({ rule }) => rule)).toEqual(['n-plus-one'])
    expect(seen).toEqual([['n-plus-one']])
    expect(passed.map(({ rule }) => rule)).toContain('last')
    expect(passed.map(({ rule }) => rule)).not.toContain('bad')
  })

  it('never counts BEGIN and COMMIT', () => {
    expect(judge(viewOf(Array.from({ length: 20 }, () => ({ kind: 'transaction' as const, sql: 'BEGIN;' })))).findings).toEqual([])
  })
})
