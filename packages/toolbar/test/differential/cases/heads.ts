import type { ServerResponse } from 'node:http'
import { type Case, html, toCase, type View } from '../case.ts'

const length = Buffer.byteLength(html)
const set = (res: ServerResponse, headers: Record<string, string | number | string[]>): ServerResponse => {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  return res
}
const type = 'text/html; charset=utf-8'

/** `writeHead` in all its forms, alone and after `setHeader`. */
const forms: Record<string, (res: ServerResponse, view: View) => void> = {
  'writeHead(status) after setHeader': (res) => void set(res, { 'Content-Type': type, 'X-A': '1' }).writeHead(201).end(html),
  'writeHead(status, reason)': (res) => void set(res, { 'Content-Type': type }).writeHead(200, 'Quite Fine').end(html),
  'writeHead(status, object)': (res) =>
    void res.writeHead(200, { 'Content-Type': type, 'x-LOWER': 'a', 'Content-Length': length }).end(html),
  'writeHead(status, object) in odd spelling': (res) =>
    void res.writeHead(200, { 'cONTENT-tYPE': type, 'CONTENT-length': `${length}` }).end(html),
  'writeHead(status, reason, object)': (res) => void res.writeHead(404, 'Nowhere', { 'Content-Type': type }).end(html),
  'writeHead(status, undefined, object)': (res) =>
    void res.writeHead(200, undefined, { 'Content-Type': type, 'Content-Length': length }).end(html),
  'writeHead(status, object, undefined)': (res) =>
    void (res.writeHead as (...args: unknown[]) => ServerResponse)
      .call(res, 200, { 'Content-Type': type, 'Content-Length': length }, undefined)
      .end(html),
  'writeHead(status, object, null)': (res) =>
    void (res.writeHead as (...args: unknown[]) => ServerResponse).call(res, 200, { 'Content-Type': type }, null).end(html),
  'writeHead(status as text)': (res) =>
    void set(res, { 'Content-Type': type })
      .writeHead('404' as never)
      .end(html),
  'writeHead(object) with lists as values': (res) =>
    void res.writeHead(200, { 'Content-Type': type, 'Set-Cookie': ['a=1', 'b=2', 'c=3'], Vary: ['A', 'B'] }).end(html),
  'writeHead(flat list) with duplicates': (res) =>
    void res
      .writeHead(200, [
        'X-Z',
        '1',
        'content-TYPE',
        type,
        'Set-Cookie',
        'a=1',
        'set-cookie',
        'b=2',
        'Set-Cookie',
        'c=3',
        'Content-Length',
        `${length}`,
        'X-A',
        '2',
      ])
      .end(html),
  'writeHead(reason, flat list)': (res) => void res.writeHead(200, 'OK', ['Content-Type', type, 'Link', '<a>', 'Link', '<b>']).end(html),
  'writeHead(list of pairs) with duplicates': (res, view) => {
    const pairs = [
      ['X-Z', '1'],
      ['Content-Type', type],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['CONTENT-LENGTH', `${length}`],
    ]
    view.call('writeHead', () => res.writeHead(200, pairs as never))
    res.end(html)
  },
  'writeHead(empty list)': (res) => void res.writeHead(200, []).end(html),
  'writeHead(object) over setHeader': (res) =>
    void set(res, { 'X-Before': '1', 'content-type': 'text/plain', 'Content-Length': 1 })
      .writeHead(200, { 'Content-Type': type, 'Content-Length': length, 'X-After': '2' })
      .end(html),
  'writeHead(flat list) over setHeader': (res) =>
    void set(res, { 'X-Before': '1', 'Set-Cookie': ['a=1', 'b=2'] })
      .writeHead(200, ['Content-Type', type, 'X-After', '2'])
      .end(html),
  'Server-Timing of the app, set': (res) => void set(res, { 'Content-Type': type, 'server-timing': 'db;dur=1' }).end(html),
  'Server-Timing of the app, a list': (res) =>
    void set(res, { 'Content-Type': type, 'Server-Timing': ['db;dur=1', 'cache;desc="x, y"'] }).end(html),
  'Server-Timing of the app, in the object': (res) =>
    void res.writeHead(200, { 'Content-Type': type, 'SERVER-timing': 'db;dur=1' }).end(html),
  'Server-Timing of the app, twice in the list': (res) =>
    void res.writeHead(200, ['Content-Type', type, 'Server-Timing', 'db;dur=1', 'X-B', '1', 'server-timing', 'db;dur=2']).end(html),
  'Server-Timing of the app, in the list over setHeader': (res) =>
    void set(res, { 'X-Before': '1', 'Server-Timing': 'old' })
      .writeHead(200, ['Content-Type', type, 'Server-Timing', 'db;dur=1'])
      .end(html),
  'the order of headers': (res) =>
    void set(res, {
      'X-C': '3',
      'Content-Type': type,
      'x-a': '1',
      ETag: '"e"',
      'X-B': '2',
      'Cache-Control': 'public, max-age=60',
      'X-D': '4',
    }).end(html),
  'a list of Cache-Control': (res) => void set(res, { 'Content-Type': type, 'cache-control': ['public', 'max-age=60'] }).end(html),
  'all that dates or names the bytes': (res) =>
    void set(res, {
      'Content-Type': type,
      ETag: 'W/"a"',
      'Last-Modified': 'Sat, 01 Jan 2000 00:00:00 GMT',
      Expires: '0',
      Age: '3',
      'Surrogate-Control': 'max-age=9',
      'CDN-Cache-Control': 'max-age=9',
      'Acme-CDN-Cache-Control': 'max-age=9',
      'Content-MD5': 'x',
      Digest: 'sha-256=x',
      'Repr-Digest': 'x',
      'Content-Digest': 'x',
      'Accept-Ranges': 'bytes',
      Vary: 'Cookie',
      Link: '</a>; rel=preload',
      'Content-Location': '/x',
    }).end(html),
  'the same, in an explicit head': (res) =>
    void res
      .writeHead(200, {
        'content-type': type,
        etag: 'W/"a"',
        'last-modified': 'x',
        expires: '0',
        age: '3',
        digest: 'x',
        'cache-control': 'public',
        'accept-ranges': 'bytes',
      })
      .end(html),
  'two policies, one of them in the way': (res) =>
    void set(res, { 'Content-Type': type, 'Content-Security-Policy': ["script-src 'self'; connect-src 'self'", "default-src 'none'"] }).end(
      html,
    ),
  'two policies in an explicit list': (res) =>
    void res
      .writeHead(200, [
        'Content-Type',
        type,
        'Content-Security-Policy',
        "script-src 'self'",
        'Content-Security-Policy',
        "default-src 'none'",
      ])
      .end(html),
  'a policy that only reports': (res) =>
    void set(res, { 'Content-Type': type, 'Content-Security-Policy-Report-Only': "default-src 'none'" }).end(html),
  'a length that is no number': (res, view) => {
    set(res, { 'Content-Type': type, Connection: 'close' })
    view.call('setHeader', () => res.setHeader('Content-Length', 'many'))
    view.call('end', () => res.end(html))
  },
  'sendDate, keep-alive and reason phrase of its own': (res) => {
    set(res, { 'Content-Type': type })
    res.sendDate = false
    res.shouldKeepAlive = false
    res.statusMessage = 'Odd But True'
    res.statusCode = 418
    res.end(html)
  },
  'a status set late': (res) => {
    set(res, { 'Content-Type': type })
    res.statusCode = 200
    res.statusCode = 503
    res.write(html)
    res.statusCode = 200
    res.end()
  },
  'Connection: close': (res) => void set(res, { 'Content-Type': type, Connection: 'close' }).end(html),
  'a type set after the first bytes': (res, view) => {
    res.write(html)
    view.call('setHeader', () => res.setHeader('Content-Type', type))
    res.end()
  },
  'no type at all': (res) => void res.end(html),
}

const mistakes: Record<string, (res: ServerResponse, view: View) => void> = {
  'writeHead twice': (res, view) => {
    view.call('writeHead', () => res.writeHead(200, { 'Content-Type': type }))
    view.call('writeHead', () => res.writeHead(500, { 'Content-Type': 'text/plain' }))
    res.end(html)
  },
  'writeHead with an odd list': (res, view) => {
    view.call('writeHead', () => res.writeHead(200, ['Content-Type', type, 'X-Odd'] as never))
    res.end(html)
  },
  'writeHead with a list of pairs over setHeader': (res, view) => {
    set(res, { 'X-Before': '1', 'Content-Length': length })
    view.call('writeHead', () =>
      res.writeHead(200, [
        ['Content-Type', type],
        ['X-After', '1'],
      ] as never),
    )
    if (!res.headersSent) set(res, { 'Content-Type': type })
    res.end(html)
  },
  'writeHead with a status that is none, then an error page': (res, view) => {
    set(res, { 'Content-Type': type, 'Content-Length': length, ETag: '"a"' })
    view.call('writeHead', () => res.writeHead(1_000))
    view.log(res.headersSent, Object.entries(res.getHeaders()).sort())
    set(res, { 'Content-Length': 4, 'Content-Type': 'text/plain' }).writeHead(500).end('oops')
  },
  'writeHead with a value that no header can have': (res, view) => {
    view.call('writeHead', () => res.writeHead(200, { 'Content-Type': type, 'X-Bad': 'a\r\nb: c' }))
    view.log(res.headersSent, Object.entries(res.getHeaders()).sort())
    res.statusCode = 500
    res.setHeader('Content-Type', 'text/plain')
    res.end('oops')
  },
  'a reason phrase that no head can have': (res, view) => {
    set(res, { 'Content-Type': type, 'Content-Length': length })
    view.call('writeHead', () => res.writeHead(200, 'a\r\nb'))
    view.log(res.headersSent, Object.entries(res.getHeaders()).sort())
    res.statusMessage = 'Fine'
    res.end(html)
  },
  'setHeader with what is no value': (res, view) => {
    view.call('setHeader', () => res.setHeader('X-Bad', undefined as never))
    view.call('setHeader', () => res.setHeader('X Bad', 'x'))
    view.call('setHeader', () => res.setHeader('X-Bad', '日本'))
    set(res, { 'Content-Type': type }).end(html)
  },
}

/** Heads made before any byte: what is decided without fetch metadata waits for the first. */
const held = (name: string): boolean =>
  /^(?:writeHead|Server-Timing of the app, (?:in|twice)|the same, in an explicit|two policies in an explicit)/.test(name)

const http2Differs: Record<string, string> = {
  'writeHead(status, object, null)': 'HTTP/2 fails on null',
  'sendDate, keep-alive and reason phrase of its own': 'HTTP/2 has no reason phrase and no keep-alive',
  'writeHead with a status that is none, then an error page': 'HTTP/2 sends it: a protocol error',
  'a reason phrase that no head can have': 'HTTP/2 has no reason phrase',
  'writeHead with a value that no header can have': 'HTTP/2 sends something else instead of refusing it',
  'setHeader with what is no value': 'HTTP/2 sends something else instead of refusing it',
  'Connection: close': 'HTTP/2 forbids Connection',
  'a length that is no number': 'HTTP/2 forbids Connection',
  'writeHead(empty list)': 'HTTP/2 is as it is with no list',
  'writeHead(status as text)': 'HTTP/2 takes it as a text and fails later',
  'writeHead(status, reason)': 'HTTP/2 warns of reason phrases, once for each process',
  'writeHead(status, reason, object)': 'HTTP/2 warns of reason phrases, once for each process',
  'writeHead(reason, flat list)': 'HTTP/2 warns of reason phrases, once for each process',
  'writeHead twice': 'there an error after the head resets the stream',
}

/** A header that Express sets makes Node 20 keep only the last of equal names in a list; the page is then held to both of its policies. */
const lastOfListCounts = {
  'express 5': 'Node 20 sends only the last of two equal names in a list once a header was set before',
  'express 4': 'the same',
}

export const heads: Case[] = [
  ...Object.entries(forms).map((entry) => {
    const [name] = entry
    const rows = /Server-Timing/.test(name)
      ? ['R21', 'T69']
      : /dates|Cache|explicit head/.test(name)
        ? ['R21', 'T71', 'R8']
        : ['R21', 'R22', 'R7', 'R18', 'W1']
    return toCase(rows, {
      ...(held(name) ? { headFirst: 'held' } : {}),
      except: {
        ...(http2Differs[name] === undefined ? {} : { http2: http2Differs[name] }),
        ...(name === 'two policies in an explicit list' ? lastOfListCounts : {}),
      },
    })(entry)
  }),
  ...Object.entries(mistakes).map((entry) => {
    const [name] = entry
    return toCase(['R21', 'R20'], {
      ...(held(name) && /twice|pairs/.test(name) ? { headFirst: 'held' } : {}),
      ...(http2Differs[name] === undefined ? {} : { except: { http2: http2Differs[name] } }),
    })(entry)
  }),
]
