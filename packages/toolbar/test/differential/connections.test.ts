import { request, type Server, ServerResponse } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import type { HistoryCounts, RequestList } from 'debug-toolbar'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { navigation, type Running, serve, sleep } from '../harness.ts'
import { html } from './case.ts'
import { AnswerReader, statusOf, valuesOf } from './wire.ts'

/** Many requests on few connections: none is lost, mixed up or counted twice, and every answer ends where it says. */

let app: Running
afterEach(() => app.close())
const portOf = (server: Server): number => (server.address() as AddressInfo).port
const counts = async (): Promise<HistoryCounts> => (await app.api<RequestList>('requests?limit=1')).counts

/** Sends all of it at once, and reads as many answers as there are methods. */
function converse(port: number, text: string, methods: string[]): Promise<AnswerReader> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(methods)
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text))
    const timer = setTimeout(() => reject(new Error(`${reader.answers.length} answers, then silence`)), 8_000)
    socket.on('data', (data) => {
      reader.push(data)
      if (reader.answers.length < methods.length) return
      clearTimeout(timer)
      socket.destroy()
      resolve(reader)
    })
    socket.on('error', reject)
  })
}

const head = (extra: Record<string, string>): string =>
  Object.entries({ Host: 'localhost', ...extra })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')

describe('R26: pipelining', () => {
  it('50 requests in one packet are 50 records, in order, each with what happened in it', async () => {
    app = await serve({}, (toolbar) => (req, res) => {
      toolbar(req, res, async () => {
        await sleep(Number(req.url?.slice(1)) % 5)
        await toolbar.measure(`span of ${req.url}`, () => sleep(1))
        res.setHeader('Content-Type', 'text/html')
        res.end(html)
      })
    })
    const paths = Array.from({ length: 50 }, (_value, index) => `/${index}`)
    const text = paths.map((path) => `GET ${path} HTTP/1.1\r\n${head(navigation)}\r\n`).join('')
    const reader = await converse(portOf(app.server), text, Array<string>(50).fill('GET'))
    expect(reader.leftover).toBe('')
    const ids = reader.answers.map((answer) => valuesOf(answer.headers, 'x-debug-toolbar-id')[0])
    expect(new Set(ids).size).toBe(50)
    await app.latest('/49')
    const { requests } = await app.api<RequestList>('requests?limit=100')
    const byId = new Map(requests.map(({ id, path }) => [id, path]))
    expect(ids.map((id) => byId.get(id ?? ''))).toEqual(paths)
    for (const [index, id] of [...ids.entries()].filter(([at]) => at % 7 === 0))
      expect((await app.entries(id ?? '', 'span')).map((entry) => entry.name)).toEqual([`span of ${paths[index]}`])
  })
})

describe('R26, R28: pipelining on a connection that is cut', () => {
  it('ends all of its requests, also those that never had the socket', async () => {
    app = await serve({ limits: { inFlight: 20 } }, (toolbar) => (req, res) => {
      toolbar(req, res, () => void setTimeout(() => res.end('late'), 60))
    })
    const port = portOf(app.server)
    for (let round = 0; round < 3; round++) {
      const socket = net.connect(port, '127.0.0.1', () => socket.write(`GET / HTTP/1.1\r\n${head({})}\r\n`.repeat(10)))
      socket.on('error', () => {})
      await sleep(30)
      socket.destroy()
    }
    await expect.poll(counts).toMatchObject({ received: 30, running: 0, dropped: 0 })
    const { requests } = await app.api<RequestList>('requests?limit=30')
    expect(new Set(requests.map(({ state, status }) => `${state} ${status}`))).toEqual(new Set(['aborted null']))
  })

  it('tells nothing of an answer that came after the client had left, while a span keeps the record open', async () => {
    app = await serve({}, (toolbar) => (req, res) => {
      toolbar(req, res, async () => {
        await toolbar.measure('work', async () => await sleep(80))
        res.writeHead(201, { 'Content-Type': 'text/html' }).end(html)
        void toolbar.measure('more work', async () => await sleep(80))
      })
    })
    const socket = net.connect(portOf(app.server), '127.0.0.1', () => socket.write(`GET / HTTP/1.1\r\n${head(navigation)}\r\n`))
    await sleep(40)
    socket.destroy()
    await expect.poll(counts).toMatchObject({ running: 0, stored: 1 })
    expect(await app.latest('/')).toMatchObject({ state: 'aborted', status: null })
    expect(await app.panel((await app.latest('/')).id, 'response')).toMatchObject({ injected: false, status: null })
  })
})

describe('T75: where one answer ends the next begins', () => {
  it('100 mixed answers on one connection, read by a parser that forgives nothing', async () => {
    const kinds: ((res: ServerResponse) => void)[] = [
      (res) => void res.setHeader('Content-Type', 'text/html').end(html),
      (res) => void res.writeHead(200, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(html) }).end(html),
      (res) => {
        res.setHeader('Content-Type', 'text/html').write(html.slice(0, 20))
        res.end(html.slice(20))
      },
      (res) => void res.setHeader('Content-Type', 'application/json').end('{"a":1}'),
      (res) => void res.writeHead(204).end(),
      (res) => void res.writeHead(304, { 'Content-Type': 'text/html', ETag: '"a"' }).end(),
      (res) => void res.writeHead(404, ['Content-Type', 'text/html', 'Content-Length', String(Buffer.byteLength(html))]).end(html),
      (res) => {
        res.writeEarlyHints({ link: '</a>; rel=preload' })
        res.setHeader('Content-Type', 'text/html').end()
      },
      (res) => void res.setHeader('Content-Type', 'text/html').setHeader('Content-Length', 4).end('é', 'utf16le'),
    ]
    app = await serve({}, (toolbar) => (req, res) => {
      toolbar(req, res, () => {
        res.strictContentLength = true
        if (req.url?.endsWith('8')) res.strictContentLength = false
        kinds[Number(req.url?.slice(1)) % (kinds.length - 1)]?.(res)
      })
    })
    const methods = Array.from({ length: 100 }, (_value, index) => ['GET', 'GET', 'HEAD', 'POST'][index % 4] as string)
    const destinations = ['document', 'empty', 'iframe']
    const text = methods
      .map((method, index) => {
        const headers = { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': destinations[index % 3] as string }
        return `${method} /${index} HTTP/1.1\r\n${head(method === 'POST' ? { ...headers, 'Content-Length': '0' } : headers)}\r\n`
      })
      .join('')
    const reader = await converse(portOf(app.server), text, [...methods])
    expect(reader.answers).toHaveLength(100)
    expect(reader.leftover).toBe('')
    const scripts = reader.answers.filter((answer) => answer.body.includes('data-debug-toolbar=')).length
    expect(scripts).toBeGreaterThan(5)
    for (const answer of reader.answers) {
      const rest = answer.body.replace(/<script type="module" async [^>]*><\/script>$/, '')
      expect([html, '', '{"a":1}']).toContain(rest)
      expect(statusOf(answer)).toBeGreaterThanOrEqual(200)
    }
  })
})

describe('R28: clients that leave', () => {
  it('200 of them at random places: as many records, and none in flight', async () => {
    app = await serve({ store: undefined }, (toolbar) => (req, res) => {
      toolbar(req, res, async () => {
        const whole = await req.toArray().catch(() => null)
        if (whole === null) return
        res.setHeader('Content-Type', 'text/html')
        for (let part = 0; part < 4 && !res.destroyed; part++) {
          res.write(html.repeat(20))
          await sleep(1)
        }
        res.end()
      })
    })
    const port = portOf(app.server)
    // the same places in every run
    let seed = 42
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff
      return seed % below
    }
    const arrived = new Map<string, () => void>()
    app.server.prependListener('request', (req) => arrived.get(String(req.headers['x-client']))?.())
    const body = 'x'.repeat(2_000)
    /** @param after bytes of the answer; with 0 it leaves when the app begins, or in the middle of its own body */
    const leave = (client: string, post: boolean, after: number): Promise<void> =>
      new Promise((resolve) => {
        const about = { ...navigation, 'X-Client': client }
        const text = post
          ? `POST / HTTP/1.1\r\n${head({ ...about, 'Content-Length': String(body.length) })}\r\n${body.slice(0, 1 + random(body.length - 1))}`
          : `GET / HTTP/1.1\r\n${head(about)}\r\n`
        let got = 0
        const socket = net.connect(port, '127.0.0.1', () => socket.write(text))
        if (post || after === 0) arrived.set(client, () => setTimeout(() => socket.resetAndDestroy(), random(4)))
        socket.on('data', (data) => {
          got += data.length
          if (got >= after) socket.resetAndDestroy()
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve())
      })
    for (let round = 0; round < 10; round++)
      await Promise.all(
        Array.from({ length: 20 }, (_value, index) => leave(`${round}-${index}`, index % 3 === 0, index % 4 === 0 ? 0 : 1 + random(8_000))),
      )
    let now = await counts()
    for (let turn = 0; now.running > 0 && turn < 200; turn++) {
      await sleep(20)
      now = await counts()
    }
    expect(now).toMatchObject({ received: 200, running: 0, dropped: 0, ignored: 0 })
    expect(now.stored + now.evicted).toBe(200)
    const { requests } = await app.api<RequestList>('requests?limit=100')
    expect(new Set(requests.map(({ state }) => state))).toContain('aborted')
    expect(requests.every(({ state }) => state === 'aborted' || state === 'done')).toBe(true)
  })
})

describe('R27: what leaves HTTP', () => {
  it('a WebSocket echoes 1,000 messages, CONNECT and other upgrades are as without us', async () => {
    app = await serve({}, (toolbar) => (req, res) => {
      toolbar(req, res, () => void res.end('plain'))
    })
    const sockets = new WebSocketServer({ noServer: true })
    app.server.on('upgrade', (req, socket, rest) => {
      if (req.headers.upgrade === 'websocket') {
        sockets.handleUpgrade(req, socket, rest, (one) => one.on('message', (data) => one.send(data.toString())))
        return
      }
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: odd\r\nConnection: Upgrade\r\n\r\nodd bytes')
    })
    app.server.on('connect', (_req, socket) => socket.end('HTTP/1.1 200 Connected\r\n\r\ntunnelled'))
    const port = portOf(app.server)
    const client = new WebSocket(`ws://127.0.0.1:${port}/`)
    const echoed = await new Promise<string[]>((resolve, reject) => {
      const got: string[] = []
      client.on('open', () => {
        for (let index = 0; index < 1_000; index++) client.send(`message ${index}`)
      })
      client.on('message', (data) => {
        if (got.push(data.toString()) === 1_000) resolve(got)
      })
      client.on('error', reject)
    })
    expect(echoed).toEqual(Array.from({ length: 1_000 }, (_value, index) => `message ${index}`))
    client.terminate()
    sockets.close()
    const upgraded = await converse(port, `GET / HTTP/1.1\r\n${head({ Connection: 'Upgrade', Upgrade: 'odd' })}\r\n`, ['GET'])
    expect([upgraded.answers[0]?.statusLine, upgraded.leftover]).toEqual(['HTTP/1.1 101 Switching Protocols', 'odd bytes'])
    const connected = await converse(port, `CONNECT a:1 HTTP/1.1\r\n${head({})}\r\n`, ['CONNECT'])
    expect([connected.answers[0]?.statusLine, connected.leftover]).toEqual(['HTTP/1.1 200 Connected', 'tunnelled'])
  })

  it('an upgrade that nobody takes is a request like any other', async () => {
    app = await serve({}, (toolbar) => (req, res) => {
      toolbar(req, res, () => void res.end('plain'))
    })
    const reader = await converse(portOf(app.server), `GET / HTTP/1.1\r\n${head({ Connection: 'Upgrade', Upgrade: 'h2c' })}\r\n`, ['GET'])
    expect(reader.answers[0]?.body).toBe('plain')
  })

  it('W27: an upgrade that is passed through the middlewares, and a response that is a test double', async () => {
    app = await serve({}, () => (_req, res) => void res.end())
    const passed: unknown[] = []
    const asked = { headers: {}, url: '/', method: 'GET', socket: {} }
    const doubles: object[] = [{}, { writeHead() {} }, { end() {} }, Object.create(null), new ServerResponse(asked as never)]
    for (const double of doubles) app.toolbar(asked as never, double as never, () => void passed.push(double))
    expect(passed).toEqual(doubles)
  })
})

describe('T70: room in the head', () => {
  it('what we add is under 1 KB, with 500 spans of any name', async () => {
    app = await serve({}, (toolbar) => (req, res) => {
      toolbar(req, res, async () => {
        for (let index = 0; index < 500; index++)
          await toolbar.measure(index % 2 === 0 ? `a\r\nSet-Cookie: x=${index}` : `日本;desc="${'x'.repeat(900)}"`, () => {})
        res.end('plain')
      })
    })
    const reader = await converse(portOf(app.server), `GET / HTTP/1.1\r\n${head({})}\r\n`, ['GET'])
    const ours = (reader.answers[0]?.headers ?? []).filter(([name]) => /^(?:x-debug-toolbar-id|server-timing)$/i.test(name))
    expect(ours.map(([name, value]) => `${name}: ${value}\r\n`).join('').length).toBeLessThan(1_024)
    // T69: names are ours alone
    expect(valuesOf(ours, 'server-timing')).toEqual([
      expect.stringMatching(/^total;dur=[\d.]+(?:, [a-z]+;dur=[\d.]+)*, debug-toolbar;desc="[\w-]+"$/),
    ])
    expect(valuesOf(reader.answers[0]?.headers ?? [], 'set-cookie')).toEqual([])
  })

  it('a client that takes 16 KB of headers gets an answer that has 16,100 of the app', async () => {
    app = await serve({}, (toolbar) => (req, res) => {
      toolbar(req, res, () => {
        for (let index = 0; index < 32; index++) res.setHeader(`X-Long-${index}`, 'x'.repeat(490))
        res.end('plain')
      })
    })
    const status = await new Promise((resolve, reject) => {
      request({ port: portOf(app.server), host: '127.0.0.1' }, (res) => {
        res.resume()
        resolve(res.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(200)
  })
})
