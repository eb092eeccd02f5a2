import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn, seen } from './run.ts'

describe('better-sqlite3 without a query builder', () => {
  let db: Database.Database
  beforeAll(() => {
    db = new Database(':memory:')
    db.exec("create table books (id integer primary key, title text); insert into books (title) values ('one'), ('two'), ('three')")
  })
  afterAll(() => db.close())
  const run = (handler: () => unknown) => runIn({ watch: { main: db } }, handler)

  it('records every method of a statement with SQL, parameters, rows, columns and place', async () => {
    const { answer, queries, request } = await run(() => {
      const byId = db.prepare('select * from books where id = ?')
      const rows = [...db.prepare('select * from books').iterate()].length
      let first = 0
      for (const _row of db.prepare('select * from books').iterate()) if (++first === 1) break
      return [
        byId.get(1),
        byId.get([9]) ?? null,
        db.prepare('select title from books where id > @id').all({ id: 1 }),
        db.prepare('update books set title = title where id < ?').run(3).changes,
        db.prepare('select count(*) from books').pluck().get(),
        db.prepare('select * from books where id = ?').bind(2).get(),
        db.pragma('user_version', { simple: true }),
        rows,
      ]
    })
    expect(answer).toEqual([{ id: 1, title: 'one' }, null, [{ title: 'two' }, { title: 'three' }], 2, 3, { id: 2, title: 'two' }, 0, 3])
    expect(request.counts.sql).toBe(9)
    expect(queries.map(({ data }) => [data.sql, data.params, data.rows])).toEqual([
      ['select * from books', [], 3],
      ['select * from books', [], 1],
      ['select * from books where id = ?', [1], 1],
      ['select * from books where id = ?', [9], 0],
      ['select title from books where id > @id', [{ id: 1 }], 2],
      ['update books set title = title where id < ?', [3], 2],
      ['select count(*) from books', [], 1],
      ['select * from books where id = ?', [2], 1],
      ['PRAGMA user_version', [], 1],
    ])
    expect(queries.every(({ site, status }) => site?.file.endsWith('better-sqlite3.test.ts') && status === 'ok')).toBe(true)
  })

  it('brackets transactions and nested ones, and leaves errors as they are', async () => {
    const work = () => {
      const inner = db.transaction(() => {
        db.prepare('select 2').get()
        throw new Error('inner')
      })
      const outer = db.transaction(() => {
        db.prepare('select 1').get()
        try {
          inner()
        } catch {}
        db.prepare('select 3').get()
      })
      outer.immediate()
      const errors: unknown[] = []
      for (const sql of ['select * from nowhere', 'insert into books (id) values (1)'])
        try {
          db.prepare(sql).run()
        } catch (error) {
          errors.push(seen(error))
        }
      return errors
    }
    const { answer, queries } = await run(work)
    expect(answer).toEqual(JSON.parse(JSON.stringify(work())))
    const inside = queries.filter(({ data }) => data.kind === 'query')
    expect(inside.map(({ data }) => [data.sql, data.transactionId !== null, data.savepoint !== null])).toEqual([
      ['select 1', true, false],
      ['select 2', true, true],
      ['select 3', true, false],
      ['insert into books (id) values (1)', false, false],
    ])
    expect(inside.at(-1)?.data.error?.code).toBe('SQLITE_CONSTRAINT_PRIMARYKEY')
  })

  it('records exec, and nothing of other databases, nor after it is closed', async () => {
    const other = new Database(':memory:')
    const { get } = Object.getPrototypeOf(other.prepare('select 1')) as { get: unknown }
    const { queries } = await run(() => {
      other.prepare('select 1').get()
      db.exec('create table more (id); drop table more')
    })
    expect(queries.map(({ data }) => data.sql)).toEqual(['create table more (id); drop table more'])
    expect((Object.getPrototypeOf(other.prepare('select 1')) as { get: unknown }).get).toBe(get)
    other.close()
  })
})

describe('transactions written by hand', () => {
  const query = (db: Database.Database, sql: string): void => {
    try {
      db.exec(sql)
    } catch {}
  }

  it('are seen behind comments and white space, and several statements at once leave what they leave', async () => {
    const db = new Database(':memory:')
    db.exec('create table t (a)')
    const run = async (...texts: string[]) =>
      (
        await runIn({ watch: { db } }, () => {
          for (const text of texts) query(db, text)
        })
      ).queries.map(({ data }) => [data.kind, data.transactionId !== null])
    expect(await run('\n begin', "insert into t values ('a')", '/* done */ commit', 'select 1')).toEqual([
      ['transaction', true],
      ['query', true],
      ['transaction', true],
      ['query', false],
    ])
    expect(await run('begin; insert into t values (1); commit')).toEqual([['query', false]])
    // and the next request knows nothing of it
    expect(await run('select 1')).toEqual([['query', false]])
    expect(await run('begin; insert into t values (2)', 'select 1', 'rollback', 'select 2')).toEqual([
      ['query', false],
      ['query', true],
      ['transaction', true],
      ['query', false],
    ])
    expect(await run('begin', 'begin', 'rollback', 'select 1')).toEqual([
      ['transaction', true],
      ['transaction', true],
      ['transaction', true],
      ['query', false],
    ])
    db.close()
  })
})
