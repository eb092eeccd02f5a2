import { EventEmitter } from 'node:events'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { debugToolbar } from 'debug-toolbar'
import ejs from 'ejs'
import express, { type Express } from 'express'
import express4 from 'express4'
import knex from 'knex'
import mysql from 'mysql2'
import pg from 'pg'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../../scripts/services.mjs'
import { context } from '../../dist/internals.js'
import { serve } from '../harness.ts'

/** Every property of an object and of all it inherits from, by place: the descriptor itself, so that a copy is a difference. */
function propertiesOf(name: string, target: object): Map<string, PropertyDescriptor> {
  const found = new Map<string, PropertyDescriptor>()
  let level = 0
  for (let holder: object | null = target; holder !== null && holder !== Object.prototype; holder = Object.getPrototypeOf(holder), level++)
    for (const key of Reflect.ownKeys(holder))
      found.set(`${name} ${level} ${String(key)}`, Object.getOwnPropertyDescriptor(holder, key) as PropertyDescriptor)
  return found
}

describe.skipIf(!(await reachable('pg')) || !(await reachable('mysql')))('close()', () => {
  it('leaves no trace on anything that was watched or served', async () => {
    const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
    const sqlite = new Sqlite(':memory:')
    const pgPool = new pg.Pool({ connectionString: serviceUrl('pg'), max: 2 })
    const mysqlPool = mysql.createPool({ uri: serviceUrl('mysql'), connectionLimit: 1 })
    const bus = new EventEmitter()
    bus.on('visit', () => {})
    const logger = pino({ level: 'info' }, { write() {} })
    const client = await pgPool.connect()
    const connection = await mysqlPool.promise().getConnection()
    const make = (framework: typeof express): Express => {
      const app = framework()
      app.engine('html', (_file, _options, done) => done(null, '<p>x</p>'))
      app.set('views', new URL('../views', import.meta.url).pathname)
      return app
    }
    const apps = [make(express), make(express4 as unknown as typeof express)]
    const router = (app: Express): object => (app as unknown as { _router?: object; router: object })._router ?? app.router
    for (const app of apps) app.use((_req, _res, next) => next())
    const layer = (app: Express): object => (router(app) as { stack: object[] }).stack[0] as object
    const watched: [string, object][] = [
      ['knex client', db.client as object],
      ['knex runner', (db.client as { runner(builder: object): object }).runner({})],
      ['SQLite', sqlite],
      ['SQLite statement', sqlite.prepare('select 1')],
      ['pg pool', pgPool],
      ['pg client', client],
      ['mysql2 pool', mysqlPool],
      ['mysql2 connection', connection],
      ['emitter', bus],
      ['logger', logger],
      ['ejs', ejs],
      ['request', IncomingMessage.prototype],
      ['response', ServerResponse.prototype],
      ['process', process],
      ['Error', Error],
      ['Promise', Promise.prototype],
      ...apps.flatMap((app, index): [string, object][] => [
        [`app ${index}`, app],
        [`view ${index}`, (app.get('view') as { prototype: object }).prototype],
        [`layer ${index}`, layer(app)],
        [`response ${index}`, (app as unknown as { response: object }).response],
      ]),
    ]
    // what a pool or a logger counts is its own; functions and descriptors are what may not differ
    const look = (): Map<string, unknown> =>
      new Map(
        watched
          .flatMap(([name, target]) => [...propertiesOf(name, target)])
          .filter(([, { value, get }]) => typeof value === 'function' || get !== undefined)
          .map(([place, descriptor]) => [place, descriptor]),
      )
    const before = look()
    const globals = Reflect.ownKeys(globalThis)
    const events = process.eventNames()
    for (const app of apps) {
      const running = await serve({ watch: { db, sqlite, pgPool, mysqlPool, bus, logger, ejs } }, (toolbar) => {
        app.use(toolbar)
        app.get('/', async (_req, res) => {
          await db.raw('select 1')
          sqlite.prepare('select 1').get()
          await pgPool.query('select 1')
          await connection.query('select 1')
          bus.emit('visit')
          logger.info('x')
          toolbar.measure('x', () => 1)
          res.render('x.html', {}, (error) => void res.send(String(error?.message ?? 'fine')))
        })
        return app as never
      })
      await (await running.get('/')).text()
      const { request } = await running.detail((await running.latest('/')).id)
      expect(request.counts).toMatchObject({ sql: 4, signal: 1, log: 1 })
      expect(look()).not.toEqual(before)
      await running.close()
    }
    const after = look()
    expect([...after.keys()]).toEqual([...before.keys()])
    for (const [place, descriptor] of before) expect(after.get(place), place).toEqual(descriptor)
    expect(process.eventNames()).toEqual(events)
    expect(
      Reflect.ownKeys(globalThis)
        .filter((key) => !globals.includes(key))
        .map(String),
    ).toEqual([])
    client.release()
    connection.release()
    await Promise.all([db.destroy(), pgPool.end(), mysqlPool.promise().end()])
    sqlite.close()
  })
})

describe('two copies of the package', () => {
  it('share one context and one recorder', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'debug-toolbar-copy-'))
    try {
      const root = fileURLToPath(new URL('../..', import.meta.url))
      await cp(path.join(root, 'dist'), path.join(folder, 'dist'), { recursive: true })
      await cp(path.join(root, 'package.json'), path.join(folder, 'package.json'))
      await symlink(fileURLToPath(new URL('../../../../node_modules', import.meta.url)), path.join(folder, 'node_modules'))
      const copy = (await import(path.join(folder, 'dist/index.js'))) as typeof import('debug-toolbar')
      const theirs = (await import(path.join(folder, 'dist/internals.js'))) as { context: unknown }
      expect(copy.debugToolbar).not.toBe(debugToolbar)
      expect(theirs.context).toBe(context)
      for (let count = 0; count < 200; count++) (count % 2 === 0 ? copy : { debugToolbar }).debugToolbar().close()
      const other = copy.debugToolbar()
      const app = await serve({}, (toolbar) => (req, res) => other(req, res, () => toolbar(req, res, () => res.end('once'))))
      expect((await app.get('/')).headers.get('x-debug-toolbar-id')).toBe((await app.latest('/')).id)
      expect((await app.api('requests')).counts.received).toBe(1)
      other.close()
      await app.close()
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
