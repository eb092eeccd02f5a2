import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import knex, { type Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../../scripts/services.mjs'
import { connected, runIn, seen } from './run.ts'

const databases = [
  { name: 'PostgreSQL', service: 'pg', client: 'pg', sleep: 'select pg_sleep(?)' },
  { name: 'MariaDB', service: 'mysql', client: 'mysql2', sleep: 'select sleep(?)' },
  { name: 'SQLite', service: null, client: 'better-sqlite3', sleep: null },
] as const

for (const { name, service, client, sleep: sleepSql } of databases) {
  describe.skipIf(service !== null && !(await reachable(service)))(`what else knex does, on ${name}`, () => {
    const table = `toolbar_knex_${process.pid}`
    const folder = mkdtempSync(path.join(tmpdir(), 'toolbar-knex-'))
    const open = (more: Knex.Config = {}): Knex =>
      knex({
        client,
        connection: service === null ? { filename: path.join(folder, 'db.sqlite') } : serviceUrl(service),
        useNullAsDefault: true,
        pool: { min: 0, max: 2 },
        ...more,
      })
    let db: Knex

    beforeAll(async () => {
      db = open()
      await db.schema.createTable(table, (columns) => {
        columns.increments('id')
        columns.string('name')
      })
      await db(table).insert([{ name: 'one' }, { name: 'two' }])
    })
    afterAll(async () => {
      await db.schema.dropTable(table)
      await db.destroy()
      rmSync(folder, { recursive: true })
    })

    it('records migrations and schema queries, each with its SQL', async () => {
      const migrations = path.join(folder, 'migrations')
      const { mkdirSync } = await import('node:fs')
      mkdirSync(migrations)
      writeFileSync(
        path.join(migrations, '1_things.cjs'),
        `exports.up = (db) => db.schema.createTable('${table}_things', (t) => { t.increments() }); exports.down = (db) => db.schema.dropTable('${table}_things')`,
      )
      const settings = { directory: migrations, tableName: `${table}_migrations` }
      const { queries, request } = await runIn({ watch: [db] }, async () => {
        await db.migrate.latest(settings)
        await db.migrate.rollback(settings)
      })
      const texts = queries.map(({ data }) => data.sql)
      expect(texts.some((sql) => /^create table .*_things/.test(sql))).toBe(true)
      expect(texts.some((sql) => /^drop table .*_things/.test(sql))).toBe(true)
      expect(request.counts.transaction).toBeGreaterThanOrEqual(2)
      expect(queries.every(({ status }) => status === 'ok')).toBe(true)
      await db.schema.dropTable(settings.tableName)
      await db.schema.dropTable(`${settings.tableName}_lock`)
    })

    it('records batchInsert and Promise.all, every statement once', async () => {
      const { queries, request } = await runIn({ watch: [db] }, async () => {
        await db.batchInsert(
          table,
          Array.from({ length: 25 }, (_, at) => ({ name: `batch ${at}` })),
          10,
        )
        await Promise.all([db(table).where('id', 1), db(table).where('id', 2), db(table).count()])
      })
      expect(request.counts.sql).toBe(6)
      expect(queries.filter(({ data }) => data.sql.startsWith('insert')).map(({ data }) => data.transactionId !== null)).toEqual([
        true,
        true,
        true,
      ])
      expect(queries.filter(({ data }) => data.sql.startsWith('select')).every(({ data }) => data.transactionId === null)).toBe(true)
    })

    it('shows the statements that isolate a transaction, and its savepoints with their names', async () => {
      if (client === 'better-sqlite3') return
      const { queries } = await runIn({ watch: [db] }, () =>
        db.transaction(
          async (outer) => {
            await outer(table).first()
            await outer.transaction(async (inner) => {
              await inner(table).first()
            })
          },
          { isolationLevel: 'repeatable read' },
        ),
      )
      expect(queries.map(({ data }) => data.sql).join('\n')).toMatch(/isolation level repeatable read/i)
      const selects = queries.filter(({ data }) => data.kind === 'query')
      expect(selects.map(({ data }) => [data.transactionId !== null, data.savepoint === null])).toEqual([
        [true, true],
        [true, false],
      ])
    })

    it('closes the entries of queries that time out and are cancelled, and the app gets its own error', async () => {
      if (sleepSql === null) return
      const ask = () => db.raw(sleepSql, [0.4]).timeout(60, { cancel: true }).catch(seen)
      const { answer, queries } = await runIn({ watch: [db] }, ask)
      expect(answer).toEqual(JSON.parse(JSON.stringify(await ask())))
      const [cancelled] = queries.filter(({ data }) => data.sql.includes('sleep'))
      expect(cancelled?.status).not.toBe('running')
      expect(cancelled?.durationMs).toBeLessThan(390)

      const left = await runIn({ watch: [db] }, () => db.raw(sleepSql, [0.3]).timeout(50).catch(seen))
      expect(left.queries.map(({ status }) => status)).toEqual(['ok'])
    })

    it('says how long a query waited for the pool, and who had its connections', async () => {
      if (sleepSql === null) return
      const narrow = open({ pool: { min: 0, max: 1 } })
      try {
        await connected(narrow)
        const { queries, request } = await runIn({ watch: { narrow } }, async () => {
          const held = narrow.transaction(async (trx) => {
            await trx(table).first()
            await new Promise((resolve) => setTimeout(resolve, 80))
          })
          await new Promise((resolve) => setTimeout(resolve, 30))
          await Promise.all([held, narrow(table).where('id', 1)])
        })
        const waited = queries.find(({ data }) => data.waitMs > 20)
        expect(waited?.data.sql).toContain('where')
        expect(waited?.durationMs).toBeLessThan(20)
        expect(waited?.data.pool).toMatchObject({ max: 1, used: 1, pending: 1, holders: [{ request: request.id, transaction: true }] })
        const [holder] = waited?.data.pool?.holders ?? []
        expect(holder?.sql).toMatch(/^select/)
        expect(holder?.heldMs).toBeGreaterThan(10)
        expect(holder?.site?.file).toMatch(/knex\.test\.ts$/)
      } finally {
        await narrow.destroy()
      }
    })

    it('is an entry with its error when no connection can be had', async () => {
      if (sleepSql === null) return
      const narrow = open({ pool: { min: 0, max: 1 }, acquireConnectionTimeout: 60 })
      try {
        await connected(narrow)
        const { queries } = await runIn({ watch: { narrow } }, async () => {
          const held = narrow.raw(sleepSql, [0.3]).then(() => 1)
          await Promise.all([held, narrow(table).first().catch(seen)])
        })
        const failed = queries.find(({ status }) => status === 'error')
        expect(failed?.data).toMatchObject({ error: { message: expect.stringContaining('Timeout acquiring a connection') as string } })
        expect(failed?.durationMs).toBe(0)
        expect(failed?.data.waitMs).toBeGreaterThan(50)
        expect(failed?.data.pool?.used).toBe(1)
      } finally {
        await narrow.destroy()
      }
    })

    it('tells a primary from its replica by label', async () => {
      const replica = open()
      try {
        const { queries } = await runIn({ watch: { primary: db, replica } }, async () => {
          await db(table).insert({ name: 'written' })
          await replica(table).where('name', 'written')
        })
        expect(queries.map(({ data }) => data.connection)).toEqual(['primary', 'replica'])
      } finally {
        await replica.destroy()
      }
    })

    it('leaves a rejection that nobody handles unhandled, and adds up the rows of several statements', async () => {
      if (sleepSql === null) return
      const unhandled: unknown[] = []
      const note = (reason: unknown) => unhandled.push((reason as Error).message.slice(0, 20))
      const others = process.rawListeners('unhandledRejection')
      process.removeAllListeners('unhandledRejection')
      process.on('unhandledRejection', note)
      const narrow = open({ pool: { min: 0, max: 1 }, acquireConnectionTimeout: 60 })
      try {
        await connected(narrow)
        await runIn({ watch: { narrow } }, async () => {
          const held = (await narrow.client.acquireConnection()) as object
          void narrow.client.acquireConnection()
          void narrow.client.query(held, 'select * from there_is_no_such_table')
          await new Promise((resolve) => setTimeout(resolve, 150))
          await narrow.client.releaseConnection(held)
        })
        expect(unhandled).toHaveLength(2)
      } finally {
        await narrow.destroy()
        process.removeListener('unhandledRejection', note)
        for (const other of others) process.on('unhandledRejection', other as never)
      }
      if (client !== 'pg') return
      const { queries } = await runIn({ watch: [db] }, () => db.raw('select 1 as a; select 2 as a union all select 3').then(() => null))
      expect(queries[0]?.data).toMatchObject({ rows: 3, columns: 1 })
    })

    it('is one frame in the stack of an error of the driver, which has ten', async () => {
      if (client !== 'better-sqlite3') return
      const ask = async (): Promise<string[]> => {
        const error = await db.raw('select * from there_is_no_such_table').catch((error: Error) => error)
        return (error as Error).stack?.split('\n').filter((line) => /^ +at /.test(line)) ?? []
      }
      const { stackTraceLimit } = Error
      Error.stackTraceLimit = 30
      try {
        const { answer } = await runIn({ watch: [db] }, ask)
        const recorded = answer as string[]
        const bare = await ask()
        const place = (lines: string[]): number => lines.findIndex((line) => line.includes('knex.test.ts'))
        expect(place(bare)).toBeGreaterThan(5)
        expect(place(recorded) - place(bare)).toBe(1)
      } finally {
        Error.stackTraceLimit = stackTraceLimit
      }
    })

    it('emits the events of knex as without us, in the same order', async () => {
      const order: string[] = []
      const note = (event: string) => (): void => void order.push(event)
      const events = ['start', 'query', 'query-response', 'query-error'] as const
      for (const event of events) db.on(event, note(event))
      const ask = async () => {
        order.length = 0
        await db(table).first()
        await db('there_is_no_such_table').catch(() => {})
        await db.transaction(async (trx) => {
          await trx(table).first()
        })
        return [...order]
      }
      const { answer } = await runIn({ watch: [db] }, ask)
      expect(answer).toEqual(await ask())
      for (const event of events) db.removeAllListeners(event)
    })
  })
}
