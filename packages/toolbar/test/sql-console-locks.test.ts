import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { memoryStore } from 'debug-toolbar'
import express from 'express'
import knex, { type Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../scripts/services.mjs'
import { Console, type ConsoleProblem, defaultLimits, type RawSql, toConsole } from '../dist/internals.js'
import { type Running, serve } from './harness.ts'

/**
 * Rows T43 and T44 of the threats: two locks. Each statement is recorded by the app and run again: refused, and nothing changes. Then
 * the first lock, the classifier, is opened: what the database stops alone, and what it does not.
 */

const folder = mkdtempSync(path.join(tmpdir(), 'toolbar-locks-'))
const name = (file: string): string => path.join(folder, file)
const table = `locks_${process.pid}`
const target = `locks_new_${process.pid}`
const sequence = `locks_seq_${process.pid}`

interface Case {
  sql: string
  /** what the database's own lock makes of it: stops it, or lets it do what is no change of rows, tables or sequences */
  alone: 'stopped' | 'not stopped'
}

const stopped = (sql: string): Case => ({ sql, alone: 'stopped' })
const passes = (sql: string): Case => ({ sql, alone: 'not stopped' })

interface Database {
  name: string
  dialect: string
  available: boolean
  config(): Knex.Config
  cases: Case[]
  /** all that might change */
  state(db: Knex): Promise<unknown>
  setUp?(db: Knex): Promise<unknown>
  tearDown?(db: Knex): Promise<unknown>
}

const databases: Database[] = [
  {
    name: 'SQLite',
    dialect: 'sqlite',
    available: true,
    config: () => ({
      client: 'better-sqlite3',
      connection: { filename: name('app.db') },
      useNullAsDefault: true,
      pool: { min: 1, max: 1 },
    }),
    cases: [
      stopped(`insert into ${table} (name) values ('x') returning *`),
      stopped(`with d as (select 1) delete from ${table} where id > 100`),
      stopped(`select 1; drop table ${table}`),
      stopped(`update ${table} set name = name || '!'`),
      stopped(`replace into ${table} (id, name) values (1, 'y') returning id`),
      stopped('pragma user_version = 7'),
      stopped('pragma query_only = off'),
      stopped(`attach '${name('attached.db')}' as other`),
      stopped(`vacuum into '${name('vacuumed.db')}'`),
      stopped(`create table if not exists ${target} as select 1`),
      stopped("select load_extension('/nowhere')"),
      stopped(`/* c */ -- d\n delete from ${table} where id > 100`),
      stopped(`\ufeffdelete from ${table} where id > 100`),
      stopped('SEL/**/ECT 1'),
      stopped('begin immediate'),
      passes('pragma user_version'),
      passes('explain select 1'),
    ],
    state: async (db) => [
      await db(table).select().orderBy('id'),
      await db.raw('select name, sql from sqlite_master order by name'),
      await db.raw('pragma user_version'),
      readdirSync(folder).filter((file) => !file.startsWith('app.db')),
    ],
  },
  {
    name: 'PostgreSQL',
    dialect: 'postgresql',
    available: await reachable('pg'),
    config: () => ({ client: 'pg', connection: serviceUrl('pg'), pool: { min: 0, max: 2 } }),
    setUp: async (db) => {
      await db.raw(`create sequence if not exists ${sequence}`)
      await db.raw(
        `create or replace function ${table}_f() returns int language plpgsql as $f$ begin insert into ${table} (name) values ('f'); return 1; end $f$`,
      )
      await db.raw(`create or replace procedure ${table}_p() language sql as $p$ insert into ${table} (name) values ('p') $p$`)
      await db.raw(`create or replace view ${table}_v as select ${table}_f() as x`)
    },
    tearDown: async (db) => {
      await db.raw(
        `drop view if exists ${table}_v; drop procedure if exists ${table}_p; drop function if exists ${table}_f; drop sequence if exists ${sequence}; drop table if exists ${target}`,
      )
    },
    cases: [
      stopped(`insert into ${table} (name) values ('x') returning *`),
      stopped(`with d as (delete from ${table} where id > 100 returning *) select * from d`),
      stopped(`select * into ${target} from ${table}`),
      stopped(`select 1; drop table if exists ${target}`),
      stopped(`select * from ${table} for update`),
      stopped(`explain analyze delete from ${table} where id > 100`),
      stopped(`call ${table}_p()`),
      stopped(`select nextval('${sequence}')`),
      stopped(`select setval('${sequence}', 77)`),
      stopped(`copy ${table} to program 'cat > ${name('copied')}'`),
      stopped(`select ${table}_f()`),
      stopped(`do $x$ begin insert into ${table} (name) values ('do'); end $x$`),
      stopped(`(((select nextval('${sequence}'))))`),
      stopped('vacuum'),
      passes(`select U&"\\0070g_sleep"(0)`),
      passes('select pg_terminate_backend(0)'),
      passes("select pg_read_file('/etc/hostname')"),
      passes("select set_config('work_mem', '1MB', false)"),
      passes('select pg_sleep(0)'),
      passes('select pg_try_advisory_lock(4711)'),
      passes("select pg_notify('a', 'b')"),
      passes("select query_to_xml('select 1', true, true, '')"),
      // written outside of the transaction's rules until PostgreSQL 16; undone by the rollback
      passes('select lo_create(0)'),
    ],
    state: async (db) => [
      await db(table).select().orderBy('id'),
      (await db.raw(`select last_value, is_called from ${sequence}`)).rows,
      (await db.raw(`select to_regclass('${target}') as target, (select count(*) from pg_largeobject_metadata) as objects`)).rows,
      (await db.raw("select setting from pg_settings where name = 'work_mem'")).rows,
      (await db.raw("select count(*) from pg_locks where locktype = 'advisory'")).rows,
      existsSync(name('copied')),
    ],
  },
  {
    name: 'MariaDB',
    dialect: 'mysql',
    available: await reachable('mysql'),
    config: () => ({ client: 'mysql2', connection: serviceUrl('mysql'), pool: { min: 0, max: 2 } }),
    setUp: async (db) => {
      await db.raw(`drop function if exists ${table}_f`)
      await db.raw(`create function ${table}_f() returns int begin insert into ${table} (name) values ('f'); return 1; end`)
      await db.raw(`drop procedure if exists ${table}_p`)
      await db.raw(`create procedure ${table}_p() insert into ${table} (name) values ('p')`)
    },
    tearDown: async (db) => {
      await db.raw(`drop function if exists ${table}_f`)
      await db.raw(`drop procedure if exists ${table}_p`)
    },
    cases: [
      stopped(`insert into ${table} (name) values ('x')`),
      stopped(`/*!50000 delete from ${table} where id > 100 */`),
      stopped(`select 1; drop table ${table}`),
      stopped(`select * from ${table} for update`),
      stopped(`analyze format=json delete from ${table} where id > 100`),
      stopped(`call ${table}_p()`),
      stopped(`select ${table}_f()`),
      stopped(`select * from (select ${table}_f() as x) d`),
      stopped(`create table if not exists ${target} (id int)`),
      stopped(`drop table if exists ${target}`),
      stopped('set global max_connections = 151'),
      passes('select sleep(0)'),
      passes("select get_lock('debug_toolbar_test', 0)"),
      passes("select load_file('/etc/hostname')"),
      passes('select @x:=1'),
    ],
    state: async (db) => [
      await db(table).select().orderBy('id'),
      (await db.raw(`show tables like '${target}'`))[0],
      (await db.raw("select is_used_lock('debug_toolbar_test') as used, @@max_connections as most"))[0],
    ],
  },
]

afterAll(() => rmSync(folder, { recursive: true, force: true }))

for (const database of databases)
  describe.skipIf(!database.available)(`statements that are no reads, on ${database.name}`, () => {
    let db: Knex

    beforeAll(async () => {
      db = knex(database.config())
      await db.schema.dropTableIfExists(table)
      await db.schema.createTable(table, (columns) => {
        columns.increments('id')
        columns.string('name')
      })
      await db(table).insert([{ name: 'one' }, { name: 'two' }])
      await database.setUp?.(db)
    })
    afterAll(async () => {
      await database.tearDown?.(db)
      await db.schema.dropTableIfExists(table)
      await db.schema.dropTableIfExists(target)
      await db.destroy()
    })

    it('are refused when they are to run again, and nothing changes (T43)', async () => {
      let sql = ''
      const app: Running = await serve({ watch: { main: db }, store: memoryStore() }, (toolbar) => {
        const server = express()
        server.use(toolbar)
        server.get('/work', async (_req, res) => {
          await db.raw(sql.replaceAll('?', '\\?')).catch(() => null)
          res.send('done')
        })
        return server
      })
      try {
        for (const one of database.cases) {
          sql = one.sql
          const answer = await app.get('/work')
          await answer.text()
          await app.latest('/work')
          const id = answer.headers.get('x-debug-toolbar-id') as string
          const [entry] = await app.entries(id, 'sql')
          const before = await database.state(db)
          for (const [action, body] of [
            ['run', {}],
            ['explain', { analyze: true }],
          ] as const) {
            const refused = await app.post(`/__debug__/api/requests/${id}/entries/${entry?.id}/${action}`, body, { 'x-debug-toolbar': '1' })
            const { error } = (await refused.json()) as { error?: { code: string; message: string } }
            const why =
              sql === 'begin immediate'
                ? 'NOT_A_QUERY'
                : database.dialect === 'sqlite' && action === 'explain'
                  ? 'NOT_SUPPORTED'
                  : 'NOT_READ_ONLY'
            expect([refused.status, error?.code], `${action} ${sql}`).toEqual([422, why])
          }
          expect(await database.state(db), sql).toEqual(before)
        }
      } finally {
        await app.close()
      }
    })

    it('are stopped by the database alone, but for some that the classifier stops (T44)', async () => {
      const target = { label: 'main', dialect: database.dialect, console: toConsole(db.client) }
      const nothing = { transaction: false, params: [], database: target } as unknown as RawSql
      for (const { sql, alone } of database.cases) {
        const before = await database.state(db)
        const open = new Console({ limits: defaultLimits, classifier: { whyNotRead: () => null, whyNotExplain: () => null } })
        const result = await open.run({ ...nothing, sql }).then(
          () => 'not stopped',
          (error: ConsoleProblem) => `stopped: ${error.code}`,
        )
        open.close()
        expect(result.replace(/:.*/, ''), `${sql} (${result})`).toBe(alone)
        await new Promise((resolve) => setTimeout(resolve, alone === 'stopped' ? 0 : 50))
        expect(await database.state(db), sql).toEqual(before)
      }
    })
  })
