import { EventEmitter, once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Sqlite from 'better-sqlite3'
import type { Toolbar } from 'debug-toolbar'
import express from 'express'
import type { Knex } from 'knex'
import knex from 'knex'
import mysql from 'mysql2'
import pg from 'pg'
import { pino } from 'pino'
import { serviceUrl } from '../../../../scripts/services.mjs'
import { connected } from '../drivers/run.ts'
import { views } from '../express-app.ts'

/** Everything a toolbar can watch, and what the app sees of it. */
export interface Libraries {
  db: Knex
  /** a pool of one, with a short patience */
  narrow: Knex
  sqlite: Sqlite.Database
  pg: pg.Pool
  /** a pool whose server is not there */
  lost: pg.Pool
  mysql: mysql.Pool
  bus: EventEmitter
  logger: pino.Logger
  /** lines that were logged */
  lines: string[]
  close(): Promise<void>
}

export async function openLibraries(): Promise<Libraries> {
  const file = { client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true }
  const db = knex({ ...file, pool: { min: 1, max: 1 } })
  const narrow = knex({ ...file, pool: { min: 1, max: 1 }, acquireConnectionTimeout: 20, log: { warn() {}, error() {} } })
  // its one connection is there before somebody is short of patience
  await connected(narrow)
  await db.schema.createTable('books', (table) => {
    table.increments('id')
    table.string('title')
  })
  await db('books').insert([{ title: 'Emma' }, { title: 'Persuasion' }, { title: 'Ulysses' }])
  const sqlite = new Sqlite(':memory:')
  const pgPool = new pg.Pool({ connectionString: serviceUrl('pg'), max: 1 })
  const lost = new pg.Pool({ host: '127.0.0.1', port: 1, max: 1 })
  const mysqlPool = mysql.createPool({ uri: serviceUrl('mysql'), connectionLimit: 1 })
  const lines: string[] = []
  const logger = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) })
  return {
    db,
    narrow,
    sqlite,
    pg: pgPool,
    lost,
    mysql: mysqlPool,
    bus: new EventEmitter(),
    logger,
    lines,
    async close() {
      await Promise.all([db.destroy(), narrow.destroy(), pgPool.end(), lost.end(), mysqlPool.promise().end()])
      sqlite.close()
    },
  }
}

/** What one handler does with the libraries; what it returns is what the app saw. */
export type Work = (libraries: Libraries, measure: Toolbar['measure']) => unknown

export interface App {
  server: Server
  port: number
  /** run by `/work` */
  work: Work
  /** one more of it, beside this one */
  another(): Promise<App>
  /** has the toolbar forget what it knows, if there is one */
  clearHistory(): Promise<void>
  close(): Promise<void>
}

const withoutToolbar = <Result>(_name: string, run: () => Result): Result => run()

/** The same app with the toolbar and without. */
export async function startApp(libraries: Libraries, toolbar: Toolbar | null): Promise<App> {
  const app = express()
  app.set('views', views)
  app.set('view engine', 'ejs')
  if (toolbar !== null) app.use(toolbar)
  app.use(express.json())
  app.get('/page', async (_req, res) => {
    const books = await libraries.db('books').select('id', 'title').orderBy('id')
    libraries.logger.info({ books: books.length }, 'shelf')
    res.render('shelf', { title: 'Shelf', books })
  })
  app.get('/broken', (_req, res) => res.render('broken', { title: 'x' }))
  app.get('/json', (_req, res) => void res.json({ a: 1, text: 'x'.repeat(500) }))
  app.get('/stream', async (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/html', 'X-Own': 'yes' })
    res.write('<!doctype html><html><body>one ')
    await new Promise((resolve) => setImmediate(resolve))
    res.write('two ')
    res.end('three</body></html>')
  })
  app.get('/length', (_req, res) => {
    const page = '<!doctype html><html><body>counted</body></html>'
    res.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': String(page.length) }).end(page)
  })
  app.get('/crowded', (_req, res) => void res.writeHead(200, { 'Content-Type': 'text/html', 'X-Large': 'x'.repeat(7_000) }).end('full'))
  app.get('/again', (_req, res) => {
    res.setHeader('Content-Type', 'text/html').setHeader('Content-Length', 9)
    try {
      res.end(1)
    } catch (error) {
      res.end((error as { code: string }).code.slice(0, 9))
    }
  })
  app.get('/moved', (_req, res) => res.redirect('/json'))
  const mounted = express()
  // an app with responses of its own
  Object.assign(mounted.response, {
    end(this: express.Response, ...args: unknown[]): unknown {
      this.setHeader('X-Mounted', '1')
      return (express.response.end as (...args: unknown[]) => unknown).apply(this, args)
    },
  })
  mounted.get('/', (_req, res) => void res.type('text').end('mounted'))
  app.use('/mounted', mounted)
  app.get('/late', (_req, res) => {
    res.end('soon')
    setTimeout(() => libraries.logger.info('late'), 15)
    void libraries.bus.emit('late', 1)
  })
  app.get('/open', (_req, res, next) => {
    void app.locals.work(libraries, app.locals.measure)
    res.end('open')
    if (res.locals.never === true) next()
  })
  app.post('/body', (req, res) => void res.json({ got: req.body as unknown }))
  app.get('/throws', () => {
    throw new TypeError('thrown')
  })
  app.get('/rejects', async () => {
    throw Object.assign(new Error('rejected', { cause: new Error('root') }), { status: 418 })
  })
  app.get('/work', async (_req, res) => {
    res.json({ saw: (await app.locals.work(libraries, app.locals.measure)) ?? null })
  })
  app.use((error: Error & { status?: number }, _req: express.Request, res: express.Response, next: express.NextFunction) => {
    if (error.message === 'rejected') return next(error)
    res
      .status(error.status ?? 500)
      .type('text')
      .send(`${error.name}: ${error.message.split('\n').at(-1)}`)
  })
  app.use((error: Error & { status?: number }, _req: express.Request, res: express.Response, _next: express.NextFunction) => {
    res
      .status(error.status ?? 500)
      .type('text')
      .send(`at last: ${error.message}`)
  })
  app.locals.measure = toolbar === null ? withoutToolbar : toolbar.measure
  app.locals.work = () => null
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    server,
    port,
    get work() {
      return app.locals.work as Work
    },
    set work(work: Work) {
      app.locals.work = work
    },
    another: () => startApp(libraries, toolbar),
    async clearHistory() {
      if (toolbar === null) return
      const headers = { 'content-type': 'application/json', 'x-debug-toolbar': '1' }
      await fetch(`http://127.0.0.1:${port}/__debug__/api/requests`, { method: 'DELETE', headers })
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
