import type { ServerResponse } from 'node:http'
import { type Case, fetched, html, http1Only, page, plainPage, type Request, type View } from '../case.ts'

/** What a protocol knows beside heads and bodies: interim answers, trailers, old versions, packets, options of the server. */

const asked: readonly Request[] = [page, plainPage, fetched]
const set = (res: ServerResponse, headers: Record<string, string | number | string[]>): ServerResponse => {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  return res
}
const type = 'text/html; charset=utf-8'

/** Answers to pipelined requests, until all of them are asked. */
const held = new WeakMap<View, (() => void)[]>()

export const protocol: Case[] = [
  {
    name: 'heads of the app over 6 KB',
    rows: ['T70'],
    requests: asked,
    handler(_req, res) {
      for (let index = 0; index < 31; index++) res.setHeader(`X-Long-${index}`, 'x'.repeat(480))
      set(res, { 'Content-Type': type }).end(html)
    },
    except: { http2: 'HTTP/2 has no block that grows beyond what a proxy takes: its clients take 64 KB' },
  },
  {
    name: 'uniqueHeaders of the server',
    rows: ['R22'],
    server: { options: { uniqueHeaders: ['x-list'] } },
    requests: asked,
    handler: (_req, res) => void set(res, { 'Content-Type': type, 'X-List': ['a', 'b'], 'X-Other': ['a', 'b'] }).end(html),
  },
  {
    name: 'insecureHTTPParser of the server',
    rows: ['R22'],
    server: { options: { insecureHTTPParser: true } },
    requests: [{ ...page, headers: { ...page.headers, 'X-Odd': 'a\x01b' } }],
    handler: (req, res, view) => {
      view.log(req.headers['x-odd'])
      set(res, { 'Content-Type': type }).end(html)
    },
  },
  {
    name: 'interim answers: 100, 102, 103 and then the page',
    rows: ['R23', 'R5', 'W8'],
    requests: asked,
    except: http1Only,
    handler(_req, res, view) {
      res.writeContinue(() => view.log('100 written'))
      res.writeProcessing()
      res.writeEarlyHints({ link: '</style.css>; rel=preload; as=style', 'x-hint': 'a' }, () => view.log('103 written'))
      view.log(res.headersSent)
      set(res, { 'Content-Type': type }).end(html)
    },
  },
  {
    name: 'early hints',
    rows: ['R23', 'R25'],
    requests: asked,
    handler(_req, res, view) {
      view.call('writeEarlyHints', () => res.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' }))
      set(res, { 'Content-Type': type }).end(html)
    },
  },
  {
    name: 'Expect: 100-continue, answered by Node',
    rows: ['R23'],
    requests: [{ ...page, method: 'POST', headers: { ...page.headers, Expect: '100-continue' }, body: 'a body' }],
    except: { http2: 'its client does not wait' },
    handler(req, res, view) {
      req.on('data', (data) => view.log('data', data))
      req.on('end', () => set(res, { 'Content-Type': type }).end(html))
    },
  },
  {
    name: 'Expect: 100-continue, answered by the app',
    rows: ['R23'],
    server: {
      setup: (server) => void server.on('checkContinue', (req, res) => server.emit('request', req, res)),
    },
    requests: [{ ...page, method: 'POST', headers: { ...page.headers, Expect: '100-continue' }, body: 'a body' }],
    handler(req, res, view) {
      res.writeContinue()
      req.on('data', (data) => view.log('data', data))
      req.on('end', () => set(res, { 'Content-Type': type }).end(html))
    },
  },
  {
    name: 'trailers, announced and not',
    rows: ['R24'],
    requests: asked,
    handler(req, res) {
      set(res, { 'Content-Type': type })
      if (req.headers['sec-fetch-dest'] === 'empty') set(res, { Trailer: 'X-Sum' })
      res.write(html)
      res.addTrailers({ 'X-Sum': 'abc', 'x-more': 'def' })
      res.end()
    },
  },
  {
    name: 'trailers, announced on a page',
    rows: ['R24'],
    requests: [page, plainPage],
    handler(_req, res) {
      set(res, { 'Content-Type': type, Trailer: 'X-Sum' })
      res.write(html)
      res.addTrailers({ 'X-Sum': 'abc' })
      res.end()
    },
  },
  {
    name: 'chunk extensions and trailers of a request',
    rows: ['R24', 'R45'],
    requests: [{ ...page, method: 'POST' }],
    bytes: {
      text: 'POST / HTTP/1.1\r\nHost: localhost\r\nCASE\r\nAccept: text/html\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n',
      methods: ['POST'],
    },
    handler(req, res, view) {
      req.on('data', (data) => view.log('data', data))
      req.on('end', () => {
        view.log(req.rawTrailers)
        set(res, { 'Content-Type': type }).end(html)
      })
    },
  },
  {
    name: 'HTTP/1.0',
    rows: ['R7', 'R26'],
    requests: [{ headers: { Accept: 'text/html' } }],
    bytes: { text: 'GET / HTTP/1.0\r\nHost: localhost\r\nCASE\r\nAccept: text/html\r\n\r\n', methods: ['GET'] },
    handler(_req, res) {
      set(res, { 'Content-Type': type }).write(html)
      res.end('<!-- end -->')
    },
  },
  {
    name: 'HTTP/1.0 with keep-alive, in one call',
    rows: ['R7', 'R26'],
    requests: [{ headers: { Accept: 'text/html' } }],
    bytes: { text: 'GET / HTTP/1.0\r\nHost: localhost\r\nCASE\r\nConnection: keep-alive\r\nAccept: text/html\r\n\r\n', methods: ['GET'] },
    handler: (_req, res) => void set(res, { 'Content-Type': type }).end(html),
  },
  {
    name: 'five requests in one packet',
    rows: ['R26'],
    requests: [0, 1, 2, 3, 4].map(() => plainPage),
    bytes: {
      text: [0, 1, 2, 3, 4].map((n) => `GET /${n} HTTP/1.1\r\nHost: localhost\r\nCASE\r\nAccept: text/html\r\n\r\n`).join(''),
      methods: ['GET', 'GET', 'GET', 'GET', 'GET'],
    },
    handler(req, res, view) {
      const answers = held.get(view) ?? []
      held.set(view, answers)
      answers.push(() => set(res, { 'Content-Type': type, 'X-Url': req.url ?? '' }).end(html))
      // the first to come is the last to be done
      if (answers.length === 5) for (const answer of answers.reverse()) answer()
    },
  },
  {
    name: 'a request that is none',
    rows: ['R29'],
    untouched: true,
    bytes: { text: 'GET / HTTP/1.1\r\nCASE\r\nBad Header\r\n\r\n', methods: ['GET'] },
    handler: (_req, res) => void res.end(html),
  },
  {
    name: 'requestTimeout of the server',
    rows: ['R29'],
    untouched: true,
    cut: true,
    server: { options: { requestTimeout: 80, headersTimeout: 80, connectionsCheckingInterval: 30 } as never },
    bytes: { text: 'POST / HTTP/1.1\r\nHost: localhost\r\nCASE\r\nContent-Length: 10\r\n\r\nabc', methods: ['POST'] },
    handler: (req) => void req.on('data', () => {}),
  },
]
