import pg from 'pg'
import Cursor from 'pg-cursor'
import QueryStream from 'pg-query-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../../scripts/services.mjs'
import { runIn, seen } from './run.ts'

const table = `toolbar_pg_${process.pid}`

describe.skipIf(!(await reachable('pg')))('pg without a query builder', () => {
  let pool: pg.Pool
  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: serviceUrl('pg'), max: 4 })
    await pool.query(`create table ${table} (id serial primary key, name text)`)
    await pool.query(`insert into ${table} (name) values ('one'), ('two'), ('three')`)
  })
  afterAll(async () => {
    await pool.query(`drop table ${table}`)
    await pool.end()
  })
  const run = (handler: () => unknown) => runIn({ watch: { main: pool } }, handler)

  it('records pool.query with SQL, parameters, rows, columns, bytes, place and connection', async () => {
    const { answer, queries, request } = await run(
      async () => (await pool.query(`select * from ${table} where id > $1 order by id`, [1])).rows,
    )
    expect(answer).toEqual([
      { id: 2, name: 'two' },
      { id: 3, name: 'three' },
    ])
    expect(request.counts.sql).toBe(1)
    expect(queries[0]).toMatchObject({
      status: 'ok',
      data: { kind: 'query', params: [1], rows: 2, columns: 2, connection: 'main', dialect: 'postgresql', error: null },
    })
    expect(queries[0]?.data.bytes).toBeGreaterThan(20)
    expect(queries[0]?.data.connectionId).toMatch(/^pid \d+$/)
    expect(queries[0]?.site?.file).toMatch(/pg\.test\.ts$/)
    expect(queries[0]?.durationMs).toBeGreaterThan(0)
  })

  it('records every way to ask: text, config, named, callback, configured callback, client, query object, cursor, stream', async () => {
    const { queries, answer } = await run(async () => {
      const client = await pool.connect()
      const results: unknown[] = []
      try {
        results.push((await client.query('select 1 as a')).rows)
        results.push((await client.query({ text: 'select $1::int as a', values: [2] })).rows)
        results.push((await client.query({ name: 'third', text: 'select $1::int as a' }, [3])).rows)
        results.push(await new Promise((resolve) => client.query('select 4 as a', (_error, { rows }) => resolve(rows))))
        results.push(await new Promise((resolve) => client.query('select $1::int as a', [5], (_error, { rows }) => resolve(rows))))
        results.push(
          await new Promise((resolve) =>
            client.query({ text: 'select 6 as a', callback: (_error: unknown, { rows }: pg.QueryResult) => resolve(rows) } as never),
          ),
        )
        results.push(
          await new Promise((resolve) => {
            const rows: unknown[] = []
            const query = client.query(new pg.Query('select 7 as a'))
            query.on('row', (row) => rows.push(row))
            query.on('end', () => resolve(rows))
          }),
        )
        const cursor = client.query(new Cursor('select generate_series(1, 10) as a'))
        results.push((await cursor.read(4)).length, (await cursor.read(100)).length)
        const abandoned = client.query(new Cursor('select generate_series(1, 10) as a'))
        results.push((await abandoned.read(2)).length)
        await abandoned.close()
        let streamed = 0
        for await (const _row of client.query(new QueryStream('select generate_series(1, 250) as a', [], { batchSize: 100 }))) streamed++
        results.push(streamed)
      } finally {
        client.release()
      }
      return results
    })
    expect(answer).toEqual([[{ a: 1 }], [{ a: 2 }], [{ a: 3 }], [{ a: 4 }], [{ a: 5 }], [{ a: 6 }], [{ a: 7 }], 4, 6, 2, 250])
    expect(queries.map(({ data }) => [data.sql, data.params, data.rows])).toEqual([
      ['select 1 as a', [], 1],
      ['select $1::int as a', [2], 1],
      ['select $1::int as a', [3], 1],
      ['select 4 as a', [], 1],
      ['select $1::int as a', [5], 1],
      ['select 6 as a', [], 1],
      ['select 7 as a', [], 1],
      ['select generate_series(1, 10) as a', [], 10],
      ['select generate_series(1, 10) as a', [], 2],
      ['select generate_series(1, 250) as a', [], 250],
    ])
    expect(queries.every(({ status, durationMs }) => status === 'ok' && durationMs !== null)).toBe(true)
    expect(queries.every(({ site }) => site?.file.endsWith('pg.test.ts'))).toBe(true)
  })

  it('leaves results, errors, the configs of the app and unhandled rejections as they are', async () => {
    const ask = async () => {
      const config = Object.freeze({ text: 'select $1::int as a', values: Object.freeze([1]) as unknown as number[] })
      const open = { text: 'select 2 as a' }
      const twice = [(await pool.query(config)).rows, (await pool.query(open)).rows, (await pool.query(open)).rows, Object.keys(open)]
      const failures = await Promise.all([
        pool.query('select * from there_is_no_such_table').catch(seen),
        pool.query({ text: 'select $1::int', values: ['x'] }).catch(seen),
        new Promise((resolve) => pool.query('selekt', (error) => resolve(seen(error)))),
        (pool.query(undefined as unknown as string) as Promise<unknown>).catch(seen),
      ])
      const multi = (await pool.query('select 1 as a; select 2 as a; select 3 as a')) as unknown as pg.QueryResult[]
      return [twice, failures, multi.map(({ rows }) => rows)]
    }
    const { answer, queries } = await run(ask)
    const bare = JSON.parse(JSON.stringify(await ask())) as unknown
    expect(answer).toEqual(bare)
    expect(new Set(queries.filter(({ status }) => status === 'error').map(({ data }) => data.error?.code))).toEqual(
      new Set(['42P01', '22P02', '42601']),
    )
    expect(queries.at(-1)?.data.rows).toBe(3)

    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push((reason as { code?: string }).code)
    const others = process.rawListeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', note)
    try {
      await run(async () => {
        void pool.query('select broken_a')
        const client = await pool.connect()
        void client.query('select broken_b')
        await client.query('select 1')
        client.release()
        await new Promise((resolve) => setTimeout(resolve, 50))
      })
    } finally {
      process.removeListener('unhandledRejection', note)
      for (const other of others) process.on('unhandledRejection', other as never)
    }
    expect(unhandled).toEqual(['42703', '42703'])
  })

  it('has the stack of an error lead to the line that asked, as pg does', async () => {
    const stackOf = async () => {
      try {
        await pool.query('select broken')
      } catch (error) {
        return String((error as Error).stack).includes('stackOf')
      }
    }
    expect((await run(stackOf)).answer).toBe(await stackOf())
  })

  it('brackets transactions and savepoints on their client, and says how they were isolated', async () => {
    const { queries, request } = await run(async () => {
      const client = await pool.connect()
      await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE')
      await client.query('select 1')
      await client.query('savepoint one')
      await client.query('select 2')
      await client.query('rollback to savepoint one')
      await client.query('select 3')
      await client.query('COMMIT')
      await client.query('select 4')
      client.release()
    })
    expect(request.counts).toMatchObject({ sql: 4, transaction: 4 })
    const selects = queries.filter(({ data }) => data.kind === 'query')
    expect(selects.map(({ data }) => [data.transactionId !== null, data.savepoint])).toEqual([
      [true, null],
      [true, 'one'],
      [true, null],
      [false, null],
    ])
  })

  it('takes the wait for a client apart, and says who had it', async () => {
    const single = new pg.Pool({ connectionString: serviceUrl('pg'), max: 1 })
    try {
      const { queries } = await runIn({ watch: { single } }, () =>
        Promise.all([single.query('select pg_sleep(0.05)'), single.query('select 1')]),
      )
      const [first, second] = queries
      expect(first?.data.pool).toBeNull()
      expect(second?.data.waitMs).toBeGreaterThan(30)
      expect(second?.durationMs).toBeLessThan(40)
      expect(second?.data.pool).toMatchObject({ max: 1, used: 1, pending: 1 })
    } finally {
      await single.end()
    }
  })

  it('watches one client, and stops when it is told to', async () => {
    const client = new pg.Client(serviceUrl('pg'))
    await client.connect()
    try {
      const { queries } = await runIn({ watch: [client] }, () => client.query('select 1'))
      expect(queries.map(({ data }) => data.connection)).toEqual(['test'])
      const before = client.query
      const after = await runIn({ watch: [pool] }, () => client.query('select 2'))
      expect(after.queries).toEqual([])
      expect(client.query).toBe(before)
    } finally {
      await client.end()
    }
  })

  it('closes the entry of a query whose connection is lost', async () => {
    const { queries } = await run(async () => {
      const client = await pool.connect()
      client.on('error', () => {})
      const { rows } = await client.query('select pg_backend_pid() as pid')
      const lost = client.query('select pg_sleep(10)').catch(() => 'lost')
      await pool.query('select pg_terminate_backend($1)', [(rows[0] as { pid: number }).pid])
      await lost
      client.release(true)
    })
    expect(queries.map(({ status }) => status)).toEqual(['ok', 'error', 'ok'])
  })
})
