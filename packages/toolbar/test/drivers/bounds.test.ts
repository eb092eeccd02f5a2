import Sqlite from 'better-sqlite3'
import type { Preview, RequestDetail, SqlData } from 'debug-toolbar'
import express from 'express'
import knex, { type Knex } from 'knex'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../../scripts/services.mjs'
import { serve, sleep } from '../harness.ts'
import { held } from '../heap.ts'
import { runIn } from './run.ts'

const sqliteKnex = (): Knex => knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })

describe('ten thousand queries in one request', () => {
  it('are counted, grouped and judged exactly, in a record under 2 MB', { timeout: 60_000 }, async () => {
    const db = sqliteKnex()
    const app = await serve({ watch: { main: db } }, (toolbar) => {
      const server = express()
      server.use(toolbar)
      server.get('/', async (_req, res) => {
        for (let at = 0; at < 10_000; at++) await db.raw('select ? as id, ? as name', [at, `author ${at % 5_000}`])
        res.end('done')
      })
      return server
    })
    try {
      // what is compiled and cached once is not of the record
      await app.get('/')
      await app.latest('/')
      const before = await held()
      const records = 3
      for (let turn = 0; turn < records; turn++) await app.get('/')
      await sleep(100)
      expect(((await held()) - before) / records).toBeLessThan(2)

      const { request, findings } = await app.api<RequestDetail>('requests/latest').then(async () => {
        const latest = await app.latest('/')
        return app.detail(latest.id)
      })
      expect(request).toMatchObject({ counts: { sql: 10_000 }, similar: 10_000, duplicates: 0, largestGroup: 10_000 })
      expect(findings.length).toBeGreaterThanOrEqual(0)
      const entries = await app.entries<SqlData>(request.id, 'sql')
      expect(entries).toHaveLength(10_000)
      expect(entries.map(({ data }) => data.params[0])).toEqual(Array.from({ length: 10_000 }, (_, at) => at))
      expect(entries.every(({ startMs }, at) => at === 0 || startMs >= (entries[at - 1]?.startMs ?? 0))).toBe(true)
    } finally {
      await app.close()
      await db.destroy()
    }
  })
})

describe('a result of 100 MB', () => {
  const megabytes = 100
  const reads: [
    name: string,
    available: () => Promise<boolean>,
    open: () => Promise<{ instance: unknown; read(): Promise<number>; close(): Promise<unknown> }>,
  ][] = [
    [
      'SQLite',
      async () => true,
      async () => {
        const db = new Sqlite(':memory:')
        const all = db.prepare(
          `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${megabytes}) select i, hex(zeroblob(500000)) as text from n`,
        )
        return { instance: db, read: async () => all.all().length, close: async () => void db.close() }
      },
    ],
    [
      'PostgreSQL',
      () => reachable('pg'),
      async () => {
        const pool = new pg.Pool({ connectionString: serviceUrl('pg'), max: 1 })
        return {
          instance: pool,
          read: async () =>
            (await pool.query(`select i, repeat('x', 1000000) as text from generate_series(1, ${megabytes}) i`)).rows.length,
          close: () => pool.end(),
        }
      },
    ],
    [
      'MariaDB',
      () => reachable('mysql'),
      async () => {
        const pool = mysql.createPool({ uri: serviceUrl('mysql'), connectionLimit: 1 })
        return {
          instance: pool,
          read: async () => {
            const [rows] = await pool.query(`select seq, repeat('x', 1000000) as text from seq_1_to_${megabytes}`)
            return (rows as unknown[]).length
          },
          close: () => pool.end(),
        }
      },
    ],
  ]
  for (const [name, available, open] of reads)
    it(`leaves nothing behind, on ${name}`, { timeout: 60_000 }, async () => {
      if (!(await available())) return
      const database = await open()
      const app = await serve({ watch: [database.instance] }, (toolbar) => {
        const server = express()
        server.use(toolbar)
        server.get('/warm', (_req, res) => res.end())
        server.get('/', (_req, res, next) => {
          database.read().then((rows) => res.json(rows), next)
        })
        return server
      })
      try {
        await app.get('/warm')
        await app.latest('/warm')
        const before = await held()
        expect(await (await app.get('/')).json()).toBe(megabytes)
        const request = await app.latest('/')
        const [query] = await app.entries<SqlData>(request.id, 'sql')
        expect(query?.data).toMatchObject({ rows: megabytes, columns: 2 })
        expect(query?.data.bytes).toBeGreaterThan(megabytes * 900_000)
        // an open pool may hold the last answer by itself: pg's does, without the toolbar as well
        await database.close()
        expect((await held()) - before).toBeLessThan(5)
      } finally {
        await app.close()
      }
    })
})

describe('odd values', () => {
  it('are shown bounded, and never thrown over', async () => {
    const circular: Record<string, unknown> = { name: 'circle' }
    circular.self = circular
    const trap = {
      get secretly(): never {
        throw new Error('a getter was called')
      },
      toString: () => 'trap',
    }
    const values: unknown[] = [
      'x'.repeat(10_000_000),
      Buffer.alloc(10_000_000, 1),
      12345678901234567890n,
      new Date('2026-11-21T12:00:00Z'),
      new Date(Number.NaN),
      ['a', ['b', 1]],
      { json: { deep: [1, 2, { three: true }] } },
      undefined,
      null,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      circular,
      trap,
      Symbol('odd'),
      () => 'function',
      new Map([['key', new Set([1])]]),
      '\u0000\u202e\ud800',
    ]
    // a driver that takes anything: what it does with the values is not ours to judge
    const db = new Sqlite(':memory:')
    const { queries } = await runIn({ watch: { db } }, () => {
      for (const value of values)
        try {
          db.prepare('select ? as value').all(value)
        } catch {
          // most of these are no SQLite values
        }
      try {
        db.prepare('select ? as value').all(...values)
      } catch {}
      return null
    })
    db.close()
    expect(queries).toHaveLength(values.length + 1)
    const shown = JSON.stringify(queries.map(({ data }) => data.params))
    expect(shown.length).toBeLessThan(100_000)
    expect(shown).not.toContain('a getter was called')
    const kinds = queries.map(({ data }) => kindOf(data.params[0] as Preview))
    expect(kinds.slice(0, 5)).toEqual(['string', 'Buffer', 'BigInt', 'Date', 'Date'])
    expect(kinds[11]).toBe('object')
  })
})

function kindOf(preview: Preview): string {
  if (preview === null || typeof preview !== 'object') return typeof preview
  return Array.isArray(preview) ? 'array' : typeof preview.$ === 'string' ? preview.$.replace('bigint', 'BigInt') : 'object'
}
