import { join } from 'node:path'
import { views } from '../../express-app.ts'
import { type Case, fetched, html, page, plainPage, type Request } from '../case.ts'

/** What Express itself does with a response. */

const asked: readonly Request[] = [page, plainPage, fetched]
const to = (target: string, request: Request = page): Request => ({ ...request, target })
const tagged = (request: Request, tag: string): Request => ({ ...request, headers: { ...request.headers, 'If-None-Match': tag } })

export const expressCases: Case[] = [
  {
    name: 'res.send, json, jsonp, sendStatus, redirect',
    rows: ['R7', 'R8', 'W10'],
    requests: ['/send', '/buffer', '/json', '/jsonp?callback=f', '/status', '/redirect', '/type'].flatMap((path) => [
      to(path),
      to(path, fetched),
    ]),
    express(app) {
      app.get('/send', (_req, res) => void res.send(html))
      app.get('/buffer', (_req, res) => void res.type('html').send(Buffer.from(html)))
      app.get('/json', (_req, res) => void res.json({ a: '</body>' }))
      app.get('/jsonp', (_req, res) => void res.jsonp({ a: 1 }))
      app.get('/status', (_req, res) => void res.sendStatus(404))
      app.get('/redirect', (_req, res) => res.redirect('/send'))
      app.get('/type', (_req, res) => void res.format({ html: () => res.send(html), json: () => res.json({}) }))
    },
  },
  {
    name: 'ETag of Express: what was fetched again is 304, a page is whole',
    rows: ['R8', 'W7'],
    requests: [
      tagged(page, 'W/"5d-F0a"'),
      tagged(fetched, 'W/"7-vxoBRZCIYOYwoDvjCsfiLOsDMJU"'),
      tagged(fetched, '*'),
      to('/json', tagged(fetched, '*')),
      to('/json', fetched),
    ],
    express(app) {
      app.get('/', (_req, res) => void res.send(html))
      app.get('/json', (_req, res) => void res.json({ a: 1 }))
    },
  },
  {
    name: 'res.sendFile and res.download, whole and in parts',
    rows: ['R6', 'R17', 'W9'],
    requests: [
      to('/file'),
      to('/file', fetched),
      { ...to('/file', fetched), headers: { ...fetched.headers, Range: 'bytes=1-4' } },
      { ...to('/file'), headers: { ...page.headers, Range: 'bytes=0-1,3-4' } },
      to('/download'),
      to('/download', fetched),
    ],
    express(app) {
      app.get('/file', (_req, res, next) =>
        res.type('html').sendFile(join(views, 'shelf.ejs'), (error) => (error ? next(error) : undefined)),
      )
      app.get('/download', (_req, res) => res.download(join(views, 'shelf.ejs'), 'page.html'))
    },
  },
  {
    name: 'errors: thrown, rejected, passed on, and in the error handler',
    rows: ['R30', 'W30'],
    requests: ['/throws', '/next', '/rejects', '/twice', '/status'].flatMap((path) => [to(path), to(path, fetched)]),
    express(app, view) {
      app.get('/throws', () => {
        throw new Error('thrown')
      })
      app.get('/next', (_req, _res, next) => next(new Error('passed on')))
      app.get('/rejects', (_req, _res, next) => void Promise.reject(new Error('rejected')).catch(next))
      app.get('/twice', () => {
        throw new Error('first')
      })
      app.get('/status', (_req, _res, next) => next(Object.assign(new Error('teapot'), { status: 418, headers: { 'X-Tea': '1' } })))
      app.use(((error, req, _res, next) => {
        view.log('the error handler got', error)
        next(req.path === '/twice' ? new Error('second') : error)
      }) as Parameters<typeof app.use>[0] & ((error: unknown, req: { path: string }, res: unknown, next: (error: unknown) => void) => void))
    },
  },
  {
    name: 'an error after the first bytes of the body',
    rows: ['R30'],
    requests: [page, fetched],
    express(app) {
      app.get('/', (_req, res, next) => {
        res.type('html').write('<!doctype html>')
        next(new Error('too late'))
      })
    },
    cut: true,
  },
  {
    name: 'the error page of Express, whose policy allows nothing',
    rows: ['R30', 'R39', 'R46'],
    requests: asked,
    express(app) {
      app.get('/', () => {
        throw new Error('thrown')
      })
    },
  },
  {
    name: 'stacks on the error page: below middlewares and routers, after a wait, out of an error handler, and of any depth',
    rows: ['R39'],
    requests: ['/thrown', '/below/thrown', '/waits', '/passed', '/again', '/deep', '/first', '/limit'].flatMap((path) => [
      to(path),
      to(path, fetched),
    ]),
    express(app, view, express) {
      const router = express.Router()
      const thrown = (): void => {
        throw new Error('thrown')
      }
      app.use('/first', thrown)
      app.use((_req, _res, next) => next())
      app.use((_req, _res, next) => void setTimeout(next, 1))
      app.use((_req, _res, next) => next())
      const dive = (depth: number): void => (depth === 0 ? thrown() : dive(depth - 1))
      app.get(['/thrown', '/again'], thrown)
      router.use((_req, _res, next) => next())
      router.get('/thrown', (_req, _res, next) => next(), thrown)
      app.use('/below', router)
      app.get('/waits', (_req, _res, next) => void setTimeout(() => next(new Error('waited')), 1))
      app.get('/passed', (_req, _res, next) => next(new Error('passed on')))
      app.get('/deep', () => dive(20))
      app.get('/limit', (_req, res) => {
        const { stackTraceLimit } = Error
        res.type('text').send(`${stackTraceLimit} ${typeof Error.prepareStackTrace}`)
      })
      app.use(((error, req, _res, next) => {
        view.log('stack limit', Error.stackTraceLimit)
        if (req.path === '/again') dive(2)
        next(error)
      }) as Parameters<typeof app.use>[0] & ((error: unknown, req: { path: string }, res: unknown, next: (error: unknown) => void) => void))
    },
  },
  {
    name: 'nothing there: the 404 of Express',
    rows: ['R30'],
    requests: asked.map((request) => to('/nowhere', request)),
    express() {},
  },
  {
    name: 'a view, rendered: its getters are not read by anybody else',
    rows: ['R47'],
    requests: [page, fetched],
    express(app, view) {
      app.set('views', views)
      app.set('view engine', 'ejs')
      app.get('/', (_req, res) => {
        Object.defineProperty(res.locals, 'secret', { enumerable: true, get: () => view.log('the getter was read') })
        res.render('shelf', { title: 't', books: [] }, (error, text) => {
          view.log('rendered', error === null, typeof text)
          res.send(text ?? html)
        })
      })
    },
  },
  {
    name: 'below a prefix, in an app of an app',
    rows: ['R57'],
    mounts: true,
    requests: [to('/shop/books'), to('/shop/nowhere'), to('/else')],
    untouched: true,
    express(app, _view, express) {
      const inner = express()
      inner.get('/books', (_req, res) => void res.send(html))
      app.use('/shop', inner)
    },
  },
  {
    name: 'the toolbar below a prefix: its script is asked for there',
    rows: ['R57'],
    mounts: true,
    requests: [to('/shop/books'), to('/shop/books', fetched)],
    express(app, _view, express, toolbar) {
      const inner = express()
      inner.use(toolbar as never)
      inner.get('/books', (_req, res) => void res.send(html))
      app.use('/shop', inner)
    },
  },
  {
    name: 'mounted twice',
    rows: ['R58'],
    mounts: true,
    requests: asked,
    express(app, _view, _express, toolbar) {
      app.use(toolbar as never, toolbar as never)
      app.get('/', (_req, res) => void res.send(html))
    },
  },
  {
    name: 'a stack that overflows in a handler',
    rows: ['R32'],
    requests: [page],
    express(app, view) {
      app.get('/', (_req, res) => {
        const deeper = (): number => deeper() + 1
        view.call('deeper', deeper)
        res.send(html)
      })
    },
  },
]
