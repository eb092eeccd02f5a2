import type { RequestListener } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { ExceptionData, MiddlewareData, TemplateData } from 'debug-toolbar'
import type { Express, NextFunction, Request, Response } from 'express'
import express5 from 'express'
import session from 'express-session'
import express4 from 'express4'
import helmet from 'helmet'
import knex from 'knex'
import multer from 'multer'
import { afterEach, describe, expect, it } from 'vitest'
import { navigation, type Running, serve, sleep } from './harness.ts'

let app: Running
afterEach(() => app.close())

const views = fileURLToPath(new URL('views', import.meta.url))

for (const [version, express] of [
  ['Express 5', express5],
  ['Express 4', express4 as unknown as typeof express5],
] as const) {
  const start = async (build: (server: Express, toolbar: Running['toolbar']) => void) => {
    app = await serve({}, (toolbar) => {
      const server = express()
      server.set('views', views)
      server.set('view engine', 'ejs')
      server.use(toolbar)
      build(server, toolbar)
      return server as unknown as RequestListener
    })
  }
  const record = async <Data>(path: string, type: string, headers: Record<string, string> = {}) => {
    const answer = await app.get(path, headers)
    const text = await answer.text()
    const request = await app.latest(path.split('?')[0])
    return { answer, text, request, entries: await app.entries<Data>(request.id, type) }
  }

  describe(`middleware and handlers, ${version}`, () => {
    it('names each with its place, and measures its own time', async () => {
      await start((server) => {
        server.use(helmet({ contentSecurityPolicy: false }))
        server.use(session({ secret: 'x', resave: false, saveUninitialized: false }))
        server.use(express.json())
        server.use(function waits(_req: Request, _res: Response, next: NextFunction) {
          setTimeout(next, 20)
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
      expect(named.get('waits')?.durationMs).toBeGreaterThan(17)
      expect(named.get('waits')?.durationMs).toBeLessThan(23)
      expect(named.get('passes')?.durationMs).toBeLessThan(1)
      expect(named.get('shows')?.durationMs).toBeGreaterThan(14)
      expect(named.get('shows')?.data).toMatchObject({ kind: 'handler', path: '/', method: 'GET' })
      expect(named.get('waits')?.site?.file).toMatch(/express\.test\.ts$/)
      expect(named.get('helmetMiddleware')?.site?.file).toContain('helmet')
      expect(entries.map((entry) => entry.name)).not.toContain('debugToolbar')
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

  describe(`views, ${version}`, () => {
    const books = Array.from({ length: 50 }, (_, index) => ({ title: `Book ${index}` }))

    it('records a render and its includes as a tree whose own times add up', async () => {
      await start((server) => {
        server.get('/', (_req, res) => res.render('shelf', { title: 'All', books }))
      })
      await record('/', 'template')
      const { entries, text, request } = await record<TemplateData>('/', 'template')
      expect(text).toContain('<li>Book 49<i>*</i>')
      const [top] = entries
      const items = entries.filter((entry) => entry.name === 'book.ejs')
      expect(entries).toHaveLength(101)
      expect(items).toHaveLength(50)
      expect(new Set(items.map((entry) => entry.parentId))).toEqual(new Set([top?.id]))
      expect(entries.filter((entry) => entry.name === 'stars.ejs').map((entry) => entry.parentId)).toEqual(items.map((entry) => entry.id))
      expect(top?.data).toMatchObject({ engine: 'ejs', file: `${views}/shelf.ejs`, parent: null })
      expect(items[3]?.data).toMatchObject({ file: `${views}/parts/book.ejs`, parent: 'shelf.ejs', locals: { book: { title: 'Book 3' } } })
      const panel = await app.panel<{ renders: { ownMs: number; durationMs: number }[] }>(request.id, 'templates')
      const own = panel.renders.reduce((sum, render) => sum + render.ownMs, 0)
      expect(own / (panel.renders[0]?.durationMs ?? 0)).toBeGreaterThan(0.95)
      expect(own / (panel.renders[0]?.durationMs ?? 0)).toBeLessThan(1.05)
    })

    it('takes pictures of locals without calling a getter or running a query', async () => {
      const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
      let called = 0
      const locals = {
        title: 'T',
        books: [],
        builder: db('never').select(),
        proxy: new Proxy({}, { ownKeys: () => void called++ as never, get: () => void called++ }),
        apiKey: 'CANARY',
        big: 10n ** 30n,
        bytes: Buffer.alloc(1_000_000),
        get lazy() {
          called++
          return 1
        },
        toJSON() {
          called++
        },
      }
      let calledByApp = 0
      await start((server, toolbar) => {
        toolbar.watch(db, { name: 'main' })
        server.get('/', (_req, res) => {
          called = 0
          res.render('shelf', locals)
          calledByApp = called
        })
      })
      const { entries, request } = await record<TemplateData>('/', 'template')
      // Express and EJS copy the locals themselves and so call the getter; we add nothing to that
      const bare = express()
      bare.set('views', views)
      bare.set('view engine', 'ejs')
      called = 0
      await new Promise((resolve) => bare.render('shelf', locals, resolve))
      expect(calledByApp).toBe(called)
      expect(request.counts.sql).toBeUndefined()
      expect(JSON.stringify(entries)).not.toContain('CANARY')
      expect(entries[0]?.data.locals).toMatchObject({
        title: 'T',
        proxy: { $: 'Proxy' },
        apiKey: { $: 'masked' },
        big: { $: 'BigInt' },
        bytes: { $: 'Buffer', bytes: 1_000_000 },
      })
      await db.destroy()
    })

    it('records a template that fails, and the error reaches the app', async () => {
      await start((server) => {
        server.get('/', (_req, res) => res.render('broken'))
        server.use((error: Error, _req: Request, res: Response, _next: NextFunction) => void res.status(500).send(error.name))
      })
      const { text, entries } = await record<TemplateData>('/', 'template')
      expect(text).toBe('ReferenceError')
      expect(entries[0]).toMatchObject({ name: 'broken.ejs', status: 'error' })
    })

    it('times app.render of a sub-app, and calls back once', async () => {
      await start((server) => {
        const sub = express()
        sub.set('views', views)
        sub.set('view engine', 'ejs')
        sub.get('/', (_req, res) => sub.render('parts/stars', {}, (_error, html) => void res.send(html)))
        server.use('/sub', sub)
      })
      await record('/sub', 'template')
      const { entries, text } = await record<TemplateData>('/sub', 'template')
      expect(text.trim()).toBe('<i>*</i>')
      expect(entries.map((entry) => entry.name)).toEqual(['stars.ejs'])
    })
  })

  describe(`exceptions, ${version}`, () => {
    const answer = (error: Error, _req: Request, res: Response, _next: NextFunction): void => void res.status(500).send(error.message)

    it.each([
      [
        'thrown',
        (_req: Request, _res: Response) => {
          throw Object.assign(new RangeError('sync'), { code: 'E_SYNC', status: 422, detail: { token: 'CANARY' } })
        },
      ],
      [
        'passed on',
        (_req: Request, _res: Response, next: NextFunction) =>
          next(Object.assign(new RangeError('sync'), { code: 'E_SYNC', status: 422, detail: {} })),
      ],
    ])('records what was %s, with code, place and handlers', async (_how, handler) => {
      await start((server) => {
        server.get('/', Object.defineProperty(handler, 'name', { value: 'fails' }))
        server.use(Object.defineProperty(answer, 'name', { value: 'excuses' }))
      })
      const { text, entries, request } = await record<ExceptionData>('/', 'exception')
      expect(text).toBe('sync')
      expect(entries).toHaveLength(1)
      expect(entries[0]).toMatchObject({
        name: 'RangeError',
        status: 'error',
        data: {
          message: 'sync',
          code: 'E_SYNC',
          status: 422,
          raisedBy: 'fails',
          handledBy: 'excuses',
          properties: { code: 'E_SYNC', status: 422 },
        },
      })
      expect(entries[0]?.site?.file).toMatch(/express\.test\.ts$/)
      expect(entries[0]?.data.stack.some((frame) => frame.kind === 'app')).toBe(true)
      expect(entries[0]?.data.source?.lines.join('\n')).toContain('RangeError')
      expect(request).toMatchObject({ status: 500, state: 'done', counts: { exception: 1 } })
      expect(JSON.stringify(entries[0]?.data.properties)).not.toContain('CANARY')
    })

    it('records the chain of causes, outermost first', async () => {
      await start((server) => {
        server.get('/', (_req, _res, next) => next(new Error('outer', { cause: new TypeError('middle', { cause: new Error('inner') }) })))
        server.use(answer)
      })
      const { entries } = await record<ExceptionData>('/', 'exception')
      expect(entries[0]?.data.causes.map((cause) => `${cause.name}: ${cause.message}`)).toEqual(['TypeError: middle', 'Error: inner'])
      expect(entries[0]?.data.causes[1]?.stack.length).toBeGreaterThan(0)
    })

    it('records values that are no errors, and errors that defend themselves', async () => {
      const hostile = Object.defineProperties(new Error('h'), {
        stack: {
          get() {
            throw new Error('no')
          },
        },
        code: {
          get() {
            throw new Error('no')
          },
        },
      })
      await start((server) => {
        server.get('/text', (_req, _res, next) => next('just text'))
        server.get('/hostile', (_req, _res, next) => next(hostile))
        server.use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => void res.status(500).end())
      })
      expect((await record<ExceptionData>('/text', 'exception')).entries[0]?.data.message).toBe('just text')
      expect((await record<ExceptionData>('/hostile', 'exception')).entries[0]?.data).toMatchObject({ message: 'h', stack: [] })
    })

    it('records an error that an error handler swallows, and frames forged in a message are none', async () => {
      await start((server) => {
        server.get('/', () => {
          throw new Error('x\n    at a (/etc/passwd:1:1)\n    at b (/srv/app/.env:1:1)')
        })
        server.use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => void res.send('all good'))
      })
      const { request, entries } = await record<ExceptionData>('/', 'exception')
      expect(request.status).toBe(200)
      expect(JSON.stringify(entries[0]?.data.stack)).not.toContain('/etc/passwd')
    })

    it("places a driver's error at the query that failed", async () => {
      const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
      await start((server, toolbar) => {
        toolbar.watch(db)
        server.get('/', async (_req, _res, next) => {
          try {
            await db('nowhere')
          } catch (error) {
            next(error)
          }
        })
        server.use(answer)
      })
      const { entries } = await record<ExceptionData>('/', 'exception')
      expect(entries[0]?.site?.file).toMatch(/express\.test\.ts$/)
      await db.destroy()
    })

    if (version === 'Express 5') {
      it('records a rejected handler', async () => {
        await start((server) => {
          server.get('/', async () => {
            await sleep(1)
            throw new Error('async')
          })
          server.use(answer)
        })
        const { entries, text } = await record<ExceptionData>('/', 'exception')
        expect(text).toBe('async')
        expect(entries[0]?.data.message).toBe('async')
      })
    }
  })

  describe(`the page, ${version}`, () => {
    it('gets one script with the id, and the length that is sent', async () => {
      await start((server) => {
        server.get('/', (_req, res) => res.render('shelf', { title: 'All', books: [] }))
      })
      const { answer, text, request } = await record('/', 'template', navigation)
      const script =
        /<script type="module" async src="(\/__debug__\/assets\/toolbar[^"]+)#([\w-]+)" data-debug-toolbar="([\w-]+)"><\/script>$/.exec(
          text,
        )
      expect(text.match(/<script/g)).toHaveLength(1)
      expect(script?.[2]).toBe(request.id)
      expect(answer.headers.get('x-debug-toolbar-id')).toBe(request.id)
      expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
      expect(answer.headers.get('etag')).toBeNull()
      expect(answer.headers.get('server-timing')).toContain(`debug-toolbar;desc="${request.id}"`)
      const asset = await app.get(script?.[1] ?? '', { 'sec-fetch-dest': 'script', 'sec-fetch-site': 'same-origin' })
      expect(asset.status).toBe(200)
      expect(asset.headers.get('content-type')).toContain('text/javascript')
    })

    it('keeps the toolbar at the mount path of the middleware', async () => {
      app = await serve({}, (toolbar) => {
        const server = express()
        const inner = express.Router()
        inner.use(toolbar)
        inner.get('/page', (_req, res) => void res.send('<!doctype html><p>x</p>'))
        server.use('/shop', inner)
        return server as unknown as RequestListener
      })
      const answer = await app.get('/shop/page', navigation)
      expect(await answer.text()).toContain('src="/shop/__debug__/assets/')
      expect((await app.get('/shop/__debug__/api/requests')).status).toBe(200)
    })
  })
}

describe('toolbar.measure', () => {
  it('nests, returns what was returned, and throws what was thrown', async () => {
    app = await serve(
      {},
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          const value = await toolbar.measure('outer', async () => {
            await sleep(5)
            return toolbar.measure('inner', () => 42)
          })
          await toolbar
            .measure('fails', async () => {
              throw new Error('as before')
            })
            .catch((error: Error) => res.setHeader('x-error', error.message))
          res.end(String(value))
        }),
    )
    const answer = await app.get('/')
    expect(await answer.text()).toBe('42')
    expect(answer.headers.get('x-error')).toBe('as before')
    const spans = await app.entries((await app.latest('/')).id, 'span')
    expect(spans.map(({ name, status, parentId }) => ({ name, status, parentId }))).toEqual([
      { name: 'outer', status: 'ok', parentId: null },
      { name: 'inner', status: 'ok', parentId: spans[0]?.id },
      { name: 'fails', status: 'error', parentId: null },
    ])
    expect(spans[0]?.durationMs).toBeGreaterThan(4)
  })

  it('runs its function outside of a request, and does not run a builder', async () => {
    const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
    app = await serve(
      { watch: [db] },
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          const builder = toolbar.measure('query', () => db.raw('select 1 as one'))
          await sleep(5)
          res.end(JSON.stringify(await builder))
        }),
    )
    expect(app.toolbar.measure('none', () => 'ran')).toBe('ran')
    expect(await (await app.get('/')).json()).toEqual([{ one: 1 }])
    const request = await app.latest('/')
    expect(request.counts).toMatchObject({ sql: 1, span: 1 })
    expect((await app.entries(request.id, 'span'))[0]?.durationMs).toBeGreaterThan(4)
    await db.destroy()
  })
})
