import Sqlite from 'better-sqlite3'
import type { SqlData, ToolbarOptions } from 'debug-toolbar'
import { afterEach, expect, it } from 'vitest'
import { type Running, serve } from './harness.ts'

// A record that is too heavy lets go of values and of the ends of texts; what was asked twice must not depend on what is left.

const db = new Sqlite(':memory:')
db.exec('create table notes (id integer primary key, text text)')
const byText = db.prepare('select id from notes where text = ?')

let app: Running
afterEach(() => app.close())

async function record(
  work: () => void,
  options: ToolbarOptions = {},
): Promise<{
  duplicates: number
  similar: number
  largest: number
  evidence: string
  slow: number[]
  shed: number
  cut: number
}> {
  app = await serve({ watch: { db }, ...options }, (toolbar) => (req, res) => toolbar(req, res, () => res.end(String(work()))))
  await app.get('/heavy')
  const { id, duplicates, similar, largestGroup } = await app.latest('/heavy')
  const { findings } = await app.detail(id)
  const queries = await app.entries<SqlData>(id, 'sql')
  return {
    duplicates,
    similar,
    largest: largestGroup,
    evidence: findings.map(({ evidence }) => evidence).join('\n'),
    slow: findings.filter(({ rule }) => rule === 'slow-query').map(({ entries }) => entries.length),
    shed: queries.filter(({ data }) => JSON.stringify(data.params) === '[{"$":"more"}]').length,
    cut: queries.filter(({ data }) => data.sql.endsWith(' …')).length,
  }
}

const times = (count: number, each: (at: number) => void): void => {
  for (let at = 0; at < count; at++) each(at)
}
const value = (seed: number): string => `${seed} ${'word '.repeat(300)}`
const rows = (last: number): string => `insert into notes (text) values ${"('a text that all of them have'), ".repeat(160)}('${last}')`

it('takes no two of 1,500 values for one because they are no longer there', async () => {
  const { duplicates, similar, evidence, shed } = await record(() => times(1_500, (at) => byText.get(value(at))))
  expect(shed).toBeGreaterThan(100)
  expect({ duplicates, similar }).toEqual({ duplicates: 0, similar: 1_500 })
  expect(evidence).toContain('ran 1,500 times from one loop, for 1,500 values')
})

it('finds values again that are there in some queries, and not in others', async () => {
  const { duplicates, evidence, shed } = await record(() => times(1_500, (at) => byText.get(value(at % 3))))
  expect(shed).toBeGreaterThan(100)
  expect(shed).toBeLessThan(1_500)
  expect(duplicates).toBe(1_500)
  expect(evidence).toContain('for 3 values')
})

it('knows the column of which no value is left', async () => {
  const { evidence, shed } = await record(() => times(1_500, (at) => byText.get(value(at))), { limits: { recordBytes: 100_000 } })
  expect(shed).toBeGreaterThan(100)
  expect(evidence).toMatch(/^The same SELECT on notes ran [\d,]+ times from one loop, for [\d,]+ values/)
})

it('keeps values that are no longer than a note of what they were', async () => {
  const filler = 'filler '.repeat(500)
  const { shed, cut } = await record(() => times(600, (at) => db.prepare(`select ? as n, '${filler}${at}' as text`).get(at)))
  expect(cut).toBeGreaterThan(100)
  expect(shed).toBe(0)
})

it('takes no two of 400 statements for one because they begin alike', async () => {
  const { duplicates, similar, cut } = await record(() => times(400, (at) => db.prepare(rows(at)).run()))
  expect(cut).toBeGreaterThan(50)
  expect({ duplicates, similar }).toEqual({ duplicates: 0, similar: 400 })
})

it('finds statements again that are whole in some queries, and cut in others', async () => {
  const statements = Array.from({ length: 300 }, (_, at) => db.prepare(rows(at)))
  const { duplicates, largest, cut } = await record(() => times(900, (at) => statements[at % 300]?.run()))
  expect(cut).toBeGreaterThan(600)
  expect(cut).toBeLessThan(900)
  expect({ duplicates, largest }).toEqual({ duplicates: 900, largest: 900 })
})

it('tells statements apart that are alike but for what was cut off', async () => {
  const list = Array.from({ length: 140 }, (_, at) => `'a rather long value number ${at}' as c${at}`).join()
  const { similar, largest, duplicates, cut, slow } = await record(
    () => times(300, (at) => db.prepare(`select ${list} from notes where '${at}' = c${at % 100}`).get()),
    { slowQueryMs: 0.000_1 },
  )
  expect(cut).toBeGreaterThan(50)
  // a hundred endings, three times each
  expect({ duplicates, similar, largest }).toEqual({ duplicates: 0, similar: 300, largest: 3 })
  expect(new Set(slow)).toEqual(new Set([3]))
})

it.each([2_000_000, 100_000])('tells texts over 100,000 characters apart that differ at their end, in %i bytes', async (recordBytes) => {
  const long = 'w '.repeat(60_000)
  const { duplicates } = await record(() => times(4, (at) => db.prepare(`select '${long}' as b, ${Math.max(1, at)} as a`).get()), {
    limits: { recordBytes },
  })
  expect(duplicates).toBe(2)
})

it('takes statements for similar that were too many to be read to their end, where they are equal', async () => {
  const statements = Array.from({ length: 700 }, (_, at) => db.prepare(rows(at)))
  const { duplicates, similar, cut } = await record(() => times(1_400, (at) => statements[at % 700]?.run()))
  expect(cut).toBeGreaterThan(700)
  expect({ duplicates, similar }).toEqual({ duplicates: 1_400, similar: 1_400 })
})
