import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import compression from 'compression'
import { debugToolbar } from 'debug-toolbar'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { document, navigation, type Running, serve, sleep } from './harness.ts'
import { lines, raw } from './raw.ts'

let app: Running
afterEach(() => app.close())

const html = document('hello')
const start = async (answer: (res: ServerResponse, url: string) => unknown) => {
  app = await serve({}, (toolbar) => (req, res) => toolbar(req, res, () => void answer(res, req.url ?? '')))
  return (app.server.address() as AddressInfo).port
}
const script = /<script type="module" async src="[^"]+#[\w-]+" data-debug-toolbar="[\w-]+"[^>]*><\/script>/g
const page = (port: number, headers: Record<string, string> = {}) =>
  raw(port, lines('GET', '/', { Accept: 'text/html', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'none', ...headers }))
const header = (answer: { headers: [string, string][] }, name: string) =>
  answer.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)

describe('a document gets one script, whichever way it is sent', () => {
  const ways: Record<string, (res: ServerResponse) => void> = {
    'end(text)': (res) => res.setHeader('Content-Type', 'text/html').end(html),
    'end(buffer)': (res) => res.setHeader('Content-Type', 'text/html').end(Buffer.from(html)),
    'end(text, encoding, callback)': (res) => res.setHeader('Content-Type', 'text/html').end(html, 'utf8', () => {}),
    'Content-Length set': (res) =>
      res.setHeader('Content-Type', 'text/html').setHeader('Content-Length', Buffer.byteLength(html)).end(html),
    'writeHead(object)': (res) =>
      res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'CONTENT-LENGTH': String(Buffer.byteLength(html)) }).end(html),
    'writeHead(array)': (res) =>
      res
        .writeHead(200, [
          'Content-Type',
          'text/html',
          'Set-Cookie',
          'a=1',
          'Set-Cookie',
          'b=2',
          'Content-Length',
          String(Buffer.byteLength(html)),
        ] as never)
        .end(html),
    'writeHead(reason, object)': (res) => res.writeHead(200, 'Fine', { 'Content-Type': 'text/html' }).end(html),
    'write, write, end()': (res) => {
      res.setHeader('Content-Type', 'text/html').write(html.slice(0, 20))
      res.write(Buffer.from(html.slice(20)))
      res.end()
    },
    'write, end(chunk)': (res) => {
      res.setHeader('Content-Type', 'text/html').write(html.slice(0, 20))
      res.end(html.slice(20))
    },
    'a status of 404': (res) => res.writeHead(404, { 'Content-Type': 'text/html' }).end(html),
    'a status of 500': (res) => res.writeHead(500, { 'Content-Type': 'text/html' }).end(html),
  }
  for (const [name, answer] of Object.entries(ways)) {
    for (const [how, headers] of [
      ['with fetch metadata', {}],
      ['without', { 'Sec-Fetch-Dest': '', 'Sec-Fetch-Site': '' }],
    ] as const) {
      it(`${name}, ${how}`, async () => {
        const port = await start(answer)
        const sent = Object.fromEntries(
          Object.entries({ Accept: 'text/html', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'none', ...headers }).filter(
            ([, value]) => value !== '',
          ),
        )
        const received = await raw(port, lines('GET', '/', sent))
        const length = header(received, 'content-length')[0]
        const body = length === undefined ? dechunk(received.body) : received.body
        expect(body.match(script)).toHaveLength(1)
        expect(body.replace(script, '')).toBe(html)
        if (length !== undefined) expect(Number(length)).toBe(body.length)
        expect(header(received, 'cache-control')).toEqual(['no-store'])
        if (name === 'writeHead(array)') expect(header(received, 'set-cookie')).toEqual(['a=1', 'b=2'])
      })
    }
  }

  it('costs less than 400 bytes', async () => {
    const port = await start((res) => res.setHeader('Content-Type', 'text/html').end(html))
    expect((await page(port)).body.match(script)?.[0].length).toBeLessThan(400)
  })

  it('streams: the first chunk arrives before the last is written', async () => {
    let finished = false
    await start(async (res) => {
      res.setHeader('Content-Type', 'text/html')
      res.write('<!doctype html><p>first</p>')
      await sleep(60)
      finished = true
      res.end('<p>last</p>')
    })
    const answer = await app.get('/', navigation)
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toContain('first')
    expect(finished).toBe(false)
    let rest = ''
    for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) rest += next.value
    expect(rest).toMatch(/^<p>last<\/p><script/)
  })

  it('reuses the nonce of the page, and adds one where the policy would block it', async () => {
    const port = await start((res) =>
      res
        .writeHead(200, {
          'Content-Type': 'text/html',
          'Content-Security-Policy': "script-src 'nonce-abc123' 'strict-dynamic'; connect-src 'self'",
        })
        .end(html),
    )
    const kept = await page(port)
    expect(kept.body).toContain('nonce="abc123"')
    expect(header(kept, 'content-security-policy')).toEqual(["script-src 'nonce-abc123' 'strict-dynamic'; connect-src 'self'"])
    await app.close()
    const closed = await start((res) =>
      res.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': "default-src 'none'" }).end(html),
    )
    const patched = await page(closed)
    const nonce = /nonce="([^"]+)"/.exec(patched.body)?.[1]
    expect(header(patched, 'content-security-policy')).toEqual([
      `default-src 'none'; script-src 'nonce-${nonce}'; connect-src localhost/__debug__/`,
    ])
  })
})

describe('a policy that allows inline scripts', () => {
  it('goes on allowing them: a nonce would switch them off', async () => {
    const port = await start((res) =>
      res.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': "script-src 'unsafe-inline' https:" }).end(html),
    )
    const answer = await page(port)
    expect(answer.body).not.toContain('nonce=')
    expect(header(answer, 'content-security-policy')).toEqual(["script-src 'unsafe-inline' https: localhost/__debug__/"])
  })
})

describe('HTTP/2', () => {
  it('gets the script, the right length and the right state', async () => {
    const toolbar = debugToolbar()
    const server = createHttp2Server((req, res) =>
      toolbar(req as never, res as never, () => {
        res.setHeader('Content-Type', 'text/html')
        res.end(html)
      }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const session = connect(`http://localhost:${(server.address() as AddressInfo).port}`)
    const ask = (path: string) =>
      new Promise<{ body: string; headers: Record<string, unknown> }>((resolve) => {
        const stream = session.request({ ':path': path, accept: 'text/html', 'sec-fetch-dest': 'document' })
        let body = ''
        let headers = {}
        stream.on('response', (received) => {
          headers = received
        })
        stream.on('data', (chunk) => {
          body += chunk
        })
        stream.on('end', () => resolve({ body, headers }))
        stream.end()
      })
    const { body, headers } = await ask('/page')
    expect(body.match(script)).toHaveLength(1)
    expect(body.replace(script, '')).toBe(html)
    expect(headers['x-debug-toolbar-id']).toBeTypeOf('string')
    await sleep(20)
    const listed = JSON.parse((await ask('/__debug__/api/requests')).body) as { requests: { path: string; bytes: number; state: string }[] }
    expect(listed.requests[0]).toMatchObject({ path: '/page', bytes: html.length, state: 'done' })
    session.close()
    toolbar.close()
    await new Promise((resolve) => server.close(resolve))
    app = await serve({}, () => (_req, res) => void res.end())
  })
})

describe('what must stay as it is', () => {
  const cases: [name: string, answer: (res: ServerResponse) => void, request?: Record<string, string>, method?: string][] = [
    ['JSON', (res) => res.setHeader('Content-Type', 'application/json').end('{"html":"</body>"}')],
    ['XHTML', (res) => res.setHeader('Content-Type', 'application/xhtml+xml').end(html)],
    ['no type', (res) => res.end(html)],
    ['an event stream', (res) => res.setHeader('Content-Type', 'text/event-stream').end('data: 1\n\n')],
    ['a download', (res) => res.setHeader('Content-Type', 'text/html').setHeader('Content-Disposition', 'Attachment').end(html)],
    ['gzip', (res) => res.setHeader('Content-Type', 'text/html').setHeader('Content-Encoding', 'gzip').end(gzipSync(html))],
    ['brotli', (res) => res.setHeader('Content-Type', 'text/html').setHeader('Content-Encoding', 'br').end(brotliCompressSync(html))],
    ['UTF-16', (res) => res.setHeader('Content-Type', 'text/html; charset=utf-16le').end(Buffer.from(html, 'utf16le'))],
    ['206', (res) => res.writeHead(206, { 'Content-Type': 'text/html', 'Content-Range': 'bytes 0-3/10' }).end('<htm')],
    ['204', (res) => res.writeHead(204, { 'Content-Type': 'text/html' }).end()],
    ['304', (res) => res.writeHead(304, { 'Content-Type': 'text/html', ETag: '"x"' }).end()],
    ['a redirect', (res) => res.writeHead(302, { 'Content-Type': 'text/html', Location: '/x' }).end(html)],
    ['HEAD', (res) => res.setHeader('Content-Type', 'text/html').setHeader('Content-Length', '10').end(), {}, 'HEAD'],
    ['POST', (res) => res.setHeader('Content-Type', 'text/html').end(html), {}, 'POST'],
    ['a range', (res) => res.setHeader('Content-Type', 'text/html').end(html), { Range: 'bytes=0-5' }],
    ['htmx', (res) => res.setHeader('Content-Type', 'text/html').end('<p>x</p>'), { 'HX-Request': 'true' }],
    ['Turbo', (res) => res.setHeader('Content-Type', 'text/html').end('<p>x</p>'), { 'Turbo-Frame': 'a' }],
    ['Unpoly', (res) => res.setHeader('Content-Type', 'text/html').end('<p>x</p>'), { 'X-Up-Target': 'a' }],
    ['XMLHttpRequest', (res) => res.setHeader('Content-Type', 'text/html').end(html), { 'X-Requested-With': 'XMLHttpRequest' }],
    ['a fetch', (res) => res.setHeader('Content-Type', 'text/html').end(html), { 'Sec-Fetch-Dest': 'empty' }],
    ['an iframe', (res) => res.setHeader('Content-Type', 'text/html').end(html), { 'Sec-Fetch-Dest': 'iframe' }],
    [
      'a fragment without fetch metadata',
      (res) => res.setHeader('Content-Type', 'text/html').end('<li>x</li>'),
      { 'Sec-Fetch-Dest': '', Accept: 'text/html' },
    ],
    [
      'a fragment after writeHead',
      (res) => res.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': '10' }).end('<li>x</li>'),
      { 'Sec-Fetch-Dest': '', Accept: 'text/html' },
    ],
  ]
  it.each(cases)('%s', async (_name, answer, request = {}, method = 'GET') => {
    const sent = Object.fromEntries(
      Object.entries({ Accept: 'text/html', 'Sec-Fetch-Dest': 'document', ...request }).filter(([, value]) => value !== ''),
    )
    const bare = createServer((_req, res) => answer(res))
    await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve))
    const expected = await raw((bare.address() as AddressInfo).port, lines(method, '/', sent))
    bare.close()
    const port = await start(answer)
    const received = await raw(port, lines(method, '/', sent))
    const ours = new Set(['x-debug-toolbar-id', 'server-timing', 'date'])
    const theirs = (headers: [string, string][]) => headers.filter(([name]) => !ours.has(name.toLowerCase()))
    expect(received.status).toBe(expected.status)
    expect(received.body).toBe(expected.body)
    expect(theirs(received.headers)).toEqual(theirs(expected.headers))
    expect(header(received, 'x-debug-toolbar-id')).toHaveLength(1)
  })
})

describe('compression', () => {
  for (const order of ['before', 'after'] as const) {
    it(`mounted ${order} the toolbar leaves pages plain and everything else compressed`, async () => {
      app = await serve({}, (toolbar) => {
        const server = express()
        if (order === 'before') server.use(compression({ threshold: 0 }))
        server.use(toolbar)
        if (order === 'after') server.use(compression({ threshold: 0 }))
        server.get('/', (_req, res) => void res.send(document('x'.repeat(5_000))))
        server.get('/json', (_req, res) => void res.json({ x: 'x'.repeat(5_000) }))
        return server as unknown as RequestListener
      })
      const answer = await app.get('/', { ...navigation, 'accept-encoding': 'gzip, br' })
      expect(answer.headers.get('content-encoding')).toBeNull()
      const text = await answer.text()
      expect(text.match(script)).toHaveLength(1)
      expect(text.replace(script, '')).toBe(document('x'.repeat(5_000)))
      const json = await app.get('/json', { 'accept-encoding': 'gzip, br', 'sec-fetch-dest': 'empty' })
      expect(json.headers.get('content-encoding')).not.toBeNull()
      expect(await json.json()).toEqual({ x: 'x'.repeat(5_000) })
      const request = await app.latest('/json')
      expect(await app.panel(request.id, 'response')).toMatchObject({ json: { x: expect.anything() } })
    })
  }
})

function dechunk(body: string): string {
  let text = ''
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.slice(at, end), 16)
    if (!size) break
    text += body.slice(end + 2, end + 2 + size)
    at = end + 4 + size
  }
  return text
}

describe('the id', () => {
  it('is on a head that a wrapper of the app puts off', async () => {
    app = await serve({}, (toolbar) => (req, res) => {
      const { writeHead } = res
      res.writeHead = ((...args: unknown[]) => {
        setTimeout(() => Reflect.apply(writeHead, res, args), 5)
        return res
      }) as never
      toolbar(req, res, () => {
        res.writeHead(200, 'Later', { 'Content-Type': 'text/plain' })
        setTimeout(() => res.end('hello'), 20)
      })
    })
    const response = await app.get('/')
    expect(response.statusText).toBe('Later')
    expect(response.headers.get('x-debug-toolbar-id')).toMatch(/^[\w-]{1,32}$/)
    expect(response.headers.get('server-timing')).toContain('debug-toolbar')
  })

  it('replaces one that came from a service behind the app, and is there once', async () => {
    const port = await start((res) => res.writeHead(200, { 'x-debug-toolbar-id': 'theirs', 'Server-Timing': 'db;dur=5' }).end('hello'))
    const answer = await raw(port, lines('GET', '/'))
    expect(header(answer, 'x-debug-toolbar-id')).toHaveLength(1)
    expect(header(answer, 'x-debug-toolbar-id')[0]).not.toBe('theirs')
    expect(header(answer, 'server-timing').join(', ')).toMatch(/db;dur=5.*debug-toolbar;desc=/)
  })
})
