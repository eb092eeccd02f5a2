import { createRequire } from 'node:module'
import path from 'node:path'
import type BetterSqlite3 from 'better-sqlite3'
import type Knex from 'knex'
import type Mysql from 'mysql2'
import type MysqlPromise from 'mysql2/promise'
import type Pg from 'pg'
import { describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../../scripts/services.mjs'
import { runIn } from '../drivers/run.ts'

// what the script of test:full has installed
const load = createRequire(path.join(process.env.PREVIOUS_MAJORS ?? '', 'package.json'))
const majorOf = (name: string): number => {
  const folder = load.resolve(name).split(`${path.sep}node_modules${path.sep}${name}${path.sep}`)[0] as string
  return Number((load(path.join(folder, 'node_modules', name, 'package.json')) as { version: string }).version.split('.')[0])
}

it('are the previous majors', () => {
  expect(['knex', 'pg', 'mysql2', 'better-sqlite3'].map(majorOf)).toEqual([2, 8, 2, 11])
})

for (const [name, service, config] of [
  ['PostgreSQL', 'pg', () => ({ client: 'pg', connection: serviceUrl('pg') })],
  ['MariaDB', 'mysql', () => ({ client: 'mysql2', connection: serviceUrl('mysql') })],
  ['SQLite', null, () => ({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })],
] as const)
  describe.skipIf(service !== null && !(await reachable(service)))(`knex 2 on ${name}`, () => {
    it('is recorded like knex 3', async () => {
      const db = (load('knex') as typeof Knex)({ ...config(), pool: { min: 1, max: 1 } })
      const table = `toolbar_previous_${process.pid}`
      try {
        await db.schema.createTable(table, (columns) => {
          columns.increments('id')
          columns.string('name')
        })
        const { answer, queries, request } = await runIn({ watch: { main: db } }, async () => {
          await db(table).insert([{ name: 'one' }, { name: 'two' }])
          await db.transaction(async (outer) => {
            await outer(table).where('id', 1).update({ name: 'uno' })
            await outer.transaction(async (inner) => {
              await inner(table).where('id', 2).first()
            })
          })
          const failed = await db('there_is_no_such_table').catch((error: { code: string }) => error.code)
          return [
            await db(table)
              .orderBy('id')
              .select('name')
              .then((rows) => rows),
            failed,
          ]
        })
        const [rows, code] = answer as [unknown, string]
        expect(rows).toEqual([{ name: 'uno' }, { name: 'two' }])
        const asked = queries.filter(({ data }) => data.kind === 'query')
        expect(
          asked.map(({ data, status }) => [data.sql.split(' ')[0], data.transactionId !== null, data.savepoint !== null, status]),
        ).toEqual([
          ['insert', false, false, 'ok'],
          ['update', true, false, 'ok'],
          ['select', true, true, 'ok'],
          ['select', false, false, 'error'],
          ['select', false, false, 'ok'],
        ])
        expect(asked[3]?.data.error?.code).toBe(code)
        expect(asked.map(({ data }) => data.rows).slice(1, 3)).toEqual([1, 1])
        expect(asked.every(({ site }) => site?.file.endsWith('drivers.full.test.ts'))).toBe(true)
        expect(request.counts.transaction).toBe(4)
      } finally {
        await db.schema.dropTable(table)
        await db.destroy()
      }
    })
  })

describe.skipIf(!(await reachable('pg')))('pg, its first release that connects', () => {
  it('is recorded with promises, callbacks, query objects and cursors', async () => {
    const pg = load('pg') as typeof Pg
    const Cursor = load('pg-cursor') as new (
      sql: string,
    ) => Pg.Submittable & { read(rows: number, done: (error: unknown, rows: unknown[]) => void): void; close(done: () => void): void }
    const pool = new pg.Pool({ connectionString: serviceUrl('pg'), max: 1 })
    try {
      const { queries } = await runIn({ watch: { pool } }, async () => {
        await pool.query('select $1::int as a', [1])
        await new Promise((resolve) => pool.query('select 2 as a', () => resolve(null)))
        await pool.query('select broken').catch(() => null)
        const client = await pool.connect()
        await new Promise((resolve) => {
          const query = client.query(new pg.Query('select 3 as a'))
          query.on('end', resolve)
        })
        await new Promise<void>((resolve) => {
          const cursor = client.query(new Cursor('select generate_series(1, 5) as a'))
          cursor.read(10, () => cursor.close(resolve))
        })
        client.release()
      })
      expect(queries.map(({ data, status }) => [data.sql, data.rows, status])).toEqual([
        ['select $1::int as a', 1, 'ok'],
        ['select 2 as a', 1, 'ok'],
        ['select broken', null, 'error'],
        ['select 3 as a', 1, 'ok'],
        ['select generate_series(1, 5) as a', 5, 'ok'],
      ])
      expect(queries.every(({ site }) => site?.file.endsWith('drivers.full.test.ts'))).toBe(true)
    } finally {
      await pool.end()
    }
  })
})

describe.skipIf(!(await reachable('mysql')))('mysql2, major 2', () => {
  it('is recorded with promises, callbacks, emitters and prepared statements', async () => {
    const core = (load('mysql2') as typeof Mysql).createPool({ uri: serviceUrl('mysql'), connectionLimit: 1 })
    const pool = (load('mysql2/promise') as typeof MysqlPromise).createPool({ uri: serviceUrl('mysql'), connectionLimit: 1 })
    try {
      const { queries } = await runIn({ watch: { core, pool } }, async () => {
        await pool.query('select ? as a', [1])
        await pool.execute('select ? as a', ['2'])
        await pool.query('select broken').catch(() => null)
        await new Promise((resolve) => core.query('select 3 as a', () => resolve(null)))
        await new Promise((resolve) => core.query('select 4 as a union all select 5').on('end', resolve))
      })
      expect(queries.map(({ data, status }) => [data.sql, data.rows, status, data.connection])).toEqual([
        ['select ? as a', 1, 'ok', 'pool'],
        ['select ? as a', 1, 'ok', 'pool'],
        ['select broken', null, 'error', 'pool'],
        ['select 3 as a', 1, 'ok', 'core'],
        ['select 4 as a union all select 5', 2, 'ok', 'core'],
      ])
      expect(queries.every(({ site }) => site?.file.endsWith('drivers.full.test.ts'))).toBe(true)
    } finally {
      await pool.end()
      await core.promise().end()
    }
  })
})

it('better-sqlite3, major 11, is recorded', async () => {
  const db = new (load('better-sqlite3') as typeof BetterSqlite3)(':memory:')
  const { queries } = await runIn({ watch: { db } }, () => {
    db.exec('create table t (a)')
    db.transaction(() => db.prepare('insert into t values (?)').run(1))()
    return [...db.prepare('select * from t').iterate()]
  })
  db.close()
  expect(queries.map(({ data }) => [data.sql, data.rows])).toEqual([
    ['create table t (a)', null],
    ['BEGIN', null],
    ['insert into t values (?)', 1],
    ['COMMIT', null],
    ['select * from t', 1],
  ])
})
