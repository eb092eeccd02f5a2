import type { TemplateData } from 'debug-toolbar'
import type { NextFunction, Request, Response } from 'express'
import knex from 'knex'
import { afterEach, describe, expect, it } from 'vitest'
import { type BuildExpress, expresses, recordOf, startExpress, views } from './express-app.ts'
import type { Running } from './harness.ts'

let app: Running
afterEach(() => app.close())

for (const [version, express] of expresses) {
  const start = async (build: BuildExpress) => {
    app = await startExpress(express, build)
  }
  const record = <Data>(path: string, type: string, headers: Record<string, string> = {}) => recordOf<Data>(app, path, type, headers)

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

    it("hands a render of the app's own what it was called with", async () => {
      const seen: unknown[] = []
      await start((server) => {
        server.render = ((...args: unknown[]) => {
          seen.push(args.length, typeof args.at(-1))
          if (typeof args.at(-1) === 'function') (args.at(-1) as (error: null, html: string) => void)(null, `<p>${args[0]}</p>`)
        }) as never
        server.get('/', (_req, res, next) => {
          server.render('alone')
          server.render('two', (error: Error, html: string) => (error ? next(error) : void res.send(html)))
        })
      })
      const { text, entries } = await record<TemplateData>('/', 'template')
      expect(text).toBe('<p>two</p>')
      expect(seen).toEqual([1, 'string', 2, 'function'])
      expect(entries.map(({ name }) => name)).toEqual(['two'])
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
}
