import mysql, { type Connection, type Pool, type RowDataPacket } from 'mysql2'
import mysqlPromise, { type Pool as PromisePool } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../../scripts/services.mjs'
import { runIn, seen } from './run.ts'

const table = `toolbar_mysql_${process.pid}`

describe.skipIf(!(await reachable('mysql')))('mysql2 without a query builder', () => {
  let pool: PromisePool
  let core: Pool
  beforeAll(async () => {
    pool = mysqlPromise.createPool({ uri: serviceUrl('mysql'), connectionLimit: 4 })
    core = mysql.createPool({ uri: serviceUrl('mysql'), connectionLimit: 4 })
    await pool.query(`create table ${table} (id int primary key auto_increment, name varchar(50))`)
    await pool.query(`insert into ${table} (name) values ('one'), ('two'), ('three')`)
  })
  afterAll(async () => {
    await pool.query(`drop table ${table}`)
    await pool.end()
    await core.promise().end()
  })

  it('records query and execute of the promise API with what was asked, not what was made of it', async () => {
    const { answer, queries, request } = await runIn({ watch: { main: pool } }, async () => {
      const [rows] = await pool.query(`select * from ${table} where id > ? order by id`, [1])
      const [prepared] = await pool.execute(`select * from ${table} where id = ?`, [2])
      const [header] = await pool.query(`update ${table} set name = concat(name, '') where id in (?)`, [[1, 2]])
      return [rows, prepared, (header as { affectedRows: number }).affectedRows]
    })
    expect(answer).toEqual([
      [
        { id: 2, name: 'two' },
        { id: 3, name: 'three' },
      ],
      [{ id: 2, name: 'two' }],
      2,
    ])
    expect(request.counts.sql).toBe(3)
    expect(queries.map(({ data }) => [data.sql.slice(0, 6), data.params, data.rows, data.columns, data.connection])).toEqual([
      ['select', [1], 2, 2, 'main'],
      ['select', [2], 1, 2, 'main'],
      ['update', [[1, 2]], 2, null, 'main'],
    ])
    expect(queries[0]?.data.sql).toContain('id > ?')
    expect(queries[0]?.data.bytes).toBeGreaterThan(20)
    expect(queries[0]?.data.connectionId).toMatch(/^thread \d+$/)
    expect(queries.every(({ site }) => site?.file.endsWith('mysql2.test.ts'))).toBe(true)
  })

  it('records callbacks, emitters, prepared statements and connections', async () => {
    const { answer, queries } = await runIn({ watch: { core } }, async () => {
      const results: unknown[] = []
      results.push(await new Promise((resolve) => core.query('select 1 as a', (_error: unknown, rows: RowDataPacket[]) => resolve(rows))))
      results.push(
        await new Promise((resolve) => core.execute('select ? as a', [2], (_error: unknown, rows: RowDataPacket[]) => resolve(rows))),
      )
      results.push(
        await new Promise((resolve) => {
          const rows: unknown[] = []
          core
            .query('select 3 as a union all select 4')
            .on('result', (row) => rows.push(row))
            .on('end', () => resolve(rows))
        }),
      )
      const connection = await core.promise().getConnection()
      const statement = await connection.prepare('select ? as a')
      results.push((await statement.execute([5]))[0])
      await statement.close()
      let streamed = 0
      for await (const _row of (connection.connection as unknown as Connection).query(`select * from ${table}`).stream()) streamed++
      results.push(streamed)
      connection.release()
      return results
    })
    expect(answer).toEqual([[{ a: 1 }], [{ a: 2 }], [{ a: 3 }, { a: 4 }], [{ a: 5 }], 3])
    expect(queries.map(({ data }) => [data.sql, data.params, data.rows])).toEqual([
      ['select 1 as a', [], 1],
      ['select ? as a', [2], 1],
      ['select 3 as a union all select 4', [], 2],
      ['select ? as a', [5], 1],
      [`select * from ${table}`, [], 3],
    ])
    expect(queries.every(({ status, durationMs }) => status === 'ok' && durationMs !== null)).toBe(true)
    expect(queries.every(({ site }) => site?.file.endsWith('mysql2.test.ts'))).toBe(true)
  })

  it('leaves results and errors as they are', async () => {
    const ask = async () => [
      await pool.query('select 1 as a; select 2').catch(seen),
      await pool.query('select * from there_is_no_such_table').catch(seen),
      await pool.execute('select * from there_is_no_such_table').catch(seen),
      await pool.execute('select ? as a', [undefined as never]).catch(seen),
      await new Promise((resolve) => core.query('selekt', (error: unknown) => resolve(seen(error)))),
      (await pool.query({ sql: 'select ? as a', rowsAsArray: true }, ['x']))[0],
    ]
    const { answer, queries } = await runIn({ watch: { pool, core } }, ask)
    expect(answer).toEqual(JSON.parse(JSON.stringify(await ask())))
    expect(queries.map(({ data }) => data.error?.code ?? null)).toEqual([
      'ER_PARSE_ERROR',
      'ER_NO_SUCH_TABLE',
      'ER_NO_SUCH_TABLE',
      'ER_PARSE_ERROR',
      null,
    ])
  })

  it('brackets transactions, and takes the wait for a connection apart', async () => {
    const single = mysqlPromise.createPool({ uri: serviceUrl('mysql'), connectionLimit: 1 })
    try {
      const { queries, request } = await runIn({ watch: { single } }, async () => {
        const connection = await single.getConnection()
        await connection.beginTransaction()
        const waiting = single.query('select 2')
        await connection.query('select sleep(0.05)')
        await connection.commit()
        connection.release()
        await waiting
      })
      expect(request.counts).toMatchObject({ sql: 2, transaction: 2 })
      expect(queries.map(({ data }) => data.sql)).toEqual(['START TRANSACTION', 'select sleep(0.05)', 'COMMIT', 'select 2'])
      expect(queries[1]?.data.transactionId).not.toBeNull()
      expect(queries[3]?.data.waitMs).toBeGreaterThan(30)
      expect(queries[3]?.data.pool).toMatchObject({ max: 1, used: 1, pending: 1 })
      expect(queries[3]?.data.pool?.holders[0]).toMatchObject({ request: request.id, transaction: true })
    } finally {
      await single.end()
    }
  })

  it('says of no transaction how many rows it brought', async () => {
    const { queries } = await runIn({ watch: { pool, core } }, async () => {
      const connection = await pool.getConnection()
      await connection.beginTransaction()
      await connection.query('savepoint a')
      await connection.query(`update ${table} set name = 'TWO' where id = 2`)
      await connection.query('rollback to a')
      await connection.commit()
      connection.release()
      await new Promise((resolve) => core.query('begin', resolve))
      await new Promise((resolve) => core.query('rollback').on('end', resolve))
    })
    expect(queries.map(({ data }) => [data.sql.split(' ')[0], data.kind, data.rows])).toEqual([
      ['START', 'transaction', null],
      ['savepoint', 'transaction', null],
      ['update', 'query', 1],
      ['rollback', 'transaction', null],
      ['COMMIT', 'transaction', null],
      ['begin', 'transaction', null],
      ['rollback', 'transaction', null],
    ])
  })

  it('closes a query with its error when mysql2 gives up on it, and counts nothing that comes later', async () => {
    const connection = await mysqlPromise.createConnection(serviceUrl('mysql'))
    try {
      const { answer, queries } = await runIn({ watch: { connection } }, async () => {
        const failure = await connection
          .query({ sql: 'select sleep(0.2) as a', timeout: 50 })
          .catch((error: { code: string }) => error.code)
        await new Promise((resolve) => setTimeout(resolve, 300))
        return failure
      })
      expect(answer).toBe('PROTOCOL_SEQUENCE_TIMEOUT')
      expect(queries.map(({ status, data }) => [status, data.rows, data.error?.code])).toEqual([
        ['error', null, 'PROTOCOL_SEQUENCE_TIMEOUT'],
      ])
    } finally {
      connection.destroy()
    }
  })

  it('knows the statements that commit, and those of temporary tables that do not', async () => {
    const statements = [
      `create temporary table ${table}_a (a int)`,
      `CREATE OR REPLACE  TEMPORARY TABLE ${table}_a (a int)`,
      `drop temporary table if exists ${table}_a`,
      `create temporary sequence ${table}_s`,
      `drop temporary sequence ${table}_s`,
      `create table ${table}_b (a int)`,
      `/* more */ alter table ${table}_b add b int`,
      `truncate ${table}_b`,
      `rename table ${table}_b to ${table}_c`,
      `lock table ${table} read`,
      'unlock tables',
      `analyze table ${table}`,
      'analyze select 1',
      `check table ${table}`,
      `optimize local table ${table}`,
      'flush tables',
      `create table ${table} (exists int)`,
      `create table ${table} (a int)`,
      `drop table ${table}_c`,
    ]
    const connection = await mysqlPromise.createConnection(serviceUrl('mysql'))
    try {
      const { answer, queries } = await runIn({ watch: { connection } }, async () => {
        const open: boolean[] = []
        for (const statement of statements) {
          await connection.query('begin')
          await connection.query(statement).catch(() => {})
          const [rows] = await connection.query<RowDataPacket[]>('select @@in_transaction as open')
          open.push(rows[0]?.open === 1)
          await connection.query('unlock tables')
          await connection.query('rollback')
        }
        return open
      })
      const seen = queries.filter(({ data }) => data.sql.includes('@@in_transaction')).map(({ data }) => data.transactionId !== null)
      expect(statements.map((statement, at) => [statement, seen[at]])).toEqual(
        statements.map((statement, at) => [statement, (answer as boolean[])[at]]),
      )
    } finally {
      connection.destroy()
    }
  })
})
