import { EventEmitter } from 'node:events'
import type { RequestListener } from 'node:http'
import { fileURLToPath } from 'node:url'
import { memoryStore } from 'debug-toolbar'
import express, { type NextFunction, type Request, type Response } from 'express'
import session from 'express-session'
import knex, { type Knex } from 'knex'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { navigation, type Running, serve, sleep } from './harness.ts'

const views = fileURLToPath(new URL('views', import.meta.url))
const panels = ['timeline', 'sql', 'templates', 'signals', 'logs', 'exceptions', 'request', 'headers', 'response', 'time', 'history']

let app: Running
let db: Knex
let bus: EventEmitter

beforeEach(async () => {
  db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true, pool: { min: 1, max: 1 } })
  await db.schema.createTable('users', (table) => {
    table.increments('id')
    table.string('name')
    table.string('password')
  })
  bus = new EventEmitter()
})
afterEach(async () => {
  await app.close()
  await db.destroy()
})

const start = async (handler: (req: Request, res: Response) => unknown, logger = pino({ level: 'debug' }, { write() {} })) => {
  app = await serve({ watch: { main: db, bus, logger }, store: memoryStore({ maxRequests: 500 }) }, (toolbar) => {
    const server = express()
    server.set('views', views)
    server.set('view engine', 'ejs')
    server.use(
      toolbar,
      session({ secret: 'CANARY', resave: false, saveUninitialized: true }),
      express.json(),
      express.urlencoded({ extended: true }),
    )
    server.all('/*path', async (req, res) => void (await handler(req, res)))
    server.use(
      (error: Error, _req: Request, res: Response, _next: NextFunction) => void res.status(500).send(`<!doctype html><p>${error.name}`),
    )
    return server as unknown as RequestListener
  })
  return logger
}

describe('200 interleaved requests', () => {
  it('never see each other in any kind of entry', async () => {
    bus.on('visit', async (marker: string) => {
      await sleep(Math.random() * 10)
      await db('users').where('name', `listener ${marker}`)
    })
    const logger: pino.Logger = await start(async (req, res) => {
      const marker = req.path.slice(1)
      await sleep(Math.random() * 30)
      logger.info(`log ${marker}`)
      await app.toolbar.measure(`span ${marker}`, async () => {
        await sleep(Math.random() * 10)
        await db('users').where('name', `query ${marker}`)
      })
      bus.emit('visit', marker)
      await sleep(30)
      res.render('shelf', { title: `title ${marker}`, books: [] })
    })
    await Promise.all(Array.from({ length: 200 }, (_, index) => app.get(`/m${index}x`)))
    await app.latest()
    const { requests } = await app.api('requests?limit=1000')
    expect(requests).toHaveLength(200)
    for (const request of requests) {
      const marker = request.path.slice(1)
      const entries = await app.entries(request.id)
      const text = JSON.stringify(entries)
      expect([...new Set(text.match(/\bm\d+x\b/g))], request.path).toEqual([marker])
      expect(request.counts).toMatchObject({ sql: 2, log: 1, signal: 1, span: 1, template: 1 })
    }
  })
})

describe('secrets', () => {
  it('planted on every surface come out nowhere', async () => {
    const secret = 'CANARY-9f2c'
    bus.on('login', function audits(_credentials: unknown) {})
    const logger: pino.Logger = await start(async (req, res) => {
      Object.assign(req.session, { csrfSecret: secret, nested: { apiKey: secret } })
      Object.assign(req, { user: { name: 'Ada', password: secret, tokens: [secret, { refreshToken: secret }] } })
      await db('users').insert({ name: 'Ada', password: secret })
      await db('users').where({ password: secret }).update({ password: secret })
      await db.raw(`select * from users where password = '${secret}' or name = ?`, ['Ada'])
      await db.raw('select ? as token', [secret]).catch(() => {})
      logger.info(
        { password: secret, user: { credentials: [{ secret }] }, headers: { authorization: `Bearer ${secret}-0123456789` } },
        `password=${secret}`,
      )
      logger.error(new Error(`cannot connect to postgres://ada:${secret}@db.example/shop`))
      bus.emit('login', { $: { password: secret }, $v: 1 }, { $: `Bearer ${secret}-0123456789` })
      bus.emit('login', { name: 'Ada', password: secret, list: [['secret', secret]] }, { apiKey: secret })
      await app.toolbar.measure(`token=${secret}`, () => sleep(1))
      await db('users')
        .insert({ nowhere: 1, password: secret })
        .catch((error: Error) => logger.warn(error.message))
      res.cookie('theme', secret)
      if (req.path === '/error')
        throw Object.assign(new Error(`password=${secret}`, { cause: new Error(`api_key=${secret}`) }), {
          token: secret,
          config: { clientSecret: secret },
        })
      if (req.path === '/json') return res.json({ token: secret, user: { password: secret }, list: [{ name: 'password', value: secret }] })
      return res.render('shelf', { title: 'T', books: [], apiKey: secret, user: { password: secret } })
    })
    const seen: string[] = []
    const abort = new AbortController()
    const stream = await fetch(`${app.url}/__debug__/api/stream`, { signal: abort.signal })
    void stream.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeTo(new WritableStream({ write: (chunk) => void seen.push(chunk) }))
      .catch(() => {})
    const headers = {
      ...navigation,
      cookie: `sid=${secret}; theme=${secret}`,
      authorization: `Bearer ${secret}-0123456789`,
      'x-api-key': secret,
      referer: `${app.url}/from?token=${secret}`,
    }
    for (const path of [`/page?token=${secret}&user%5Bpassword%5D=${secret}`, '/error', '/json']) await app.get(path, headers)
    await app.post(`/json?api_key=${secret}`, { password: secret, user: { credentials: [{ secret }] } }, { cookie: `a=${secret}` })
    await app.latest('/json')
    const { requests } = await app.api('requests')
    expect(requests).toHaveLength(4)
    const crawl = async (path: string) => seen.push(await (await app.get(`/__debug__/${path}`)).text())
    for (const path of ['', 'api/requests', 'api/requests/latest', 'api/config', 'api/health', 'api/openapi.json']) await crawl(path)
    for (const { id } of requests) {
      for (const path of [
        `api/requests/${id}`,
        `api/requests/${id}/entries`,
        ...panels.map((panel) => `api/requests/${id}/panels/${panel}`),
      ])
        await crawl(path)
    }
    abort.abort()
    const text = seen.join('\n')
    expect(text).toContain('Ada')
    expect(text).toContain('masked')
    const forms = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64url').slice(0, 12),
      Buffer.from(secret).toString('hex'),
    ]
    // `select ? as token` names a column of the result, not of a table: its parameter is the one thing that cannot be known
    const lines = text.split('\n').map((line) => line.replaceAll(`["${secret}"]`, ''))
    for (const form of forms)
      for (const line of lines) expect(line.slice(Math.max(0, line.indexOf(form) - 150), line.indexOf(form) + 50), form).not.toContain(form)
  })

  it('do not come out of what was too long to be kept whole', async () => {
    const logger: pino.Logger = await start((_req, res) => {
      const filler = 'x'.repeat(30_000)
      logger.info(
        {
          sessionId: 'CANARY',
          nested: { authToken: 'CANARY', list: [{ clientSecret: 'CANARY' }], credentials: [{ a: 'CANARY' }] },
          filler,
        },
        'long',
      )
      res.json({ apiKey: 'CANARY', tokens: ['CANARY', 'CANARY'], user: { password: 'CANARY', pin: 1234 }, filler: filler.repeat(4) })
    })
    await app.get('/long')
    const request = await app.latest('/long')
    const seen = JSON.stringify([
      await app.entries(request.id),
      await app.panel(request.id, 'response'),
      await app.panel(request.id, 'logs'),
    ])
    expect(seen).toContain('xxxxxxxx')
    expect(seen).toContain('masked')
    expect(seen).not.toContain('CANARY')
    expect(seen).not.toContain('1234,')
  })

  it('under a new field of any entry are masked without anybody naming the entry', async () => {
    await start((_req, res) => {
      bus.emit('x', { anything: { password: 'CANARY', deep: [{ secretCode: 'CANARY' }] } })
      res.end()
    })
    await app.get('/')
    await app.get('/x')
    const request = await app.latest('/x')
    const text = JSON.stringify(await app.entries(request.id))
    expect(text).toContain('anything')
    expect(text).not.toContain('CANARY')
  })
})
