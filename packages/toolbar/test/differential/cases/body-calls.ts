import type { ServerResponse } from 'node:http'
import { type Case, fetched, type Handler, html, http1Only, page, plainPage, type Request, typed, type View } from '../case.ts'

const sized = (res: ServerResponse, name: string, value: string | number): ServerResponse => {
  res.setHeader(name, value)
  return res
}
const half = Math.floor(html.length / 2)
const [start, rest] = [html.slice(0, half), html.slice(half)]
const bytes = Buffer.from(html)

/** All three kinds of request: a page, a page without fetch metadata, no page. */
const asked: readonly Request[] = [page, plainPage, fetched]

/** Calls of `write` and `end` in every shape: values they return, callbacks in their order, and the bytes. */
const shapes: Record<string, (res: ServerResponse, view: View) => void> = {
  'end()': (res, view) => view.call('end', () => res.end()),
  'end(callback)': (res, view) => view.call('end', () => res.end(() => view.log('ended'))),
  'end(text)': (res, view) => view.call('end', () => res.end(html)),
  'end(text, callback)': (res, view) => view.call('end', () => res.end(html, () => view.log('ended'))),
  'end(text, utf8, callback)': (res, view) => view.call('end', () => res.end(html, 'utf8', () => view.log('ended'))),
  'end(text, latin1)': (res, view) => view.call('end', () => res.end(`${html}é`, 'latin1')),
  'end(text, utf16le)': (res, view) => view.call('end', () => res.end(html, 'utf16le')),
  'end(text, base64)': (res, view) => view.call('end', () => res.end(bytes.toString('base64'), 'base64')),
  'end(text, hex, callback)': (res, view) => view.call('end', () => res.end(bytes.toString('hex'), 'hex', () => view.log('ended'))),
  'end(buffer)': (res, view) => view.call('end', () => res.end(bytes)),
  'end(buffer, callback)': (res, view) => view.call('end', () => res.end(bytes, () => view.log('ended'))),
  'end(Uint8Array)': (res, view) => view.call('end', () => res.end(new Uint8Array(bytes))),
  'end(Uint8Array, undefined, callback)': (res, view) =>
    view.call('end', () => res.end(new Uint8Array(bytes), undefined as never, () => view.log('ended'))),
  'end(empty text)': (res, view) => view.call('end', () => res.end('')),
  'end(null, callback)': (res, view) => view.call('end', () => res.end(null, () => view.log('ended'))),
  'end(undefined, undefined, callback)': (res, view) =>
    view.call('end', () => res.end(undefined, undefined as never, () => view.log('ended'))),
  'write(text), end()': (res, view) => {
    view.call('write', () => res.write(html))
    view.call('end', () => res.end())
  },
  'write(text, callback), end(callback)': (res, view) => {
    view.call('write', () => res.write(html, () => view.log('written')))
    view.call('end', () => res.end(() => view.log('ended')))
  },
  'write(text, utf8, callback), end(text, utf8, callback)': (res, view) => {
    view.call('write', () => res.write(start, 'utf8', () => view.log('written')))
    view.call('end', () => res.end(rest, 'utf8', () => view.log('ended')))
  },
  'write(buffer), write(Uint8Array), end(buffer)': (res, view) => {
    view.call('write', () => res.write(Buffer.from(start)))
    view.call('write', () => res.write(new Uint8Array(Buffer.from(rest))))
    view.call('end', () => res.end(Buffer.from('<!-- end -->')))
  },
  'write(empty), write(text), end()': (res, view) => {
    view.call('write', () => res.write('', () => view.log('nothing written')))
    view.call('write', () => res.write(html))
    view.call('end', () => res.end())
  },
  'three writes and three callbacks': (res, view) => {
    for (const [index, part] of [start, rest, '<!-- end -->'].entries())
      view.call('write', () => res.write(part, () => view.log('written', index)))
    view.call('end', () => res.end(() => view.log('ended')))
  },
  'cork, write, write, uncork, end(text)': (res, view) => {
    res.cork()
    view.log(res.writableCorked)
    res.write(start)
    res.write(rest)
    res.uncork()
    view.log(res.writableCorked)
    view.call('end', () => res.end('<!-- end -->'))
  },
  'cork, write, end(text) while corked': (res, view) => {
    res.cork()
    res.write(start)
    view.call('end', () => res.end(rest, () => view.log('ended', res.writableCorked)))
  },
  'a write in the callback of a write': (res, view) => {
    res.write(start, () => {
      view.log('written')
      res.write(rest, () => {
        view.log('written again')
        view.call('end', () => res.end())
      })
    })
  },
  'end in the callback of a write': (res, view) => void res.write(html, () => view.call('end', () => res.end('<!-- end -->'))),
  'flushHeaders after the first bytes': (res, view) => {
    res.write(start)
    view.call('flushHeaders', () => res.flushHeaders())
    res.end(rest)
  },
  'a length of its own, in one call': (res) => void sized(res, 'Content-Length', bytes.length).end(html),
  'a length of its own, in three': (res) => {
    res.setHeader('content-length', String(bytes.length))
    res.write(start)
    res.write(rest)
    res.end()
  },
  'a length of its own, in a write and the end': (res) => {
    sized(res, 'CONTENT-LENGTH', bytes.length).write(start)
    res.end(rest)
  },
  'chunked, said by the app': (res) => void sized(res, 'Transfer-Encoding', 'chunked').end(html),
}

const mistakes: Record<string, (res: ServerResponse, view: View) => void> = {
  'write after end': (res, view) => {
    view.call('end', () => res.end(html))
    view.call('write', () => res.write('more', (error) => view.log('told', error)))
  },
  'write after end, in the next turn': (res, view) => {
    res.end(html)
    setImmediate(() => view.call('write', () => res.write('more')))
  },
  'end twice': (res, view) => {
    view.call('end', () => res.end(html))
    view.call('end', () => res.end(() => view.log('ended twice')))
  },
  'end twice, with text': (res, view) => {
    view.call('end', () => res.end(html))
    view.call('end', () => res.end('more', () => view.log('ended twice')))
  },
  'end twice, once finished': (res, view) => {
    res.end(html, () => setImmediate(() => view.call('end', () => res.end((error?: Error) => view.log('ended twice', error)))))
  },
  'write(null)': (res, view) => {
    view.call('write', () => res.write(null))
    view.call('end', () => res.end(html))
  },
  'write(1), write(object), write(undefined)': (res, view) => {
    for (const value of [1, {}, undefined]) view.call('write', () => res.write(value))
    view.call('end', () => res.end(html))
  },
  'end(1)': (res, view) => {
    view.call('end', () => res.end(1))
    view.call('end', () => res.end(html))
  },
  'end(1) with a length': (res, view) => {
    res.setHeader('Content-Length', bytes.length)
    view.call('end', () => res.end({}))
    view.call('end', () => res.end(html))
  },
  'a header after the head': (res, view) => {
    res.write(start)
    view.call('setHeader', () => res.setHeader('X-Late', '1'))
    view.call('removeHeader', () => res.removeHeader('Content-Type'))
    view.call('writeHead', () => res.writeHead(500))
    res.end(rest)
  },
  'a status that is none': (res, view) => {
    res.statusCode = 42
    view.call('end', () => res.end(html))
    res.statusCode = 500
    view.call('end', () => res.end(html))
  },
  'end(text) in an encoding that is none': (res, view) => {
    for (const encoding of [{}, 5, 'bogus']) view.call('end', () => res.end(html, encoding as never))
    res.destroy()
  },
  'end(text, buffer)': (res, view) => view.call('end', () => res.end(html, 'buffer' as never)),
  'a status that is none, with a length and an ETag': (res, view) => {
    res.setHeader('Content-Length', bytes.length).setHeader('ETag', '"x"').setHeader('Server-Timing', 'db;dur=1')
    res.statusCode = 9_999
    view.call('write', () => res.write(html))
    view.call('end', () => res.end(html))
    view.log('taken back', Object.entries(res.getHeaders()).sort())
    res.statusCode = 404
    view.call('end', () => res.end(html))
  },
}

/** HTTP/2 sends a status that is none, and then there is nothing to compare but a protocol error. */
const http1Mistakes = new Set([
  'a status that is none',
  'a status that is none, with a length and an ETag',
  'write(null)',
  'write(1), write(object), write(undefined)',
  'end(1)',
  'end(1) with a length',
  'write after end',
  'write after end, in the next turn',
  'end(text) in an encoding that is none',
  'end(text, buffer)',
])

const view0 =
  (run: (res: ServerResponse, view: View) => void): Handler =>
  (_req, res, view) =>
    run(typed(res), view)

export const bodyCalls: Case[] = [
  ...Object.entries(shapes).map(
    ([name, run]): Case => ({
      name,
      rows: ['R19', 'R7', 'W6', 'W1'],
      requests: asked,
      handler: view0(run),
      ...(name === 'chunked, said by the app' ? { except: http1Only } : {}),
      ...(name.startsWith('write(empty)') ? { headFirst: 'sent' } : {}),
    }),
  ),
  ...Object.entries(mistakes).map(
    ([name, run]): Case => ({
      name,
      rows: ['R20', 'W6'],
      requests: [page, fetched],
      handler: view0(run),
      ...(http1Mistakes.has(name) ? { except: { http2: 'there it is an error of the stream, which is reset at once' } } : {}),
    }),
  ),
]
