import type { MiddlewareData } from 'debug-toolbar'
import type { NextFunction, Request, Response } from 'express'
import session from 'express-session'
import helmet from 'helmet'
import knex from 'knex'
import multer from 'multer'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type BuildExpress, expresses, recordOf, startExpress } from './express-app.ts'
import { type Running, sleep } from './harness.ts'

let app: Running
afterEach(() => app.close())

for (const [version, express] of expresses) {
  const start = async (build: BuildExpress) => {
    app = await startExpress(express, build)
  }
  const record = <Data>(path: string, type: string, headers: Record<string, string> = {}) => recordOf<Data>(app, path, type, headers)

  describe(`middleware and handlers, ${version}`, () => {
    it('names each with its place, and measures its own time', async () => {
      // what the clock of the app says: a timer of 20 ms fires when the machine lets it
      let waitedMs = 0
      await start((server) => {
        server.use(helmet({ contentSecurityPolicy: false }))
        server.use(session({ secret: 'x', resave: false, saveUninitialized: false }))
        server.use(express.json())
        server.use(function waits(_req: Request, _res: Response, next: NextFunction) {
          const from = performance.now()
          setTimeout(() => {
            waitedMs = performance.now() - from
            next()
          }, 20)
        })
        server.use(function passes(_req: Request, _res: Response, next: NextFunction) {
          next()
        })
        server.get('/', async function shows(_req: Request, res: Response) {
          await sleep(15)
          res.send('ok')
        })
      })
      await record('/', 'middleware')
      const { entries } = await record<MiddlewareData>('/', 'middleware')
      const named = new Map(entries.map((entry) => [entry.name, entry]))
      for (const name of ['helmetMiddleware', 'session', 'jsonParser', 'waits', 'passes', 'shows'])
        expect([...named.keys()]).toContain(name)
      // without the 35 ms of what came after them; a busy machine may stop one for a moment, but not every time
      await vi.waitFor(
        async () => {
          const { entries } = await record<MiddlewareData>('/', 'middleware')
          const timeOf = (name: string): number => entries.find((entry) => entry.name === name)?.durationMs ?? Number.NaN
          expect(waitedMs).toBeGreaterThan(19)
          expect(Math.abs(timeOf('waits') - waitedMs)).toBeLessThan(1)
          expect(timeOf('passes')).toBeLessThan(1)
        },
        { timeout: 10_000, interval: 0 },
      )
      expect(named.get('shows')?.durationMs).toBeGreaterThan(14)
      expect(named.get('shows')?.data).toMatchObject({ kind: 'handler', path: '/', method: 'GET' })
      expect(named.get('waits')?.site?.file).toMatch(/middleware\.test\.ts$/)
      expect(named.get('helmetMiddleware')?.site?.file).toContain('helmet')
      expect(entries.map((entry) => entry.name)).not.toContain('debugToolbar')
    })

    it('leaves next as Express has it: one with req.next, in every layer, and before and after it is called', async () => {
      const seen: unknown[] = []
      await start((server) => {
        const same = (req: Request, _res: Response, next: NextFunction): void => {
          seen.push([req.next === next, next.name, next.length])
          next()
        }
        const nested = express.Router()
        nested.use(same, same)
        server.use(same)
        server.use('/nested', nested)
        server.use((_req, _res, next) => setTimeout(next, 1))
        server.use(same)
        server.get('/nested', (req, _res, next) => {
          seen.push(req.next === next)
          req.next?.(new Error('by way of the request'))
        })
        server.use((error: Error, req: Request, res: Response, next: NextFunction) => {
          seen.push([req.next === next, error.message])
          res.send('fine')
        })
      })
      await record('/nested', 'middleware')
      expect(seen).toEqual([...Array.from({ length: 4 }, () => [true, 'next', 1]), false, [true, 'by way of the request']])
    })

    it('asks the app for nothing: its getters and its parser are its own', async () => {
      let asked = 0
      await start((server) => {
        server.set('query parser', (query: string) => {
          asked++
          return { query }
        })
        server.use((req, _res, next) => {
          for (const key of ['user', 'files', 'body'])
            Object.defineProperty(req, key, {
              get() {
                asked++
                throw new Error('not logged in')
              },
            })
          next()
        })
        server.get('/', (_req, res) => void res.send('fine'))
      })
      const before = asked
      for (let count = 0; count < 12; count++) await app.get('/?a=1')
      const request = await app.latest('/')
      expect(await app.panel(request.id, 'request')).toMatchObject({ query: { a: '1' } })
      expect(asked - before).toBe(0)
      const { hooks } = await app.api<{ hooks: { failures: number }[] }>('health')
      expect(hooks.filter(({ failures }) => failures > 0)).toEqual([])
    })

    it('knows the route with the parameters of its mounts', async () => {
      await start((server) => {
        const books = express.Router({ mergeParams: true })
        books.get('/books/:id', (req, res) => void res.json(req.params))
        server.use('/users/:user', books)
        server.get('/plain', (_req, res) => void res.end())
      })
      const { request, entries } = await record<MiddlewareData>('/users/ada/books/42?q=1', 'middleware')
      expect(request).toMatchObject({ route: '/users/:user/books/:id', path: '/users/ada/books/42', url: '/users/ada/books/42?q=1' })
      const router = entries.find((entry) => entry.data.kind === 'router')
      expect(entries.find((entry) => entry.data.kind === 'handler')?.parentId).toBe(router?.id)
      expect(await app.panel(request.id, 'request')).toMatchObject({ params: { user: 'ada', id: '42' }, query: { q: '1' } })
      expect((await record('/nowhere', 'middleware')).request.route).toBeNull()
    })

    it('reads body, session and user after the fact', async () => {
      await start((server) => {
        server.use(session({ secret: 'x', resave: false, saveUninitialized: false }))
        server.use(express.json())
        server.post('/', (req, res) => {
          Object.assign(req.session, { cart: [1, 2], csrfSecret: 'CANARY' })
          Object.assign(req, { user: { id: 7, name: 'Ada', passwordHash: 'CANARY' } })
          res.status(201).json({ ok: true, token: 'CANARY' })
        })
      })
      const answer = await app.post('/', { title: 'A', password: 'CANARY' })
      expect(await answer.json()).toEqual({ ok: true, token: 'CANARY' })
      const request = await app.latest('/')
      const panel = await app.panel(request.id, 'request')
      expect(panel).toMatchObject({ body: { title: 'A', password: { $: 'masked' } }, user: { id: 7, name: 'Ada' } })
      expect(JSON.stringify(panel)).toContain('"cart":[1,2]')
      expect(await app.panel(request.id, 'response')).toMatchObject({
        status: 201,
        statusMessage: 'Created',
        json: { ok: true, token: { $: 'masked' } },
        contentType: 'application/json; charset=utf-8',
      })
      expect(JSON.stringify([panel, await app.panel(request.id, 'response')])).not.toContain('CANARY')
    })

    it('shows uploaded files without their bytes, and attributes what runs after them', async () => {
      const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
      await start((server, toolbar) => {
        toolbar.watch(db, { name: 'main' })
        server.post(
          '/',
          multer().single('photo'),
          async (req, res) => void res.json({ size: req.file?.size, rows: await db.raw('select 1 as one') }),
        )
      })
      const form = new FormData()
      form.append('photo', new Blob([Buffer.alloc(500_000, 1)]), 'front <b>.png')
      form.append('password', 'CANARY')
      expect(await (await fetch(app.url, { method: 'POST', body: form })).json()).toEqual({ size: 500_000, rows: [{ one: 1 }] })
      const request = await app.latest('/')
      expect(request.counts.sql).toBe(1)
      const panel = await app.panel(request.id, 'request')
      expect(panel).toMatchObject({
        files: { originalname: 'front <b>.png', size: 500_000, buffer: { $: 'Buffer', bytes: 500_000 } },
        body: { password: { $: 'masked' } },
      })
      await db.destroy()
    })

    it('attributes what starts after a large body arrived', async () => {
      const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
      await start((server, toolbar) => {
        toolbar.watch(db, { name: 'main' })
        server.use(express.json({ limit: '10mb' }))
        server.post('/', async (req, res) => void res.json({ length: req.body.text.length, rows: await db.raw('select 1 as one') }))
      })
      await app.post('/', { text: 'x'.repeat(3_000_000) })
      expect((await app.latest('/')).counts.sql).toBe(1)
      await db.destroy()
    })
  })
}
