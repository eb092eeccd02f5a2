import { EventEmitter } from 'node:events'
import type { SignalData, SqlData } from 'debug-toolbar'
import knex, { type Knex } from 'knex'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Running, serve } from './harness.ts'

/** A request with many queries does not wait for its end to make them small: nothing of that is to be seen. */

const count = 3_000
const bus = new EventEmitter()
let db: Knex
let app: Running

beforeAll(() => {
  db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
  bus.on('asked', () => {})
})
afterAll(() => db.destroy())
afterEach(() => app.close())

const ask = async (from: number, to: number): Promise<void> => {
  for (let index = from; index < to; index++) {
    if (index % 500 === 0) bus.emit('asked', index)
    if (index % 1_000 === 999) await db.raw('select nothing').catch(() => {})
    else await db.raw('select ? as n, ? as text', [index, `text ${index}`])
  }
}

describe('a request with thousands of queries', () => {
  it('has all of them in their order, with values, places and errors, while it runs and after', async () => {
    let halfway: () => void = () => {}
    const seen = new Promise<void>((resolve) => {
      halfway = resolve
    })
    let goOn: () => void = () => {}
    const told = new Promise<void>((resolve) => {
      goOn = resolve
    })
    app = await serve(
      { watch: { db, bus } },
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          await ask(0, 2_000)
          halfway()
          await told
          await ask(2_000, count)
          res.end()
        }),
    )
    const answered = app.get('/many')
    await seen
    const [running] = (await app.api('requests')).requests
    const before = await app.entries<SqlData>(running?.id as string, 'sql')
    expect(before.map(({ data }) => data.params[0])).toEqual(paramsOf(2_000))
    goOn()
    await answered
    const { id, counts } = await app.latest('/many')
    expect(counts).toMatchObject({ sql: count })
    const all = await app.entries<SqlData & SignalData>(id)
    const queries = all.filter(({ type }) => type === 'sql')
    expect(queries.map(({ data }) => data.params[0])).toEqual(paramsOf(count))
    expect(queries.filter(({ status }) => status === 'error').map(({ data }) => data.error?.message)).toEqual([
      expect.stringContaining('nothing'),
      expect.stringContaining('nothing'),
      expect.stringContaining('nothing'),
    ])
    expect(queries.filter(({ site }) => site?.file.endsWith('many-queries.test.ts') !== true)).toEqual([])
    expect(queries.filter(({ durationMs }) => durationMs === null || durationMs < 0)).toEqual([])
    expect(all.map((entry) => entry.id)).toEqual(all.map((entry) => entry.id).sort((a, b) => a - b))
    expect(all.filter(({ type }) => type === 'signal').map(({ data }) => data.args[0])).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500])
  })

  it('is cut to its limit of bytes from the end, with exact counts', async () => {
    app = await serve(
      { watch: { db }, limits: { recordBytes: 100_000 } },
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          await ask(0, count)
          res.end()
        }),
    )
    await app.get('/cut')
    const { id, counts } = await app.latest('/cut')
    expect(counts).toMatchObject({ sql: count })
    const kept = await app.entries<SqlData>(id, 'sql')
    expect(kept.length).toBeGreaterThan(100)
    expect(kept.length).toBeLessThan(count)
    expect(kept.map((entry) => entry.id)).toEqual(Array.from(kept, (_, index) => index + 1))
    const { store } = await app.api<{ store: { bytes: number } }>('health')
    expect(store.bytes).toBeLessThan(110_000)
  })
})

const paramsOf = (to: number): unknown[] => Array.from({ length: to }, (_, index) => (index % 1_000 === 999 ? undefined : index))
