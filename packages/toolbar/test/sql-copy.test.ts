import SQLite from 'better-sqlite3'
import knex, { type Knex } from 'knex'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../scripts/services.mjs'
import type { Preview } from '../src/contract/types.ts'
import { defaultLimits } from '../src/core/limits.ts'
import { preview } from '../src/core/preview.ts'
import { toKnexCall } from '../src/panels/sql/knex-call.ts'
import { toRunnableSql } from '../src/panels/sql/runnable-sql.ts'

interface Console {
  dialect: string
  client: string
  types: Record<string, string>
  /** the driver with its parameters, and with a text alone */
  open(): Promise<{ ask(sql: string, params?: unknown[]): Promise<unknown[]>; close(): Promise<unknown> | unknown }>
  available: boolean
}

const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const toPreviews = (params: readonly unknown[]): Preview[] => params.map((value) => preview(value, defaultLimits))

const consoles: Record<string, Console> = {
  SQLite: {
    dialect: 'sqlite',
    client: 'better-sqlite3',
    available: true,
    types: { text: 'text', whole: 'integer', flag: 'boolean', at: 'datetime', bytes: 'blob', json: 'text', big: 'bigint' },
    open: async () => {
      const db = new SQLite(':memory:')
      return {
        ask: async (sql, params = []) => {
          // as knex gives them to this driver
          const bound = params.map((value) =>
            value instanceof Date ? value.valueOf() : typeof value === 'boolean' ? Number(value) : value,
          )
          const statement = db.prepare(sql)
          if (statement.reader) return statement.all(...bound)
          statement.run(...bound)
          return []
        },
        close: () => db.close(),
      }
    },
  },
  PostgreSQL: {
    dialect: 'postgresql',
    client: 'pg',
    available: await reachable('pg'),
    types: {
      text: 'text',
      whole: 'integer',
      flag: 'boolean',
      at: 'timestamptz',
      bytes: 'bytea',
      json: 'jsonb',
      big: 'bigint',
      local: 'timestamp',
      list: 'text[]',
      numbers: 'integer[][]',
    },
    open: async () => {
      const client = new pg.Client(serviceUrl('pg'))
      await client.connect()
      return { ask: async (sql, params) => (await client.query(sql, params)).rows, close: () => client.end() }
    },
  },
  MariaDB: {
    dialect: 'mysql',
    client: 'mysql2',
    available: await reachable('mysql'),
    types: { text: 'text', whole: 'integer', flag: 'boolean', at: 'datetime(3)', bytes: 'varbinary(100)', json: 'text', big: 'bigint' },
    open: async () => {
      const connection = await mysql.createConnection(serviceUrl('mysql'))
      return {
        ask: async (sql, params) => {
          const [rows] = await connection.query(sql, params)
          return Array.isArray(rows) ? rows : []
        },
        close: () => connection.end(),
      }
    },
  },
}

const awkward = [
  [
    "o'hara",
    "'",
    "''",
    "it's $1, $&, $$, ? and ?? and :name and @x",
    'back\\slash \\',
    "\\'; drop table x; --",
    '/* no */ -- no',
    '"double" `tick`',
    'line\nbreak\r\n\ttab',
    'كتاب الحيوان 🐪',
    '',
  ],
  [0, -5, 1.5, 1e21, Number.MAX_SAFE_INTEGER],
] as const

for (const [name, database] of Object.entries(consoles))
  describe.skipIf(!database.available)(`copied SQL in ${name}`, () => {
    const { dialect, types } = database
    const table = `ui_copy_${process.pid}`
    let db: Awaited<ReturnType<Console['open']>>
    let builder: Knex
    const runnable = (sql: string, params: readonly unknown[]) => toRunnableSql(sql, toPreviews(params), { dialect, timeZone })

    beforeAll(async () => {
      db = await database.open()
      builder = knex({ client: database.client, useNullAsDefault: true })
      await db.ask(`drop table if exists ${table}`)
      const columns = Object.entries(types).map(([column, type]) => `${column}_value ${type}`)
      await db.ask(`create table ${table} (${columns.join(', ')})`)
    })
    afterAll(async () => {
      await db.ask(`drop table if exists ${table}`)
      await db.close()
      await builder.destroy()
    })

    /** The value as the driver stored it, and as the copied text did. */
    const roundTrip = async (column: string, value: unknown): Promise<unknown[]> => {
      await db.ask(`delete from ${table}`)
      const { sql, bindings } = builder(table)
        .insert({ [`${column}_value`]: value })
        .toSQL()
        .toNative()
      await db.ask(sql, [...bindings])
      const text = runnable(sql, bindings)
      await db.ask(text)
      const rows = (await db.ask(`select * from ${table}`)) as Record<string, unknown>[]
      expect(rows, text).toHaveLength(2)
      return rows.map((row) => row[`${column}_value`])
    }

    it('stores the same values as the driver does', async () => {
      const values: [string, unknown][] = [
        ...awkward[0].map((text): [string, unknown] => ['text', text]),
        ...awkward[1]
          .filter((number) => Number.isInteger(number) && Math.abs(number) < 2 ** 31)
          .map((number): [string, unknown] => ['whole', number]),
        ['big', Number.MAX_SAFE_INTEGER],
        ['big', 9_007_199_254_740_993n],
        ['whole', null],
        ['text', null],
        ['flag', true],
        ['flag', false],
        ['at', new Date('2026-11-21T14:31:07.123Z')],
        ['at', new Date('1969-07-20T20:17:40.000Z')],
        ['bytes', Buffer.from([0, 1, 39, 92, 127, 128, 255])],
        ['bytes', Buffer.alloc(0)],
        ['json', JSON.stringify({ a: 'o\'hara \\ "x"', b: [1, null, true] })],
      ]
      if (dialect === 'postgresql')
        values.push(
          ['local', new Date('2026-07-21T14:31:07.123Z')],
          ['json', { a: 'o\'hara \\ "x"', $key: { deep: [1, null, true] } }],
          ['list', ['a', 'with "quotes" and \\ and \' and ,', '{x}', null, 'NULL', '']],
          ['list', []],
          [
            'numbers',
            [
              [1, 2],
              [3, 4],
            ],
          ],
        )
      for (const [column, value] of values) {
        const [bound, copied] = await roundTrip(column, value)
        expect(copied, `${column} ${String(value)}`).toEqual(bound)
      }
    })

    it('asks the same with the values in the text', async () => {
      const ask = async (sql: string, params: unknown[]) => [await db.ask(sql, params), await db.ask(runnable(sql, params))]
      const mark = (index: number) => (dialect === 'postgresql' ? `$${index}` : '?')
      // mysql2 itself puts values into strings and comments that have a question mark
      const [bound, copied] = await ask(
        dialect === 'mysql'
          ? 'select 7 -? as minus, ? as last'
          : `select 'a ? $1 ?? :x' as "a?", 7 -${mark(1)} as minus, ${mark(2)} as last -- what? $2`,
        [-5, dialect === 'postgresql' ? '7' : 7],
      )
      expect(copied).toEqual(bound)
      if (dialect === 'postgresql') {
        const json = await ask(
          `select '{"a": 1}'::jsonb ? $2 as has, '{"a": 1}'::jsonb ?| array['b', $1] as some, $1::text as again, (array[1,2,3])[1:2] as part`,
          ['a', 'b'],
        )
        expect(json[1]).toEqual(json[0])
      }
      if (dialect === 'mysql') {
        const named = await ask('select ?? from (select 1 as `a``b`, 2 as c) t where c in (?) and (1, 2) in (?)', [
          ['a`b', 'c'],
          [2, 3],
          [[1, 2]],
        ])
        expect(named[1]).toEqual(named[0])
      }
      if (dialect === 'sqlite') {
        const text = toRunnableSql('select $name as n, :name as m, @other as o', [{ name: "x'y" }], { dialect, timeZone })
        expect(text).toBe("select 'x''y' as n, 'x''y' as m, @other as o;")
        expect(runnable('select ?2 as b, ?1 as a', ['a', 'b'])).toBe("select 'b' as b, 'a' as a;")
        expect(await db.ask(runnable("select 'a' || ? as z", ['x\0y']))).toEqual(await db.ask("select 'a' || ? as z", ['x\0y']))
      }
    })

    it('says which values are not known as a whole', () => {
      const text = toRunnableSql(
        dialect === 'postgresql' ? 'select $1, $2, $3, $4' : 'select ?, ?, ?, ?',
        [{ $: 'masked', v: '•••••••• masked' }, { $: 'string', v: 'abc', length: 5000 }, ...toPreviews([Buffer.alloc(40)]), 'key ••••••••'],
        { dialect, timeZone },
      )
      const mark = (index: number) => (dialect === 'postgresql' ? `$${index}` : '?')
      expect(text).toBe(
        `select ${mark(1)} /* value 1 is masked */, ${mark(2)} /* value 2 was cut: 3 of 5000 characters are kept */, ${mark(3)} /* value 3 was cut: the first 16 of 40 bytes are kept */, ${mark(4)} /* value 4 is masked */;`,
      )
    })

    it('is a call of knex that asks the same, where it is simple', () => {
      const db = builder
      const calls: Knex.QueryBuilder[] = [
        db('authors').where('id', 11).first(),
        db('books')
          .select('id', 'books.title', 'price_cents as price')
          .whereIn('id', [1, 2, 3])
          .orderBy('title', 'desc')
          .orderBy('id')
          .limit(20)
          .offset(40),
        db('books').where('title', 'like', "o'hara\\%").whereNull('sold_at').whereNotNull('isbn').where('price', '>=', 1.5),
        db('books').whereBetween('id', [1, 9]).whereNotIn('state', ['new', 'old']).where('a', '<>', true),
        db('books').insert({ at: new Date('2026-11-21T14:31:07.123Z'), data: Buffer.from('xyz'), title: 'a "quoted"\nline', unit: null }),
        db('books').where({ id: 5 }).update({ title: 'x', copies: 3 }),
        db('books').where('id', 5).del(),
      ]
      for (const call of calls) {
        const { sql, bindings } = call.toSQL().toNative()
        const code = toKnexCall(sql, toPreviews(bindings), dialect)
        expect(code, sql).not.toBeNull()
        const again = (new Function('db', 'Buffer', `return ${code}`) as (db: Knex, buffer: unknown) => Knex.QueryBuilder)(db, Buffer)
          .toSQL()
          .toNative()
        expect({ sql: again.sql, bindings: again.bindings }, code ?? '').toEqual({ sql, bindings })
      }
      const { sql, bindings } = (calls[0] as Knex.QueryBuilder).toSQL().toNative()
      expect(toKnexCall(sql, toPreviews(bindings), dialect)).toBe("db('authors').where('id', 11).first()")
    })

    it('is no call of knex where that would not be sure', () => {
      for (const call of [
        builder('a').join('b', 'a.id', 'b.id').where('a.id', 1),
        builder('a').where('id', 1).orWhere('id', 2),
        builder('a').whereRaw('lower(name) = ?', ['x']),
        builder('a').where('id', 'in', builder('b').select('id')),
        builder('a').where('token', '•••••••• masked'),
        builder('a').distinct('x'),
      ]) {
        const { sql, bindings } = call.toSQL().toNative()
        expect(toKnexCall(sql, toPreviews(bindings), dialect), sql).toBeNull()
      }
    })
  })

describe('copied SQL', () => {
  it('takes linear time', () => {
    const marks = Array.from({ length: 20_000 }, () => '?').join(', ')
    const hostile = `select ${marks}, '${"''".repeat(200_000)}' /* ${'/*'.repeat(100_000)}`
    const start = performance.now()
    toRunnableSql(
      hostile,
      Array.from({ length: 20_000 }, () => "'$&'"),
      { dialect: 'mysql', timeZone: 'UTC' },
    )
    expect(performance.now() - start).toBeLessThan(1_000)
  })
})
