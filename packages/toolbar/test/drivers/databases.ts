import Sqlite from 'better-sqlite3'
import knex, { type Knex } from 'knex'
import mysql, { type RowDataPacket } from 'mysql2'
import pg from 'pg'
import Cursor from 'pg-cursor'
import { reachable, serviceUrl } from '../../../../scripts/services.mjs'

/** One way to reach a database, with two connections at most, and the database's own word on what reached it. */
export interface Reached {
  /** what `watch` gets */
  instance: unknown
  /** asks for a marker in one of several ways; resolves to the marker that came back */
  ask(marker: number, way: number): Promise<number>
  ways: number
  /** statements with a marker that the database logged, so far */
  logged(): Promise<number>
  close(): Promise<void>
}

export interface Way {
  name: string
  available(): Promise<boolean>
  open(): Promise<Reached>
}

const always = async (): Promise<boolean> => true
const sqlOf = (cast: string, placeholder: string): string => `select ${cast.replace('?', placeholder)} as marker /* marked */`
const isMarked = (text: string): boolean => text.includes('/* marked */')

/** PostgreSQL sends what it logs to the client that asked for that. */
const pgLogging = { connectionString: serviceUrl('pg'), options: '-c client_min_messages=log -c log_statement=all' }

export const ways: Way[] = [
  {
    name: 'knex on PostgreSQL',
    available: () => reachable('pg'),
    async open() {
      let logged = 0
      const hear = (connection: pg.Client, done: (error: null, connection: pg.Client) => void): void => {
        connection.on('notice', ({ message }) => {
          if (message !== undefined && isMarked(message)) logged++
        })
        done(null, connection)
      }
      const db = knex({ client: 'pg', connection: pgLogging, pool: { min: 0, max: 2, afterCreate: hear } })
      return { ...knexWays(db, sqlOf('?::int', '?')), logged: async () => logged }
    },
  },
  {
    name: 'knex on MariaDB',
    available: () => reachable('mysql'),
    async open() {
      const log = await generalLog()
      const db = knex({ client: 'mysql2', connection: serviceUrl('mysql'), pool: { min: 0, max: 2 } })
      const reached = knexWays(db, sqlOf('?', '?'))
      return { ...reached, logged: log.count, close: async () => Promise.all([reached.close(), log.close()]).then(() => {}) }
    },
  },
  {
    name: 'knex on SQLite',
    available: always,
    async open() {
      let logged = 0
      const hear = (connection: Sqlite.Database, done: (error: null, connection: Sqlite.Database) => void): void => {
        connection.function('witness', (value) => {
          logged++
          return value as number
        })
        done(null, connection)
      }
      const db = knex({
        client: 'better-sqlite3',
        connection: { filename: ':memory:' },
        useNullAsDefault: true,
        pool: { min: 0, max: 2, afterCreate: hear },
      })
      return { ...knexWays(db, sqlOf('witness(?)', '?')), logged: async () => logged }
    },
  },
  {
    name: 'pg',
    available: () => reachable('pg'),
    async open() {
      let logged = 0
      const pool = new pg.Pool({ ...pgLogging, max: 2 })
      pool.on('connect', (client) => {
        client.on('notice', ({ message }) => {
          if (message !== undefined && isMarked(message)) logged++
        })
      })
      return { ...pgWays(pool), logged: async () => logged }
    },
  },
  {
    name: 'mysql2',
    available: () => reachable('mysql'),
    async open() {
      const log = await generalLog()
      const pool = mysql.createPool({ uri: serviceUrl('mysql'), connectionLimit: 2 })
      const reached = mysqlWays(pool)
      return { ...reached, logged: log.count, close: async () => Promise.all([reached.close(), log.close()]).then(() => {}) }
    },
  },
  {
    name: 'better-sqlite3',
    available: always,
    async open() {
      let logged = 0
      const db = new Sqlite(':memory:', {
        verbose: (text) => {
          if (isMarked(String(text))) logged++
        },
      })
      const sql = sqlOf('?', '?')
      const get = db.prepare(sql)
      return {
        instance: db,
        ways: 3,
        async ask(marker, way) {
          if (way === 0) return (get.get(marker) as { marker: number }).marker
          if (way === 1) return (db.prepare(sql).all(marker)[0] as { marker: number }).marker
          for (const row of db.prepare(sql).iterate(marker)) return (row as { marker: number }).marker
          return -1
        },
        logged: async () => logged,
        close: async () => void db.close(),
      }
    },
  },
]

function knexWays(db: Knex, sql: string): Omit<Reached, 'logged'> {
  const first = (answer: unknown): number => {
    const rows = (Array.isArray(answer) ? (Array.isArray(answer[0]) ? answer[0] : answer) : (answer as { rows: unknown[] }).rows) as {
      marker: unknown
    }[]
    return Number(rows[0]?.marker)
  }
  return {
    instance: db,
    ways: 4,
    ask(marker, way) {
      if (way === 0) return db.raw(sql, [marker]).then(first)
      if (way === 1) return db.transaction(async (trx) => first(await trx.raw(sql, [marker])))
      if (way === 2)
        return new Promise((resolve, reject) => {
          db.raw(sql, [marker]).asCallback((error: Error | null, answer: unknown) => (error ? reject(error) : resolve(first(answer))))
        })
      return (async () => {
        const builder = db.raw(sql, [marker])
        await new Promise((resolve) => setImmediate(resolve))
        return first(await builder)
      })()
    },
    close: () => db.destroy(),
  }
}

function pgWays(pool: pg.Pool): Omit<Reached, 'logged'> {
  const sql = sqlOf('?::int', '$1')
  return {
    instance: pool,
    ways: 5,
    async ask(marker, way) {
      if (way === 0) return ((await pool.query(sql, [marker])).rows[0] as { marker: number }).marker
      if (way === 1)
        return new Promise((resolve, reject) =>
          pool.query(sql, [marker], (error, { rows }) => (error ? reject(error) : resolve((rows[0] as { marker: number }).marker))),
        )
      if (way === 2)
        return new Promise((resolve, reject) =>
          pool.connect((error, client, release) => {
            if (error || client === undefined) {
              reject(error as Error)
              return
            }
            client.query(sql, [marker], (failure, { rows }) => {
              release()
              if (failure) reject(failure)
              else resolve((rows[0] as { marker: number }).marker)
            })
          }),
        )
      const client = await pool.connect()
      try {
        if (way === 3)
          return await new Promise((resolve, reject) => {
            let found = -1
            const query = client.query(new pg.Query(sql, [marker]))
            query.on('row', (row) => {
              found = (row as { marker: number }).marker
            })
            query.on('error', reject)
            query.on('end', () => resolve(found))
          })
        const cursor = client.query(new Cursor(sql, [marker]))
        const [row] = await cursor.read(10)
        await cursor.close()
        return (row as { marker: number }).marker
      } finally {
        client.release()
      }
    },
    close: () => pool.end(),
  }
}

function mysqlWays(pool: mysql.Pool): Omit<Reached, 'logged'> {
  const sql = sqlOf('?', '?')
  const promises = pool.promise()
  const markerOf = (rows: unknown): number => Number((rows as { marker: unknown }[])[0]?.marker)
  return {
    instance: pool,
    ways: 5,
    async ask(marker, way) {
      if (way === 0) return markerOf((await promises.query(sql, [marker]))[0])
      if (way === 1) return markerOf((await promises.execute(sql, [marker]))[0])
      if (way === 2)
        return new Promise((resolve, reject) =>
          pool.query(sql, [marker], (error: Error | null, rows: RowDataPacket[]) => (error ? reject(error) : resolve(markerOf(rows)))),
        )
      if (way === 3)
        return new Promise((resolve, reject) => {
          let found = -1
          pool
            .query(sql, [marker])
            .on('error', reject)
            .on('result', (row) => {
              found = markerOf([row])
            })
            .on('end', () => resolve(found))
        })
      return new Promise((resolve, reject) =>
        pool.getConnection((error, connection) => {
          if (error) {
            reject(error)
            return
          }
          connection.execute(sql, [marker], (failure: Error | null, rows: RowDataPacket[]) => {
            connection.release()
            if (failure) reject(failure)
            else resolve(markerOf(rows))
          })
        }),
      )
    },
    close: () => promises.end(),
  }
}

/** MariaDB's general log, in its table, for as long as a test runs. */
async function generalLog(): Promise<{ count(): Promise<number>; close(): Promise<void> }> {
  const connection = await mysql.createConnection({ uri: serviceUrl('mysql') }).promise()
  const [[before]] = (await connection.query(
    'select @@global.general_log as on_off, @@global.log_output as output, now(6) as since',
  )) as unknown as [[{ on_off: number; output: string; since: Date }]]
  await connection.query("set global log_output = 'TABLE'")
  await connection.query('set global general_log = 1')
  return {
    async count() {
      const [[row]] = (await connection.query(
        "select count(*) as logged from mysql.general_log where event_time >= ? and command_type in ('Query', 'Execute') and argument like '%/* marked */%' and argument not like '%general_log%'",
        [before.since],
      )) as unknown as [[{ logged: number }]]
      return row.logged
    },
    async close() {
      await connection.query('set global general_log = ?', [before.on_off])
      await connection.query('set global log_output = ?', [before.output])
      await connection.end()
    },
  }
}
