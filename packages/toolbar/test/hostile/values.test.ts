import { EventEmitter } from 'node:events'
import type { RequestListener } from 'node:http'
import { Writable } from 'node:stream'
import Database from 'better-sqlite3'
import express, { type NextFunction, type Request, type Response } from 'express'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encode } from '../../src/core/encode.ts'
import { defaultLimits } from '../../src/core/limits.ts'
import { preview } from '../../src/core/preview.ts'
import { createRedactor } from '../../src/core/redact.ts'
import { type Running, serve } from '../harness.ts'
import { hostileValues, Touches } from './values.ts'

const redactor = createRedactor()
const cases = Object.entries(hostileValues)

describe('a look at a hostile value (T40)', () => {
  it.each(cases)('%s: runs nothing of it, takes no time, and is bounded', (_name, make) => {
    const touches = new Touches()
    const value = make(touches)
    const touched = touches.count
    let text = ''
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 3; round++) {
      const from = performance.now()
      text = encode(redactor.value(preview(value, defaultLimits)))
      best = Math.min(best, performance.now() - from)
    }
    expect(touches.count - touched).toBe(0)
    expect(best).toBeLessThan(20)
    expect(text.length).toBeLessThan(100_000)
    expect(() => JSON.parse(text)).not.toThrow()
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it('an Error.prepareStackTrace of the app that throws hides no error', async () => {
    const original = Error.prepareStackTrace
    const request = await withApp(async (_req, _res, next) => {
      Error.prepareStackTrace = () => {
        throw new Error('hijacked')
      }
      const error = new Error('the first one')
      Error.prepareStackTrace = original
      next(error)
    })
    const [exception] = await app.entries<{ message: string }>(request, 'exception')
    expect(exception?.data.message).toBe('the first one')
  })
})

/** What an app does with a value; with a toolbar that looks on, and without one. */
interface Hands {
  emit(value: unknown): unknown
  log(value: unknown): unknown
  bind(value: unknown): unknown
  span(value: unknown): unknown
}

function handsOf(bus: EventEmitter, logger: pino.Logger, database: Database.Database, measure: (run: () => unknown) => unknown): Hands {
  return {
    emit: (value) => bus.emit('event', value, [value]),
    log: (value) => logger.info({ value }, 'logged'),
    bind: (value) => database.prepare('select ? as value').get(value),
    span: (value) => measure(() => value),
  }
}

const make = () => ({
  bus: new EventEmitter().on('event', () => {}),
  logger: pino(new Writable({ write: (_chunk, _encoding, done) => done() })),
  database: new Database(':memory:'),
})

let app: Running
let handle: (req: Request, res: Response, next: NextFunction) => unknown = () => {}
let watched: Hands
const bare = make()
const unwatched = handsOf(bare.bus, bare.logger, bare.database, (run) => run())

beforeAll(async () => {
  const { bus, logger, database } = make()
  app = await serve({ watch: { bus, logger, database } }, (toolbar) => {
    watched = handsOf(bus, logger, database, (run) => toolbar.measure('span', run))
    const server = express()
    server.engine('nothing', (_file: string, _options: object, done: (error: null, text: string) => void) => done(null, 'rendered'))
    server.set('view engine', 'nothing')
    server.set('views', import.meta.dirname)
    server.use(toolbar)
    server.use((req, res, next) => void handle(req, res, next))
    server.use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => void res.status(500).send('failed'))
    return server as unknown as RequestListener
  })
})
afterAll(() => app.close())

/** @returns the id of the record */
async function withApp(run: typeof handle): Promise<string> {
  handle = run
  const answer = await app.get('/value')
  await answer.text()
  const id = answer.headers.get('x-debug-toolbar-id') as string
  while ((await app.detail(id)).request.state === 'running') await new Promise((resolve) => setTimeout(resolve, 5))
  return id
}

/** What came of it: a result or an error, by its kind. */
function outcomeOf(run: () => unknown): string {
  try {
    const result = run()
    return `returned ${typeof result}`
  } catch (error) {
    return `threw ${(error as Error)?.name} ${String((error as Error)?.message).slice(0, 80)}`
  }
}

const operations = ['emit', 'log', 'bind', 'span'] as const
/** what a logger does with these takes longer than all the rest, with or without us */
const slowToLog = new Set([
  'Error with 10 MB in its name',
  'BigInt of a million bits',
  'string of 100 MB',
  'list of 5,000,000 holes',
  'depth of 20,000',
  'Proxy whose ownKeys never end',
  'global object',
])

describe('an app that hands a hostile value around', () => {
  it.each(cases)('%s: does as it does without a toolbar', async (name, makeValue) => {
    const without = new Touches()
    const within = new Touches()
    const expected: string[] = []
    const seen: string[] = []
    const used = operations.filter((operation) => operation !== 'log' || !slowToLog.has(name))
    for (const operation of used) {
      const value = makeValue(without)
      expected.push(outcomeOf(() => unwatched[operation](value)))
    }
    const id = await withApp((_req, res) => {
      for (const operation of used) {
        const value = makeValue(within)
        seen.push(outcomeOf(() => watched[operation](value)))
      }
      res.send('done')
    })
    expect(seen).toEqual(expected)
    const entries = await app.get(`/__debug__/api/requests/${id}/entries`)
    expect(entries.status).toBe(200)
    expect((await entries.text()).length).toBeLessThan(1_000_000)
    expect(within.count).toBe(without.count)
  })

  it.each(cases)('%s: in a session, a user, a body, locals and an error', async (_name, makeValue) => {
    const touches = new Touches()
    const value = makeValue(touches)
    const touched = touches.count
    const id = await withApp((req, res) => {
      Object.assign(req, { session: { value }, user: value, body: value, files: [value] })
      res.app.render('view', { value }, () => {})
      res.send('done')
    })
    for (const panel of ['request', 'templates', 'timeline'])
      expect((await app.get(`/__debug__/api/requests/${id}/panels/${panel}`)).status).toBe(200)
    const failed = await withApp((_req, _res, next) => next(value ?? new Error('nothing')))
    expect((await app.get(`/__debug__/api/requests/${failed}/entries`)).status).toBe(200)
    expect(touches.count).toBe(touched)
  })

  it('the request and the response themselves, which stay as they were', async () => {
    const id = await withApp((req, res) => {
      Object.assign(req, { user: req, session: { req, res } })
      watched.emit(req)
      watched.emit(res)
      watched.span(res)
      res.app.render('view', { req, res }, () => {})
      res.send(String(req.readableFlowing))
    })
    expect((await app.get(`/__debug__/api/requests/${id}/entries`)).status).toBe(200)
  })

  it('not one of our hooks failed over any of them', async () => {
    const { hooks } = await app.api<{ hooks: { name: string; failures: number; lastError: string | null }[] }>('health')
    expect(hooks.filter(({ failures }) => failures > 0)).toEqual([])
  })
})
