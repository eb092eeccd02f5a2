import { createHmac } from 'node:crypto'
import { OutgoingMessage, type ServerResponse } from 'node:http'
import bodyParser from 'body-parser'
import compression from 'compression'
import cookieSession from 'cookie-session'
import session from 'express-session'
import helmet from 'helmet'
import morgan from 'morgan'
import multer from 'multer'
import onFinished from 'on-finished'
import onHeaders from 'on-headers'
import serveStatic from 'serve-static'
import { views } from '../../express-app.ts'
import { browser, type Case, fetched, type Handler, html, type Middleware, page, plainPage, type Request, type View } from '../case.ts'

const nodeEnd = OutgoingMessage.prototype.end

/** Middlewares of others, before the toolbar and after it. */

interface Guest {
  /** @param tell where it says what it logs */
  make: (tell: (line: string) => void) => Middleware
  rows?: string[]
  requests?: readonly Request[]
  handler?: Handler
  /** it answers, and whoever comes after it sees nothing */
  alone?: true
}

const long = html.replace('hello', 'hello '.repeat(800))
const accepting = (request: Request, encoding: string): Request => ({
  ...request,
  headers: { ...request.headers, 'Accept-Encoding': encoding },
})

const answerAll: Handler = (req, res) => {
  if (req.url === '/json') {
    res.setHeader('Content-Type', 'application/json')
    res.end(JSON.stringify({ text: 'x'.repeat(3_000) }))
  } else {
    res.setHeader('Content-Type', 'text/html; charset=utf-8')
    if (req.url === '/stream') {
      res.write(long.slice(0, 2_000))
      res.end(long.slice(2_000))
    } else res.end(long)
  }
}
const asked: readonly Request[] = [
  accepting(page, 'gzip, br'),
  accepting({ ...page, target: '/stream' }, 'gzip'),
  accepting(fetched, 'gzip'),
  accepting({ ...fetched, target: '/json' }, 'br'),
  accepting({ ...fetched, target: '/stream' }, 'deflate'),
  { ...fetched, target: '/json' },
  accepting({ ...fetched, method: 'HEAD', target: '/json' }, 'gzip'),
  accepting(plainPage, 'gzip'),
]
const form =
  '--b\r\nContent-Disposition: form-data; name="photo"; filename="a.bin"\r\n\r\n\x00\x01\r\n--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nA\r\n--b--\r\n'
const bodies: readonly Request[] = [
  { method: 'POST', headers: { ...browser, 'Content-Type': 'application/json' }, body: '{"a":[1,2]}' },
  { method: 'POST', headers: { ...browser, 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'a=1&b=2' },
  { method: 'POST', headers: { ...browser, 'Content-Type': 'application/json' }, body: JSON.stringify({ text: 'x'.repeat(60_000) }) },
  { method: 'POST', headers: { ...browser, 'Content-Type': 'multipart/form-data; boundary=b' }, body: form },
]
const echo: Handler = (req, res, view) => {
  const { body, file } = req as { body?: unknown; file?: { originalname: string; size: number } }
  view.log('body', JSON.stringify(body)?.slice(0, 200), file?.originalname, file?.size)
  res.setHeader('Content-Type', 'text/html')
  res.end(html)
}

const guests: Record<string, Guest> = {
  compression: { make: () => compression({ threshold: 0 }) as unknown as Middleware, rows: ['R10', 'R11', 'W2'] },
  'compression from 1 KB': { make: () => compression() as unknown as Middleware, rows: ['R10', 'W2'] },
  'compression with flush': {
    make: () => compression({ threshold: 0 }) as unknown as Middleware,
    rows: ['R1', 'R3', 'R10', 'W3'],
    requests: [accepting({ ...fetched, target: '/events' }, 'gzip'), accepting(page, 'gzip')],
    handler(_req, res, view) {
      const { flush } = res as { flush?: () => void }
      res.setHeader('Content-Type', 'text/html')
      view.log(typeof flush)
      res.write(html)
      flush?.call(res)
      res.end('<!-- end -->')
    },
  },
  'compression, which loses a callback': {
    make: () => compression({ threshold: 0 }) as unknown as Middleware,
    rows: ['R11'],
    requests: [accepting(fetched, 'gzip'), accepting(page, 'gzip')],
    handler(_req, res, view) {
      res.setHeader('Content-Type', 'text/html')
      view.call('end', () => res.end(long, 'utf8', () => view.log('ended')))
    },
  },
  'express-session': {
    make: () => session({ secret: 'x', resave: true, saveUninitialized: true, genid: () => 'fixed' }) as unknown as Middleware,
    requests: [page, plainPage, fetched],
    handler(req, res) {
      const { session: kept } = req as unknown as { session: { views?: number } }
      kept.views = (kept.views ?? 0) + 1
      answerAll(req, res, undefined as unknown as View)
    },
  },
  'cookie-session': {
    make: () => cookieSession({ keys: ['x'] }),
    requests: [page, plainPage, fetched],
    handler(req, res) {
      const kept = (req as unknown as { session: { views?: number } }).session
      kept.views = (kept.views ?? 0) + 1
      answerAll(req, res, undefined as unknown as View)
    },
  },
  helmet: { make: () => helmet() as unknown as Middleware },
  'helmet that allows nothing': {
    make: () =>
      helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], scriptSrc: ["'none'"] } } }) as unknown as Middleware,
  },
  morgan: { make: (tell) => morgan(':method :url :status :res[content-type]', { stream: { write: (line) => tell(line.trim()) } }) },
  'serve-static': {
    make: () =>
      serveStatic(views, { extensions: ['ejs'], setHeaders: (res) => res.setHeader('Content-Type', 'text/html') }) as unknown as Middleware,
    alone: true,
    rows: ['R6', 'R8', 'W9'],
    requests: [
      { ...page, target: '/shelf' },
      { ...fetched, target: '/shelf' },
      { ...fetched, target: '/shelf', headers: { ...fetched.headers, Range: 'bytes=0-9' } },
      { ...page, target: '/shelf', headers: { ...page.headers, 'If-Modified-Since': 'Sat, 01 Jan 2050 00:00:00 GMT' } },
    ],
  },
  'body-parser, JSON': {
    make: () => bodyParser.json() as unknown as Middleware,
    rows: ['R45', 'W15'],
    requests: bodies.slice(0, 3),
    handler: echo,
  },
  'body-parser, a body that is none': {
    make: () => bodyParser.json() as unknown as Middleware,
    alone: true,
    rows: ['R39'],
    requests: [{ method: 'POST', headers: { ...browser, 'Content-Type': 'application/json' }, body: '{"a":' }],
    handler: echo,
  },
  'body-parser, forms': {
    make: () => bodyParser.urlencoded({ extended: true }) as unknown as Middleware,
    rows: ['R45', 'W15'],
    requests: bodies.slice(1, 2),
    handler: echo,
  },
  'body-parser, a signed raw body': {
    make: () => bodyParser.raw({ type: '*/*' }) as unknown as Middleware,
    rows: ['R45'],
    requests: bodies.slice(0, 3),
    handler(req, res, view) {
      view.log(
        createHmac('sha256', 'key')
          .update((req as unknown as { body: Buffer }).body)
          .digest('hex'),
      )
      answerAll(req, res, view)
    },
  },
  multer: { make: () => multer().single('photo') as unknown as Middleware, rows: ['R45', 'W15'], requests: bodies.slice(3), handler: echo },
  'a user of on-headers': {
    make: (tell) => (_req, res, next) => {
      onHeaders(res, function noteHeaders(this) {
        tell(`headers ${this.statusCode} ${String(this.getHeader('content-type'))}`)
        this.setHeader('X-On-Headers', '1')
      })
      next()
    },
  },
  'a user of on-finished': {
    make: (tell) => (_req, res, next) => {
      onFinished(res, (error, message) => tell(`finished ${error} ${message.statusCode} ${message.headersSent}`))
      next()
    },
  },
  'one that replaces write and end': {
    make: (tell) => (_req, res, next) => {
      const { write, end } = res
      res.write = function counted(this: typeof res, ...args: unknown[]) {
        tell(`write ${String(args[0]).length}`)
        return (write as (...rest: unknown[]) => boolean).apply(this, args)
      } as typeof res.write
      // all of the body by way of write, as some do
      res.end = function split(this: typeof res, chunk?: unknown) {
        tell(`end ${typeof chunk}`)
        if (chunk !== undefined) this.write(chunk)
        return (end as (...rest: unknown[]) => unknown).call(this)
      } as typeof res.end
      next()
    },
  },
  'one that answers later, by an end it kept': {
    make: () => (_req, res, next) => {
      const { end } = res
      res.end = function late(this: typeof res, ...args: unknown[]) {
        setImmediate(() => (end as (...rest: unknown[]) => unknown).apply(this, args))
        return this
      } as typeof res.end
      next()
    },
    rows: ['R19'],
    requests: [page, plainPage, fetched],
    handler(_req, res) {
      res.setHeader('Content-Type', 'text/html')
      res.end(html)
    },
  },
}

/** Before the toolbar these are given the script, too: there is nothing to compare. */
const seesScript = new Set(['one that replaces write and end'])

const both: Case[] = Object.entries(guests).flatMap(([name, guest]): Case[] =>
  (['before', 'after'] as const)
    .filter((place) => !(place === 'before' && seesScript.has(name)))
    .map((place) => ({
      name: `${name}, ${place} the toolbar`,
      rows: ['R46', 'W30', ...(guest.rows ?? [])],
      requests: guest.requests ?? asked,
      [place]: (view: View) => [guest.make((line) => view.log(line))],
      handler: guest.handler ?? answerAll,
      except: { http2: 'these are made for HTTP/1.1' },
      ...(guest.alone === true && place === 'before' ? { untouched: true } : {}),
    })),
)

export const middlewares: Case[] = [
  ...both,
  {
    name: 'an end that nobody could replace',
    rows: ['R19', 'R46'],
    bypass: true,
    requests: [page, plainPage, fetched],
    except: { http2: 'there it ends by way of write' },
    handler(_req, res) {
      res.setHeader('Content-Type', 'text/html')
      ;(nodeEnd as (this: ServerResponse, ...args: unknown[]) => unknown).call(res, html, 'utf8')
    },
  },
  {
    name: 'what morgan logs as the length is the length',
    rows: ['R46'],
    requests: [page, fetched],
    except: { http2: 'these are made for HTTP/1.1' },
    handler(_req, res, view) {
      morgan(':res[content-length]', { stream: { write: (line) => view.length('logged', line) } })(_req, res, () => {
        res.setHeader('Content-Type', 'text/html')
        res.setHeader('Content-Length', Buffer.byteLength(html))
        res.end(html)
      })
    },
  },
]
