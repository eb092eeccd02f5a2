import http, { type ServerResponse } from 'node:http'
import {
  type Case,
  fetched,
  type Handler,
  html,
  http1Only,
  page,
  plainNodeOnly,
  plainPage,
  type Request,
  toCase,
  typed,
  type View,
} from '../case.ts'

/** The response as an object of the app's: its prototypes, its keys, its listeners; and values that notice who reads them. */

const asked: readonly Request[] = [page, plainPage, fetched]
const nodeEnd = http.ServerResponse.prototype.end
const nodeWriteHead = http.ServerResponse.prototype.writeHead
type Call = (this: ServerResponse, ...args: unknown[]) => unknown

/** Another prototype, with one method of its own, between the response and what it had. */
function inherit(res: ServerResponse, name: 'end' | 'writeHead' | 'write' | 'emit', make: (below: Call) => Call): void {
  const before = Object.getPrototypeOf(res) as Record<string, Call>
  Object.setPrototypeOf(res, Object.assign(Object.create(before), { [name]: make(before[name] as Call) }))
}

const prototypes: Record<string, (res: ServerResponse, view: View) => void> = {
  'another prototype, whose end adds to the text': (res) => {
    inherit(
      res,
      'end',
      (below) =>
        function (chunk, ...rest) {
          return below.call(this, chunk === undefined ? chunk : `<!-- seen -->${chunk}`, ...rest)
        },
    )
    res.setHeader('Content-Type', 'text/plain')
    res.end('hello')
  },
  'another prototype, whose writeHead, write and emit say that they were called': (res, view) => {
    for (const name of ['writeHead', 'write', 'emit'] as const)
      inherit(
        res,
        name,
        (below) =>
          function (...args) {
            view.log(name, name === 'emit' ? args[0] : '')
            return below.apply(this, args)
          },
      )
    typed(res).write(html)
    res.end()
  },
  'a method of the prototype that calls the one of the response again': (res, view) => {
    inherit(
      res,
      'end',
      (below) =>
        function (chunk, ...rest) {
          view.log('end', typeof chunk)
          return Array.isArray(chunk) ? this.end(chunk.join('')) : below.call(this, chunk, ...rest)
        },
    )
    res.setHeader('Content-Type', 'text/plain')
    res.end(['a', 'b'])
  },
  'a method of the prototype that was made around the one of the response': (res, view) => {
    const { end } = res
    inherit(
      res,
      'end',
      () =>
        function (...args) {
          view.log('end')
          return end.apply(this, args as never)
        },
    )
    res.setHeader('Content-Type', 'text/plain')
    res.end('hello')
  },
  'methods taken off the response': (res, view) => {
    for (const name of ['writeHead', 'write', 'end', 'destroy', 'emit'] as const) view.log(delete (res as Partial<ServerResponse>)[name])
    res.setHeader('Content-Type', 'text/plain')
    res.end('hello')
  },
}

const prototypesMore: Record<string, Partial<Case>> = {
  'methods taken off the response': { except: { http2: 'ours stand on the response there, and go with them' } },
  'another prototype, whose writeHead, write and emit say that they were called': {
    except: { http2: 'there end writes by way of write, and the script comes by an end' },
  },
}

const objects: Record<string, Handler> = {
  'what is listed of a request and a response': (req, res, view) => {
    const names = ['writeHead', 'write', 'end', 'destroy', 'emit']
    view.log(Object.keys(res).filter((name) => names.includes(name)))
    view.log(Object.keys(req).filter((name) => name === 'emit'))
    view.log(Object.keys(Object.assign({}, res)).length === Object.keys(res).length)
    const copy = Object.assign({ end: (text: string) => view.log('its own end', text) }, res)
    copy.end('x')
    res.end('hello')
  },
  'methods taken to another response, and to what inherits from this one': (req, res, view) => {
    const { end, write, writeHead, emit } = res
    const other = new http.ServerResponse(req)
    view.call('writeHead', () => writeHead.call(other, 201))
    view.call('write', () => (write as Call).call(other, 'x'))
    view.call('end', () => (end as Call).call(other, 'y'))
    view.call('emit', () => emit.call(other, 'unheard'))
    view.log(other.writableEnded, other.statusCode)
    const copied = new http.ServerResponse(req)
    copied.end = end
    view.call('end of another', () => copied.end('x'))
    res.end('hello')
  },
  'listeners of close: how many there are, ten, and none': (_req, res, view) => {
    view.log(res.listenerCount('close'), res.getMaxListeners())
    for (let count = res.listenerCount('close'); count < 10; count++) res.on('close', () => {})
    view.log(res.listenerCount('close'), (res as { _events?: { close?: { warned?: boolean } } })._events?.close?.warned === true)
    res.end('hello')
  },
}

const bytes = Buffer.byteLength(html)
const strict: Record<string, (res: ServerResponse, view: View) => void> = {
  'more was promised than comes': (res, view) => {
    res.setHeader('Content-Length', bytes + 9)
    res.write(html)
    view.call('end', () => res.end())
    setTimeout(() => res.destroy(), 20)
  },
  'more was promised than comes in one call, and then the rest': (res, view) => {
    res.setHeader('Content-Length', bytes + 5)
    view.call('end', () => res.end(html))
    view.call('end', () => res.end('12345'))
  },
  'less was promised than comes, and then the right one': (res, view) => {
    res.setHeader('Content-Length', bytes)
    view.call('write', () => res.write(`${html}more`))
    view.call('end', () => res.end(html))
    view.call('write', () => res.write('more'))
    setTimeout(() => res.destroy(), 20)
  },
  'less was promised than comes at the end, and then the right one': (res, view) => {
    res.setHeader('Content-Length', bytes)
    view.call('end', () => res.end(`${html}more`))
    view.log(res.writableCorked)
    view.call('end', () => res.end(html))
    setTimeout(() => res.destroy(), 20)
  },
  'less was promised than comes, once the head is made': (res, view) => {
    res.setHeader('Content-Length', bytes)
    res.flushHeaders()
    view.call('write', () => res.write(`${html}more`))
    view.call('end', () => res.end(`${html}more`))
    view.call('end', () => res.end(html))
  },
  'as much was promised as comes': (res, view) => {
    res.setHeader('Content-Length', bytes)
    view.call('write', () => res.write(html.slice(0, 20)))
    view.call('end', () => res.end(html.slice(20)))
  },
}

const reads: Record<string, (res: ServerResponse, view: View) => void> = {
  'a header that is a getter is read once': (res, view) => {
    let count = 0
    res.writeHead(200, {
      get 'Content-Type'() {
        count++
        return 'text/html'
      },
    })
    res.end(html)
    view.log(count)
  },
  'a header that is an object is asked for its text as often as by Node': (res, view) => {
    let count = 0
    const type = {
      toString() {
        count++
        return 'text/html'
      },
    }
    res.setHeader('Content-Type', type as never)
    res.end(html)
    view.log(count)
  },
  'a getter that throws': (res, view) => {
    const headers = {
      get 'X-Bad'(): string {
        view.log('read')
        throw new Error('not now')
      },
    }
    view.call('writeHead', () => res.writeHead(200, headers))
    typed(res).end(html)
  },
}

const mistakes: Record<string, (res: ServerResponse, view: View) => void> = {
  'a reason phrase that no head can have, and then a header that none can have': (res, view) => {
    view.call('writeHead', () => res.writeHead(200, 'a\nb'))
    view.call('writeHead', () => res.writeHead(200, { 'X-Bad': '😀' }))
    view.log(Object.keys(res.getHeaders()))
    res.statusMessage = 'Fine'
    typed(res).end(html)
  },
  'a status beyond the last, and then two mistakes': (res, view) => {
    view.call('writeHead', () => res.writeHead(1_000))
    view.call('writeHead', () => res.writeHead(200, 'a\nb', { 'X-Bad': '😀' }))
    res.statusMessage = 'Fine'
    typed(res).end(html)
  },
}

export const objectCases: Case[] = [
  ...Object.entries(prototypes).map((entry) => toCase(['R19', 'R38'], prototypesMore[entry[0]])(entry)),
  ...Object.entries(objects).map(
    ([name, handler]): Case => ({
      name,
      rows: ['R20', 'R38'],
      requests: [fetched, { ...fetched, method: 'POST', body: 'x' }],
      handler,
      ...(name.startsWith('methods taken to') ? { except: http1Only } : {}),
    }),
  ),
  ...Object.entries(strict).map(
    ([name, run]): Case => ({
      name: `strict: ${name}`,
      rows: ['R7', 'R20', 'T75'],
      requests: asked,
      handler(_req, res, view) {
        typed(res).strictContentLength = true
        run(res, view)
      },
      except: http1Only,
      ...(/^more was promised than comes$|right one$/.test(name) ? { cut: true } : {}),
      ...(name.endsWith('once the head is made') ? { headFirst: 'sent' } : {}),
    }),
  ),
  ...Object.entries(reads).map((entry) =>
    toCase(['R21'], entry[0] === 'a header that is a getter is read once' ? { headFirst: 'held' } : {})(entry),
  ),
  ...Object.entries(mistakes).map(toCase(['R21', 'R20'], { except: { ...http1Only, ...plainNodeOnly } })),
  {
    name: 'mounted apps whose responses have an end and a writeHead of their own',
    rows: ['R19', 'R38', 'W10'],
    requests: ['/end', '/head', '/page'].flatMap((target) => asked.map((request) => ({ ...request, target }))),
    express(app, view, express) {
      const one = express()
      one.response.end = function (this: ServerResponse, chunk?: unknown, ...rest: unknown[]) {
        view.log('end of the mounted app')
        return (nodeEnd as Call).call(this, chunk === undefined ? chunk : `${chunk}!`, ...rest)
      } as never
      one.get('/', (_req, res) => void res.type('text').end('hi'))
      app.use('/end', one)
      const two = express()
      two.response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
        view.log('writeHead of the mounted app')
        this.setHeader('X-Mounted', '1')
        return (nodeWriteHead as Call).apply(this, args)
      } as never
      two.get('/', (_req, res) => void res.send('hi'))
      app.use('/head', two)
      const three = express()
      three.response.end = function (this: ServerResponse, ...args: unknown[]) {
        view.log('end of the third')
        return (nodeEnd as Call).apply(this, args)
      } as never
      three.get('/', (_req, res) => void res.send(html))
      app.use('/page', three)
    },
  },
]
