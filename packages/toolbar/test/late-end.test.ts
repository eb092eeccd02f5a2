import type { SqlData } from 'debug-toolbar'
import knex, { type Knex } from 'knex'
import mysql, { type Connection } from 'mysql2'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../scripts/services.mjs'
import { type Running, serve, sleep } from './harness.ts'

// What ends after its record was sealed changes nothing in it, whether the record is packed or not, and ends all the same.

const sealMs = 100
let app: Running
afterEach(() => app.close())

async function open(watch: Record<string, object>, work: (count: number) => unknown): Promise<void> {
  app = await serve(
    { watch, limits: { sealMs } },
    (toolbar) => (req, res) =>
      toolbar(req, res, async () => {
        if (req.url !== '/other') await work(Number(req.url?.slice(1)))
        res.end()
      }),
  )
}

/** What readers see of a request: its figures, and the entry that was open. */
async function look(path: string): Promise<unknown> {
  const { requests } = await app.api('requests')
  const request = requests.find((one) => one.path === path)
  if (request === undefined) throw new Error(`no request ${path}`)
  const { state, late, durationMs, times, spine, counts } = request
  return { state, late, durationMs, times, spine, counts, entry: (await app.entries(request.id)).at(-1) }
}

async function expectUnchanged(path: string, ended: Promise<unknown>): Promise<void> {
  await app.get(path)
  await sleep(2 * sealMs + 50)
  const sealed = await look(path)
  expect(sealed).toMatchObject({ state: 'done', entry: { status: 'running', durationMs: null, data: { bytes: null, error: null } } })
  await ended
  for (let at = 0; at < 5; at++) {
    await app.get('/other')
    // the record is read anew, once others have been
    await app.entries((await app.latest('/other')).id)
  }
  expect(await look(path)).toEqual(sealed)
}

describe.skipIf(!(await reachable('pg')))('a query that ends after the seal', () => {
  let db: Knex
  beforeAll(() => {
    db = knex({ client: 'pg', connection: serviceUrl('pg') })
  })
  afterAll(() => db.destroy())

  it.each([
    ['one of few, answered', 3, 'select pg_sleep(0.6)'],
    ['one of many, answered', 40, 'select pg_sleep(0.6)'],
    ['one of few, failed', 3, 'select 1 / (length(pg_sleep(0.6)::text) * 0)'],
    ['one of many, failed', 40, 'select 1 / (length(pg_sleep(0.6)::text) * 0)'],
  ])('%s: its record stays as it was', async (_what, count, sql) => {
    let ended: Promise<unknown> = Promise.resolve()
    await open({ db }, async () => {
      for (let at = 0; at < count; at++) await db.raw('select ?::int', [at])
      ended = db.raw(sql).catch(() => {})
    })
    await expectUnchanged(
      `/${count}`,
      sleep(900).then(() => ended),
    )
  })

  it('still closes the transaction it closes', async () => {
    const client = new pg.Client(serviceUrl('pg'))
    await client.connect()
    let ended: Promise<unknown> = Promise.resolve()
    try {
      await open({ client }, async (count) => {
        if (count === 2) await client.query('select 2')
        else ended = Promise.all(['begin', 'select pg_sleep(0.5)', 'commit'].map((sql) => client.query(sql)))
      })
      await expectUnchanged(
        '/1',
        sleep(700).then(() => ended),
      )
      await app.get('/2')
      const { id } = await app.latest('/2')
      expect((await app.entries<SqlData>(id, 'sql')).map(({ data }) => data.transactionId)).toEqual([null])
    } finally {
      await client.end()
    }
  })
})

describe.skipIf(!(await reachable('mysql')))('rows of mysql2 that come after the seal', () => {
  let connection: Connection
  beforeAll(() => {
    connection = mysql.createConnection(serviceUrl('mysql'))
  })
  afterAll(() => connection.destroy())

  it('are not counted in the record', async () => {
    let ended: Promise<unknown> = Promise.resolve()
    await open({ connection }, () => {
      const query = connection.query('select seq, sleep(0.1) from seq_1_to_6')
      ended = new Promise((resolve) => query.on('end', resolve))
      query.on('result', () => {})
    })
    await expectUnchanged(
      '/0',
      sleep(900).then(() => ended),
    )
  })
})
