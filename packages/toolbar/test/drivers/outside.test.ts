import type { Entry, EntryList, RequestDetail, SqlData } from 'debug-toolbar'
import express from 'express'
import knex from 'knex'
import pg from 'pg'
import { expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../../scripts/services.mjs'
import { type Running, serve, sleep } from '../harness.ts'

const sqlite = () => knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
const outside = async (app: Running): Promise<Entry<SqlData>[]> =>
  (await app.api<EntryList>('requests/outside/entries?type=sql')).entries as Entry<SqlData>[]

it('lists what runs outside of requests and after them, with its place, and counts what is no longer kept', async () => {
  const db = sqlite()
  let goOn = (): void => {}
  const afterwards = new Promise<void>((resolve) => {
    goOn = resolve
  })
  let lateDone: Promise<unknown> = afterwards
  const app = await serve({ watch: { main: db }, limits: { outside: 20 }, ignore: ['/ignored'] }, (toolbar) => {
    const server = express()
    server.use(toolbar)
    server.get('/late', (_req, res) => {
      res.end('done')
      lateDone = afterwards.then(() => db.raw("select 'late'"))
    })
    server.get('/ignored', async (_req, res) => {
      await db.raw("select 'ignored'")
      res.end()
    })
    return server
  })
  try {
    await db.raw("select 'at start'")
    await app.get('/late')
    await app.get('/ignored')
    await app.latest('/late')
    goOn()
    await lateDone
    await sleep(20)
    const late = await app.latest('/late')
    const entries = await outside(app)
    expect(entries.map(({ data, site }) => [data.sql, data.after, site?.file.endsWith('outside.test.ts')])).toEqual([
      ["select 'at start'", null, true],
      ["select 'ignored'", null, true],
      ["select 'late'", late.id, true],
    ])
    expect(late.late).toBe(1)
    expect(late.counts.sql).toBeUndefined()
    expect(await app.api<RequestDetail>('requests/outside')).toMatchObject({
      request: { id: 'outside', kind: 'outside', counts: { sql: 3 } },
    })
    // it is no request: the history counts and lists none
    expect(await app.api('requests')).toMatchObject({ counts: { received: 2, stored: 1, running: 0 } })

    for (let turn = 0; turn < 100; turn++) await db.raw('select ? as turn', [turn])
    await sleep(20)
    const kept = await outside(app)
    expect(kept.length).toBeGreaterThanOrEqual(20)
    expect(kept.length).toBeLessThanOrEqual(40)
    expect(kept.at(-1)?.data.params).toEqual([99])
    const { request } = await app.api<RequestDetail>('requests/outside')
    expect(request.counts.sql).toBe(103)
    const { truncated } = await app.api<EntryList>('requests/outside/entries')
    expect(truncated.sql).toBe(103 - kept.length)
  } finally {
    await app.close()
    await db.destroy()
  }
})

it('has the place of a pooled query that nobody asked for in a request', async () => {
  if (!(await reachable('pg'))) return
  const pool = new pg.Pool({ connectionString: serviceUrl('pg'), max: 1 })
  const app = await serve({ watch: [pool] }, (toolbar) => express().use(toolbar))
  try {
    await pool.query('select 1')
    await new Promise((resolve) => pool.query('select 2', resolve))
    expect((await outside(app)).map(({ site }) => site?.file.endsWith('outside.test.ts'))).toEqual([true, true])
  } finally {
    await app.close()
    await pool.end()
  }
})
