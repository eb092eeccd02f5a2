import { memoryStore, type SqlData } from 'debug-toolbar'
import express from 'express'
import knex, { type Knex } from 'knex'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../scripts/services.mjs'
import { type Running, serve, sleep } from './harness.ts'

interface Database {
  name: string
  dialect: string
  config(): Knex.Config
  available(): Promise<boolean>
}

const databases: Database[] = [
  {
    name: 'SQLite',
    dialect: 'sqlite',
    available: async () => true,
    config: () => ({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true, pool: { min: 1, max: 1 } }),
  },
  {
    name: 'PostgreSQL',
    dialect: 'postgresql',
    available: () => reachable('pg'),
    config: () => ({ client: 'pg', connection: serviceUrl('pg'), pool: { min: 0, max: 4 } }),
  },
  {
    name: 'MariaDB',
    dialect: 'mysql',
    available: () => reachable('mysql'),
    config: () => ({ client: 'mysql2', connection: serviceUrl('mysql'), pool: { min: 0, max: 4 } }),
  },
]

for (const database of databases) {
  const available = await database.available()
  describe.skipIf(!available)(`knex on ${database.name}`, () => {
    let db: Knex
    let app: Running
    const table = `toolbar_${process.pid}`

    beforeAll(async () => {
      db = knex(database.config())
      await db.schema.dropTableIfExists(table)
      await db.schema.createTable(table, (columns) => {
        columns.increments('id')
        columns.string('name')
      })
      await db(table).insert([{ name: 'one' }, { name: 'two' }, { name: 'three' }])
    })
    afterEach(() => app.close())
    afterAll(async () => {
      await db.schema.dropTableIfExists(table)
      await db.destroy()
    })

    const run = async (handler: (db: Knex) => Promise<unknown>, watch: Record<string, unknown> = { main: db }) => {
      app = await serve({ watch }, (toolbar) => {
        const server = express()
        server.use(toolbar)
        server.get('/', async (_req, res) => {
          res.json((await handler(db)) ?? null)
        })
        return server
      })
      const answer: unknown = await (await app.get('/')).json()
      const request = await app.latest('/')
      return { answer, request, queries: await app.entries<SqlData>(request.id, 'sql') }
    }

    it('records SQL, parameters, rows, place and label of a builder query, and returns the same rows', async () => {
      const { answer, queries, request } = await run((db) => db(table).where('id', '>', 1).orderBy('id'))
      expect(answer).toMatchObject([{ name: 'two' }, { name: 'three' }])
      expect(request.counts.sql).toBe(1)
      const [query] = queries
      expect(query?.data).toMatchObject({
        kind: 'query',
        params: [1],
        rows: 2,
        connection: 'main',
        dialect: database.dialect,
        error: null,
        transactionId: null,
        duplicateGroup: null,
        similarGroup: null,
      })
      expect(query?.data.sql).toMatch(/^select \* from .+ where .id. > (?:\?|\$1)/)
      expect(query?.site?.file).toMatch(/knex\.test\.ts$/)
      expect(query?.durationMs).toBeGreaterThan(0)
      expect(query?.status).toBe('ok')
    })

    it('records raw, insert, update and delete with the rows they affect', async () => {
      const { queries } = await run(async (db) => {
        await db.raw(`select * from ${table}`)
        await db(table).insert({ name: 'four' })
        await db(table).where({ name: 'four' }).update({ name: 'five' })
        await db(table).where({ name: 'five' }).del()
      })
      expect(queries.map((query) => query.data.rows)).toEqual([3, 1, 1, 1])
    })

    it('records a failing query with its error, and the app gets the very error', async () => {
      const { answer, queries, request } = await run((db) =>
        db('there_is_no_such_table').catch((error: Error & { code?: string }) => ({ message: error.message, code: error.code })),
      )
      const failed = queries[0]
      expect(failed?.status).toBe('error')
      expect((answer as { message: string }).message).toContain('there_is_no_such_table')
      expect(failed?.data.error?.message).toBe((answer as { message: string }).message)
      expect(failed?.data.error?.code).toBe((answer as { code: string }).code)
      expect(request.counts.sql).toBe(1)
    })

    it('brackets a transaction and its savepoint, and counts neither as a query', async () => {
      const { queries, request } = await run(async (db) => {
        await db.transaction(async (outer) => {
          await outer(table).insert({ name: 'in' })
          await outer.transaction(async (inner) => {
            await inner(table).insert({ name: 'deeper' })
          })
          await outer(table).whereIn('name', ['in', 'deeper']).del()
        })
        await db(table).select('id')
      })
      expect(request.counts.sql).toBe(4)
      const inside = queries.filter((query) => query.data.transactionId !== null)
      expect(new Set(inside.map((query) => query.data.transactionId)).size).toBe(1)
      expect(inside.map((query) => query.data.kind)).toEqual([
        'transaction',
        'query',
        'transaction',
        'query',
        'transaction',
        'query',
        'transaction',
      ])
      expect(queries.at(-1)?.data.transactionId).toBeNull()
      expect(inside[3]?.data.savepoint).toMatch(/^trx/)
      expect(inside[1]?.data.savepoint).toBeNull()
      for (const statement of inside.filter((query) => query.data.kind === 'transaction')) expect(statement.data.rows).toBeNull()
    })

    it('records a rollback, and the app gets its own error', async () => {
      const { answer, queries } = await run((db) =>
        db
          .transaction(async (trx) => {
            await trx(table).insert({ name: 'gone' })
            throw new Error('changed my mind')
          })
          .catch((error: Error) => error.message),
      )
      expect(answer).toBe('changed my mind')
      expect(queries.at(-1)?.data).toMatchObject({ kind: 'transaction', sql: expect.stringMatching(/^rollback/i) })
    })

    it('forgets a transaction that is committed after the response', async () => {
      let commit: (() => Promise<unknown>) | null = null
      app = await serve({ watch: { main: db } }, (toolbar) => {
        const server = express()
        server.use(toolbar)
        server.get('/open', async (_req, res) => {
          const trx = await db.transaction()
          await trx(table).select('id')
          commit = () => Promise.resolve(trx.commit())
          res.end()
        })
        server.get('/after', async (_req, res) => {
          for (let turn = 0; turn < 6; turn++) await db(table).select('id')
          res.end()
        })
        return server
      })
      await app.get('/open')
      await app.latest('/open')
      await (commit as unknown as () => Promise<unknown>)()
      await app.get('/after')
      const queries = await app.entries<SqlData>((await app.latest('/after')).id, 'sql')
      expect(queries.map((query) => query.data.transactionId)).toEqual([null, null, null, null, null, null])
    })

    it('closes the entry of a stream that is left early', async () => {
      const { queries } = await run(async (db) => {
        for await (const _row of db(table).orderBy('id').stream()) break
      })
      expect(queries).toHaveLength(1)
      expect(queries[0]?.durationMs).not.toBeNull()
    })

    it('tells parameters apart that only differ far behind', async () => {
      const long = 'x'.repeat(20_000)
      const { request } = await run(async (db) => {
        for (const end of ['a', 'b', 'b']) await db(table).where('name', long + end)
      })
      expect(request).toMatchObject({ similar: 3, duplicates: 2 })
    })

    it('groups similar and identical queries', async () => {
      const { queries, request } = await run(async (db) => {
        for (const id of [1, 2, 2]) await db(table).where({ id }).first()
        await db(table).count('* as n')
      })
      expect(request).toMatchObject({ similar: 3, duplicates: 2, largestGroup: 3 })
      expect(queries[0]?.data.similarGroup).toBe(queries[2]?.data.similarGroup)
      expect(queries[0]?.data.duplicateGroup).toBeNull()
      expect(queries[1]?.data.duplicateGroup).toBe(queries[2]?.data.duplicateGroup)
      expect(queries[3]?.data.similarGroup).toBeNull()
    })

    it('never runs a builder that nobody awaits', async () => {
      const { queries } = await run(async (db) => {
        db(table).where('name', 'never')
        await sleep(20)
      })
      expect(queries).toEqual([])
    })

    it('streams rows as before', async () => {
      const { answer, queries } = await run(async (db) => {
        const names: string[] = []
        for await (const row of db(table).orderBy('id').stream()) names.push((row as { name: string }).name)
        return names
      })
      expect(answer).toEqual(['one', 'two', 'three'])
      expect(queries).toHaveLength(1)
      expect(queries[0]?.data.rows).toBe(3)
      expect(queries[0]?.durationMs).not.toBeNull()
    })

    it('takes the name of the database where no label is given', async () => {
      app = await serve({ watch: [db] }, (toolbar) => {
        const server = express()
        server.use(toolbar)
        server.get('/', async (_req, res) => void res.json(await db(table).first()))
        return server
      })
      await app.get('/')
      const [query] = await app.entries<SqlData>((await app.latest()).id, 'sql')
      expect(query?.data.connection).toBe(database.dialect === 'sqlite' ? ':memory:' : 'test')
    })

    it('keeps 200 interleaved requests apart', async () => {
      app = await serve({ watch: { main: db }, store: memoryStore({ maxRequests: 300 }) }, (toolbar) => {
        const server = express()
        server.use(toolbar)
        server.get('/:marker', async (req, res) => {
          await sleep(Math.random() * 20)
          await db(table).where('name', `marker-${req.params.marker}`)
          await Promise.all([db(table).where('name', `marker-${req.params.marker}`), sleep(Math.random() * 10)])
          res.end()
        })
        return server
      })
      await Promise.all(Array.from({ length: 200 }, (_, index) => app.get(`/${index}`)))
      await app.latest()
      const { requests } = await app.api('requests?limit=1000')
      expect(requests).toHaveLength(200)
      for (const request of requests) {
        const queries = await app.entries<SqlData>(request.id, 'sql')
        expect(queries.map((query) => query.data.params)).toEqual([
          [`marker-${request.path.slice(1)}`],
          [`marker-${request.path.slice(1)}`],
        ])
      }
    })
  })
}

describe('unwatch', () => {
  it('restores the prototype of knex exactly, and records nothing more', async () => {
    const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
    let prototype = Object.getPrototypeOf(db.client) as object
    while (!Object.hasOwn(prototype, 'query')) prototype = Object.getPrototypeOf(prototype) as object
    const before = Object.getOwnPropertyDescriptors(prototype)
    const app = await serve({ watch: [db] }, (toolbar) => {
      const server = express()
      server.use(toolbar)
      server.get('/', async (_req, res) => void res.json(await db.raw('select 1 as one')))
      return server
    })
    expect(Object.getOwnPropertyDescriptors(prototype)).not.toEqual(before)
    await app.close()
    expect(Object.getOwnPropertyDescriptors(prototype)).toEqual(before)
    await db.destroy()
  })
})
