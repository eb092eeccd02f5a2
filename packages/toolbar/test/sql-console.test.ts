import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ExplainAnswer, RunAnswer } from 'debug-toolbar'
import { type EntryDetail, memoryStore } from 'debug-toolbar'
import express from 'express'
import knex, { type Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../scripts/services.mjs'
import { type Running, serve, sleep } from './harness.ts'

/** EXPLAIN and running again, as a client of the API sees it: rows T41 to T48 of the threats. */

const folder = mkdtempSync(path.join(tmpdir(), 'toolbar-console-'))
const table = `console_${process.pid}`

const databases = [
  {
    name: 'SQLite',
    dialect: 'sqlite',
    available: true,
    config: (): Knex.Config => ({
      client: 'better-sqlite3',
      connection: { filename: path.join(folder, 'app.db') },
      useNullAsDefault: true,
      pool: { min: 1, max: 1 },
    }),
  },
  {
    name: 'PostgreSQL',
    dialect: 'postgresql',
    available: await reachable('pg'),
    config: (): Knex.Config => ({ client: 'pg', connection: serviceUrl('pg'), pool: { min: 0, max: 1 } }),
  },
  {
    name: 'MariaDB',
    dialect: 'mysql',
    available: await reachable('mysql'),
    config: (): Knex.Config => ({ client: 'mysql2', connection: serviceUrl('mysql'), pool: { min: 0, max: 1 } }),
  },
]

interface Answer<Body> {
  status: number
  body: Body & { error?: { code: string; message: string } }
  ms: number
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

for (const database of databases)
  describe.skipIf(!database.available)(`a recorded query on ${database.name}`, () => {
    let db: Knex
    let app: Running
    let work: (db: Knex) => Promise<unknown> = async () => null

    const start = async (limits = {}) => {
      app = await serve({ watch: { main: db }, store: memoryStore(), limits }, (toolbar) => {
        const server = express()
        server.use(toolbar)
        server.get('/work', async (_req, res) => {
          res.json((await work(db).catch((error: Error) => error.message)) ?? null)
        })
        server.get('/health', (_req, res) => void res.send('ok'))
        return server
      })
    }
    const restart = async (limits = {}) => {
      await app.close()
      await start(limits)
    }
    /** runs it in the app and returns where its last query is */
    const record = async (run: (db: Knex) => Promise<unknown>): Promise<string> => {
      work = run
      const answer = await app.get('/work')
      await answer.text()
      const id = answer.headers.get('x-debug-toolbar-id') as string
      await app.latest('/work')
      const entries = await app.entries<{ kind: string }>(id, 'sql')
      return `requests/${id}/entries/${entries.at(-1)?.id}`
    }
    const act = async <Body>(place: string, action: 'explain' | 'run', body: unknown = {}): Promise<Answer<Body>> => {
      const from = performance.now()
      const answer = await app.post(`/__debug__/api/${place}/${action}`, body, { 'x-debug-toolbar': '1' })
      return { status: answer.status, body: (await answer.json()) as Answer<Body>['body'], ms: performance.now() - from }
    }
    const run = (place: string, body: unknown = {}) => act<RunAnswer>(place, 'run', body)
    const explain = (place: string, body: unknown = {}) => act<ExplainAnswer>(place, 'explain', body)
    const actionsOf = async (place: string) => (await app.api<EntryDetail>(place)).actions

    beforeAll(async () => {
      db = knex(database.config())
      await db.schema.dropTableIfExists(table)
      await db.schema.createTable(table, (columns) => {
        columns.increments('id')
        columns.string('name')
        columns.string('password')
        columns.integer('amount')
        columns.text('long')
      })
      const rows = Array.from({ length: 3_000 }, (_, index) => ({ name: `name ${index}`, password: `hunter${index}`, amount: index % 7 }))
      for (let at = 0; at < rows.length; at += 100) await db(table).insert(rows.slice(at, at + 100))
      if (database.dialect !== 'sqlite') await db.raw(database.dialect === 'mysql' ? `analyze table ${table}` : `analyze ${table}`)
      await start()
    })
    afterAll(async () => {
      await app.close()
      await db.schema.dropTableIfExists(table)
      await db.destroy()
    })

    it('is run again: its rows, bounded, with what is secret masked', async () => {
      const place = await record((db) =>
        db(table).where('id', '>', 5).orderBy('id').limit(2).select('id', 'name', 'password', 'password as innocent'),
      )
      expect(await actionsOf(place)).toMatchObject({ explain: null, run: null })
      const { status, body } = await run(place)
      expect(body).toMatchObject({ columns: ['id', 'name', 'password', 'innocent'], truncated: false })
      expect(status).toBe(200)
      expect(body.rows.map((row) => row.slice(0, 2))).toEqual([
        [6, 'name 5'],
        [7, 'name 6'],
      ])
      expect(JSON.stringify(body)).not.toContain('hunter')
      expect(body.rows[0]?.[2]).toMatchObject({ $: 'masked' })
      expect(body.durationMs).toBeGreaterThan(0)
    })

    it('shows 100 rows of many, and cuts long cells', async () => {
      await db(table)
        .where({ id: 1 })
        .update({ long: 'x'.repeat(50_000) })
      const { body } = await run(await record((db) => db(table).orderBy('id').select('id', 'long')))
      expect(body.rows).toHaveLength(100)
      expect(body.truncated).toBe(true)
      expect(body.rows[0]?.[1]).toMatchObject({ $: 'string' })
      expect(JSON.stringify(body).length).toBeLessThan(20_000)
    })

    it('is run with dates, bytes, lists and nulls as they were', async () => {
      await restart()
      const when = new Date('2026-01-02T03:04:05Z')
      const bytes = Buffer.from([1, 2, 255])
      const values = database.dialect === 'postgresql' ? [when, bytes, [1, 2]] : [when, bytes]
      const casts = database.dialect === 'postgresql' ? '?::timestamptz as a, ?::bytea as b, ?::int[] as c' : '? as a, ? as b'
      const { status, body } = await run(await record((db) => db.raw(`select ${casts}`, values as never)))
      expect(body.error).toBeUndefined()
      expect(status).toBe(200)
      const [row] = body.rows
      if (database.dialect === 'sqlite') expect(row).toEqual([when.getTime(), { $: 'Buffer', bytes: 3, v: '0102ff' }])
      else if (database.dialect === 'postgresql') expect(row).toEqual(['2026-01-02 03:04:05+00', '\\x0102ff', '{1,2}'])
      else expect(String(row?.[0])).toContain('2026-01-02')
    })

    it('is explained as a tree with the worst step marked', async () => {
      await restart()
      const place = await record((db) => db(table).where({ name: 'name 7' }))
      const { status, body } = await explain(place)
      expect(body.error).toBeUndefined()
      expect(status).toBe(200)
      expect(body).toMatchObject({ dialect: database.dialect, analyzed: false })
      const steps = [body.plan]
      for (let at = 0; at < steps.length; at++) steps.push(...(steps[at]?.children ?? []))
      const scan = steps.find(({ fullScan }) => fullScan)
      expect(scan).toMatchObject({ table, index: null })
      expect(steps.filter(({ worst }) => worst)).toHaveLength(1)
      expect(body.notes.join()).toMatch(new RegExp(`Reads all [23],\\d{3} rows of ${table}`))
      expect(body.text).toContain(table)
      const byKey = await explain(await record((db) => db(table).where({ id: 7 })))
      expect(JSON.stringify(byKey.body.plan)).not.toContain('"fullScan":true')
    })

    it('is analyzed when it reads', async () => {
      const place = await record((db) => db(table).where('amount', '>', 3).count('* as n'))
      const { status, body } = await explain(place, { analyze: true })
      if (database.dialect === 'sqlite') {
        expect([status, body.error?.code]).toEqual([422, 'NOT_SUPPORTED'])
        expect((await actionsOf(place))?.analyze).toContain('SQLite')
        return
      }
      expect(body.error).toBeUndefined()
      expect(body.analyzed).toBe(true)
      expect(body.plan.durationMs).toBeGreaterThan(0)
      expect(JSON.stringify(body.plan)).toMatch(/"actualRows":\d/)
    })

    it('hides values of secret columns in the plan', async () => {
      const { body } = await explain(await record((db) => db(table).where({ password: "hunter'77" })))
      expect(body.error).toBeUndefined()
      expect(JSON.stringify(body)).not.toContain('hunter')
    })

    it('that writes is explained, and changes nothing; it is not analyzed or run (T45)', async () => {
      await restart()
      const place = await record((db) => db.raw(`update ${table} set amount = amount + 1 where amount = 100`))
      const before = await db(table).sum('amount as n').first()
      const { status, body } = await explain(place)
      expect(body.error).toBeUndefined()
      expect(status).toBe(200)
      expect(JSON.stringify(body.plan)).toContain(table)
      for (const answer of [await explain(place, { analyze: true }), await run(place)])
        expect(answer.body.error?.code).toBe(
          database.dialect === 'sqlite' && answer.status === 422 ? answer.body.error?.code : 'NOT_READ_ONLY',
        )
      expect((await run(place)).body.error?.message).toContain('UPDATE')
      expect(await db(table).sum('amount as n').first()).toEqual(before)
    })

    it('is named by its address alone (T41)', async () => {
      const place = await record((db) => db(table).where({ id: 1 }))
      for (const [action, body, code] of [
        ['run', { sql: 'DROP TABLE t' }, 'UNKNOWN_FIELD'],
        ['explain', { sql: 'DROP TABLE t' }, 'UNKNOWN_FIELD'],
        ['run', { analyze: true }, 'UNKNOWN_FIELD'],
        ['explain', { analyze: 'yes' }, 'BAD_BODY'],
        ['run', [], 'BAD_JSON'],
      ] as const) {
        const answer = await act(place, action, body)
        expect([answer.status, answer.body.error?.code]).toEqual([400, code])
      }
      expect((await run('requests/nonsense/entries/1')).status).toBe(404)
      expect((await run(place.replace(/\d+$/, '999999'))).status).toBe(404)
      expect((await run(place.replace(/\d+$/, 'x'))).status).toBe(404)
      const [, id] = place.split('/') as [string, string]
      const foreign = await run(place.replace(id, `AAAAAAAA${id.slice(8)}`))
      expect([foreign.status, foreign.body.error?.code]).toEqual([409, 'NOT_IN_THIS_PROCESS'])
      const get = await app.get(`/__debug__/api/${place}/run`)
      expect(get.status).toBe(405)
      const forged = await app.post(`/__debug__/api/${place}/run`, {})
      expect(forged.status).toBeGreaterThanOrEqual(400)
    })

    it('is not run from a record that was put into the store by others (T42)', async () => {
      const store = memoryStore()
      await app.close()
      app = await serve({ watch: { main: db }, store }, (toolbar) => {
        const server = express()
        server.use(toolbar)
        server.get('/work', async (_req, res) => void res.json(await work(db)))
        return server
      })
      const place = await record((db) => db(table).where({ id: 1 }).select('id'))
      const get = store.get.bind(store)
      const planted = (id: string) => {
        const found = get(id)
        const [entry] = found?.entries ?? []
        const data = { ...(entry?.data as object), sql: `delete from ${table}` }
        return found === null
          ? null
          : Object.create(found, { entries: { value: [Object.create(entry as object, { data: { value: data } })] } })
      }
      store.get = planted
      const { status, body } = await run(place)
      expect([status, body.error?.code]).toEqual([409, 'NOT_IN_THIS_PROCESS'])
      expect((await explain(place)).status).toBe(409)
      store.get = get
      expect((await run(place)).status).toBe(200)
    })

    it('is refused where its values or its text were not kept (T48)', async () => {
      await restart({ sqlLength: 1_000 })
      const long = await run(await record((db) => db(table).where({ name: 'x'.repeat(20_000) })))
      expect([long.status, long.body.error?.code]).toEqual([409, 'PARAMS_NOT_AVAILABLE'])
      const bytes = await run(await record((db) => db(table).where({ name: Buffer.alloc(5_000) as never })))
      expect([bytes.status, bytes.body.error?.code]).toEqual([409, 'PARAMS_NOT_AVAILABLE'])
      const place = await record((db) => db.raw(`select * from ${table} where id in (${Array(1_000).fill(1).join()})`))
      const cut = await run(place)
      expect([cut.status, cut.body.error?.code]).toEqual([409, 'TRUNCATED'])
      expect(await actionsOf(place)).toMatchObject({ run: expect.stringContaining('1,000'), explain: expect.stringContaining('1,000') })
    })

    it('is refused as a transaction statement, and once nobody watches', async () => {
      await restart()
      const place = await record((db) => db.transaction((trx) => trx(table).where({ id: 1 })))
      const commit = await run(place)
      expect([commit.status, commit.body.error?.code]).toEqual([422, 'NOT_A_QUERY'])
    })

    it('runs beside the app: a busy pool and an open transaction stay as they are (T47)', async () => {
      await restart()
      const place = await record((db) => db(table).where({ id: 2 }).select('id', 'name'))
      const transaction = await db.transaction()
      await transaction(table).where({ id: 2 }).select('id')
      const waiting = db(table).count('* as n').first()
      const { status, body } = await run(place)
      expect([status, body.rows]).toEqual([200, [[2, 'name 1']]])
      await transaction(table).where({ id: 2 }).update({ name: 'changed' })
      await transaction.rollback()
      expect(await waiting).toBeTruthy()
      expect(await db(table).where({ id: 2 }).first()).toMatchObject({ name: 'name 1' })
    })

    it('leaves no record of what the toolbar itself asks', async () => {
      await restart()
      const place = await record((db) => db(table).where({ id: 3 }))
      const count = async () => {
        const { requests } = await app.api('requests')
        const outside = await app.api<{ request: { counts: Record<string, number> } }>('requests/outside')
        return [requests.length, requests[0]?.counts.sql, outside.request.counts.sql ?? 0, requests[0]?.late]
      }
      const before = await count()
      await run(place)
      await explain(place)
      expect(await count()).toEqual(before)
    })

    it('is stopped after 3 s while the app goes on, and one at a time (T46)', async () => {
      await restart()
      // quick while the app runs it, without end once the row has changed
      const endless = {
        sqlite: `with recursive c(x) as (select 1 union all select x + 1 from c where x < (select amount from ${table} where id = 1)) select count(*) from c`,
        postgresql: `select count(*) from generate_series(1, (select amount from ${table} where id = 1)) a, generate_series(1, 1000) b`,
        mysql: `select count(*) from ${table} a, ${table} b, ${table} c where a.id >= (select 2000 - amount from ${table} where id = 1) and b.id > 10 and c.amount + b.amount < 0`,
      }[database.dialect] as string
      await db(table)
        .where({ id: 1 })
        .update({ amount: database.dialect === 'mysql' ? -1_000_000 : 1 })
      const place = await record((db) => db.raw(endless))
      await db(table).where({ id: 1 }).update({ amount: 2_000_000_000 })
      let over = false
      const slow = run(place).finally(() => {
        over = true
      })
      await sleep(300)
      const second = await run(place)
      expect([second.status, second.body.error?.code]).toEqual([429, 'BUSY'])
      for (let at = 0; at < 5; at++) expect((await app.get('/health')).status).toBe(200)
      expect(over, 'the app answered five times meanwhile').toBe(false)
      const { status, body, ms } = await slow
      expect([status, body.error?.code]).toEqual([504, 'TIMEOUT'])
      // it would have no end, and a busy machine is late
      expect(ms).toBeGreaterThan(2_900)
      expect(ms).toBeLessThan(6_000)
      await db(table).where({ id: 1 }).update({ amount: 0 })
    })

    it('of millions of rows reads what it shows, and keeps none (T46)', async () => {
      await restart()
      await db(table).where({ id: 1 }).update({ amount: 1_000_000 })
      const sql = `select a.id, a.name, b.name as other from ${table} a, ${table} b where a.id >= (select amount from ${table} where id = 1)`
      const place = await record((db) => db.raw(sql))
      await db(table).where({ id: 1 }).update({ amount: 0 })
      const rss = process.memoryUsage().rss
      const { body, ms } = await run(place)
      expect(body.error).toBeUndefined()
      expect([body.rows.length, body.truncated]).toEqual([100, true])
      expect(process.memoryUsage().rss - rss).toBeLessThan(20 * 1024 * 1024)
      expect(ms).toBeLessThan(2_000)
    })

    it('is run ten times a minute', async () => {
      await restart()
      const place = await record((db) => db(table).where({ id: 4 }).select('id'))
      for (let at = 0; at < 10; at++) expect((await (at % 2 === 0 ? run(place) : explain(place))).status).toBe(200)
      const eleventh = await run(place)
      expect([eleventh.status, eleventh.body.error?.code]).toEqual([429, 'TOO_MANY'])
    })

    it('leaves no file behind', () => {
      expect(readdirSync(folder).filter((file) => !file.startsWith('app.db'))).toEqual([])
    })
  })
