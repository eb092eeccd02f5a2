import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Finding, memoryStore } from 'debug-toolbar'
import express from 'express'
import knex, { type Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../scripts/services.mjs'
import { type Running, serve, sleep } from './harness.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'toolbar-index-'))
const table = `index_${process.pid}`

const databases: { name: string; available: boolean; config: Knex.Config }[] = [
  {
    name: 'SQLite',
    available: true,
    config: { client: 'better-sqlite3', connection: { filename: path.join(folder, 'app.db') }, useNullAsDefault: true },
  },
  {
    name: 'PostgreSQL',
    available: await reachable('pg'),
    config: { client: 'pg', connection: serviceUrl('pg'), pool: { min: 0, max: 2 } },
  },
  {
    name: 'MariaDB',
    available: await reachable('mysql'),
    config: { client: 'mysql2', connection: serviceUrl('mysql'), pool: { min: 0, max: 2 } },
  },
]

afterAll(() => rmSync(folder, { recursive: true, force: true }))

for (const database of databases)
  describe.skipIf(!database.available)(`the rule missing-index on ${database.name}`, () => {
    let db: Knex
    let app: Running
    let work: (db: Knex) => Promise<unknown>

    beforeAll(async () => {
      db = knex(database.config)
      await db.schema.dropTableIfExists(table)
      await db.schema.createTable(table, (columns) => {
        columns.increments('id')
        columns.string('isbn', 40)
        columns.string('shelf', 40).index()
        columns.integer('year')
        columns.integer('half')
      })
      const rows = Array.from({ length: 6_000 }, (_, at) => ({
        isbn: `isbn ${at}`,
        shelf: `shelf ${at % 50}`,
        year: at % 1_000,
        half: at % 2,
      }))
      for (let at = 0; at < rows.length; at += 150) await db(table).insert(rows.slice(at, at + 150))
      app = await serve({ watch: { main: db }, store: memoryStore(), rules: { 'missing-index': { minMs: 0 } } }, (toolbar) => {
        const server = express()
        server.use(toolbar)
        server.get('/work', async (_req, res) => {
          res.json((await work(db)) ?? null)
        })
        return server
      })
    })
    afterAll(async () => {
      await app.close()
      await db.schema.dropTableIfExists(table)
      await db.destroy()
    })

    /** id of the request that did it */
    const ask = async (run: (db: Knex) => Promise<unknown>): Promise<string> => {
      work = run
      const answer = await app.get('/work')
      await answer.text()
      await app.latest('/work')
      return answer.headers.get('x-debug-toolbar-id') as string
    }
    const found = async (id: string): Promise<Finding[]> => (await app.detail(id)).findings.filter(({ rule }) => rule === 'missing-index')
    /** what the rule says once the plan is there */
    const findings = async (run: (db: Knex) => Promise<unknown>, attempts = 60): Promise<Finding[]> => {
      const id = await ask(run)
      for (let attempt = 0; attempt < attempts; attempt++) {
        const said = await found(id)
        if (said.length > 0) return said
        await sleep(50)
      }
      return []
    }

    it('names the index that is missing, as SQL that makes it and is used then', async () => {
      const [finding] = await findings((db) => db(table).where({ isbn: 'isbn 77' }).first())
      const sql = `create index ${table}_isbn_idx on ${table} (isbn);`
      expect(finding).toMatchObject({ severity: 'warning', change: { language: 'sql', file: null, lines: [{ kind: 'added', text: sql }] } })
      expect(finding?.evidence).toMatch(/The whole table is read, \d,\d{3} rows, to find 1 row/)
      expect(finding?.fix).toContain(`table.index(['isbn'], '${table}_isbn_idx')`)
      expect(finding?.site?.file).toMatch(/missing-index\.test\.ts$/)
      await db.raw(sql)
      expect(await findings((db) => db(table).where({ isbn: 'isbn 78' }).first().select('id'), 6)).toEqual([])
      await db.schema.alterTable(table, (columns) => columns.dropIndex('isbn', `${table}_isbn_idx`))
    })

    it('puts columns that are equal to something before a range', async () => {
      const [finding] = await findings((db) => db(table).where('year', '>', 990).where({ isbn: 'isbn 5991' }))
      expect(finding?.change?.lines[0]?.text).toContain('(isbn, year)')
    })

    it('is about writes with a filter, too, which are never run again', async () => {
      const [finding] = await findings((db) => db(table).where({ isbn: 'isbn 3' }).update({ half: 5 }))
      expect(finding?.change?.lines[0]?.text).toContain('(isbn)')
      expect(await db(table).where({ half: 5 }).count('* as n').first()).toMatchObject({})
    })

    it('says nothing of what an index would not help, or already does', async () => {
      const silent: [what: string, run: (db: Knex) => Promise<unknown>][] = [
        ['a column with an index', (db: Knex) => db(table).where({ shelf: 'shelf 3' })],
        ['the key', (db: Knex) => db(table).where({ id: 3 })],
        ['most of the table', (db: Knex) => db(table).where({ half: 1 })],
        ['no filter', (db: Knex) => db(table).select('isbn')],
        ['a function', (db: Knex) => db(table).whereRaw('lower(isbn) = ?', ['isbn 3'])],
        ['LIKE', (db: Knex) => db(table).where('isbn', 'like', '%77')],
        ['a range beside LIKE', (db: Knex) => db(table).where('year', '>', 1).where('isbn', 'like', '%77')],
        ['OR', (db: Knex) => db(table).where({ isbn: 'isbn 3' }).orWhere({ year: 4 })],
      ]
      const asked: [what: string, id: string][] = []
      for (const [what, run] of silent) asked.push([what, await ask(run)])
      // the first look has the plans made; they are there for the last
      for (let look = 0; look < 6; look++) {
        for (const [what, id] of asked) expect(await found(id), what).toEqual([])
        await sleep(50)
      }
    })
  })
