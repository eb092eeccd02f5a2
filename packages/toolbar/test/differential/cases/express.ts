import { join } from 'node:path'
import { views } from '../../express-app.ts'
import { type Case, fetched, html, page, plainPage, type Request } from '../case.ts'

/** What Express itself does with a response. */

const failure = (message: string): Error => Object.assign(new Error(message), { stack: `Error: ${message}` })
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
    requests: ['/throws', '/next', '/rejects', '/twice', '/status', '/late'].flatMap((path) => [to(path), to(path, fetched)]),
    express(app, view) {
      app.get('/throws', () => {
        throw failure('thrown')
      })
      app.get('/next', (_req, _res, next) => next(failure('passed on')))
      app.get('/rejects', (_req, _res, next) => void Promise.reject(failure('rejected')).catch(next))
      app.get('/twice', () => {
        throw failure('first')
      })
      app.get('/status', (_req, _res, next) => next(Object.assign(failure('teapot'), { status: 418, headers: { 'X-Tea': '1' } })))
      app.get('/late', (_req, res, next) => {
        res.type('html').write('<!doctype html>')
        next(failure('too late'))
      })
      app.use(((error, req, _res, next) => {
        view.log('the error handler got', error)
        next(req.path === '/twice' ? failure('second') : error)
      }) as Parameters<typeof app.use>[0] & ((error: unknown, req: { path: string }, res: unknown, next: (error: unknown) => void) => void))
    },
    cut: true,
  },
  {
    name: 'the error page of Express, whose policy allows nothing',
    rows: ['R30', 'R46'],
    requests: asked,
    express(app) {
      app.get('/', () => {
        throw failure('thrown')
      })
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
