import { PassThrough, pipeline, Readable } from 'node:stream'
import { type Case, fetched, html, http1Only, page, plainNodeOnly, plainPage, type Request, typed } from '../case.ts'

/** Bodies that take their time: streams, backpressure, broken connections, and what is promised of them. */

const half = Math.floor(html.length / 2)
const [start, rest] = [html.slice(0, half), html.slice(half)]
const bytes = Buffer.from(html)

/** All three kinds of request: a page, a page without fetch metadata, no page. */
const asked: readonly Request[] = [page, plainPage, fetched]

export const streams: Case[] = [
  {
    name: 'each chunk arrives before the next is written',
    rows: ['R1', 'W4'],
    requests: asked,
    async handler(_req, res, view) {
      typed(res).write('<!doctype html><p>one-of-three</p>')
      view.log('the first arrived', await view.received('one-of-three'))
      res.write('<p>two-of-three</p>')
      view.log('the second arrived', await view.received('two-of-three'))
      res.end('<p>three-of-three</p>')
    },
  },
  {
    name: 'headers flushed before there is a body',
    rows: ['R1', 'R18'],
    headFirst: 'sent',
    requests: asked,
    async handler(_req, res, view) {
      typed(res).writeHead(200)
      res.flushHeaders()
      view.log('the head arrived', await view.received('text/html'))
      res.end(html)
    },
    except: { http2: 'the head is packed: its text is not on the wire' },
  },
  {
    name: 'twenty chunks of a rendering stream',
    rows: ['R1', 'W4'],
    requests: asked,
    handler(_req, res) {
      typed(res)
      const parts = Array.from({ length: 20 }, (_value, index) => `<p>part ${index}</p>`)
      Readable.from(['<!doctype html>', ...parts]).pipe(res)
    },
  },
  {
    name: 'pipeline(stream, res)',
    rows: ['R19', 'W5'],
    requests: [page, fetched],
    handler: (_req, res, view) =>
      void pipeline(Readable.from([Buffer.from(start), Buffer.from(rest)]), typed(res), (error) => view.log('pipeline', error ?? 'done')),
  },
  {
    name: 'pipeline(stream, transform, res) that fails half way',
    rows: ['R19', 'R29'],
    cut: true,
    requests: [page],
    handler(_req, res, view) {
      const source = Readable.from(
        (function* parts() {
          yield start
          throw new Error('the source broke')
        })(),
      )
      pipeline(source, new PassThrough(), typed(res), (error) => view.log('pipeline', error?.message))
    },
  },
  {
    name: 'backpressure: false, then drain',
    except: plainNodeOnly,
    rows: ['R19', 'W5'],
    requests: [page, fetched],
    async handler(_req, res, view) {
      const block = Buffer.alloc(1 << 19, 'x')
      typed(res).write('<!doctype html>')
      view.client.pause()
      const took = Array.from({ length: 8 }, () => res.write(block))
      view.log('full at last', took.at(-1), res.writableNeedDrain)
      const drained = new Promise((resolve) => res.once('drain', resolve))
      view.client.resume()
      await drained
      view.log('drained', res.writableNeedDrain)
      view.call('end', () => res.end('end', () => view.log('ended')))
    },
  },
  {
    name: 'what the response says of itself',
    rows: ['R19', 'R22'],
    requests: asked,
    handler(_req, res, view) {
      const say = (when: string): void =>
        view.log(
          when,
          res.headersSent,
          res.finished,
          res.writableEnded,
          res.writableFinished,
          res.writableCorked,
          res.destroyed,
          res.statusCode,
        )
      say('at first')
      typed(res)
      view.log('before', res.getHeaders())
      view.log(res.getHeaderNames(), res.hasHeader('content-type'))
      res.write(start)
      say('after the first bytes')
      res.end(rest, () => say('in the callback'))
      say('after the end')
      view.headers('after', res.getHeaders())
    },
  },
  {
    name: 'events of the request when its body is read',
    rows: ['R45', 'W15'],
    requests: [
      { ...page, method: 'POST', body: 'a=1&b=2' },
      { ...page, method: 'POST', headers: { ...page.headers, 'Transfer-Encoding': 'chunked' }, body: '3\r\na=1\r\n0\r\n\r\n' },
    ],
    except: { http2: 'bytes of HTTP/1.1 chunks; the next row has a body on HTTP/2' },
    handler(req, res, view) {
      view.log('flowing', req.readableFlowing)
      req.on('data', (data: Buffer) => view.log('data', data))
      req.on('end', () => {
        view.log('complete', req.complete)
        typed(res).end(html)
      })
    },
  },
  {
    name: 'a body that nobody reads stays unread',
    rows: ['R45'],
    requests: [{ ...page, method: 'POST', body: 'x'.repeat(1_000) }],
    handler(req, res, view) {
      view.log('flowing', req.readableFlowing, req.listenerCount('data'))
      typed(res).end(html)
    },
  },
  {
    name: 'res.destroy with an error, in the middle',
    rows: ['R29'],
    cut: true,
    requests: [page],
    async handler(_req, res, view) {
      typed(res).write('<!doctype html><p>begun</p>')
      await view.received('begun')
      view.call('destroy', () => res.destroy(new Error('enough')))
      view.call('write', () => res.write('more'))
      view.log(res.destroyed, res.writableEnded)
    },
    except: { http2: 'a write after it is an error of the stream that depends on the turn it is made in' },
  },
  {
    name: 'the socket is destroyed under it',
    rows: ['R29'],
    cut: true,
    requests: [page],
    async handler(req, res, view) {
      typed(res).write('<!doctype html><p>begun</p>')
      await view.received('begun')
      req.socket.destroy()
      view.call('end', () => res.end(html, () => view.log('ended')))
    },
    except: { ...http1Only, http2: 'a socket of HTTP/2 may not be destroyed by one request' },
  },
  {
    name: 'strictContentLength holds, and tells of the same mistakes',
    rows: ['R7', 'T75'],
    requests: [page, plainPage, fetched],
    except: http1Only,
    handler(_req, res, view) {
      res.strictContentLength = true
      typed(res).setHeader('Content-Length', bytes.length)
      view.call('write', () => res.write(start))
      view.call('write too much', () => res.write(`${html}${html}`))
      view.call('end', () => res.end(rest))
    },
  },
  {
    name: 'strictContentLength and an explicit head',
    rows: ['R7', 'T75'],
    requests: [page, plainPage, fetched],
    except: http1Only,
    handler(_req, res, view) {
      res.strictContentLength = true
      res.writeHead(200, { 'content-TYPE': 'text/html', 'content-LENGTH': bytes.length })
      view.call('write', () => res.write(start))
      view.call('end', () => res.end(rest))
    },
  },
]
