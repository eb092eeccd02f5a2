import { EventEmitter, once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import session from 'express-session'
import onHeaders from 'on-headers'
import { afterEach, describe, expect, it } from 'vitest'
import { expresses } from '../express-app.ts'
import { lines } from '../raw.ts'
import { actionHeaders, appsOwn, expectInnocent, type GateApp, startGate } from './gate-app.ts'
import { http1, http2Compat, type Wire } from './wires.ts'

/** Middlewares of others in front of the toolbar, which change what is answered as late as they can. */

let app: GateApp
afterEach(() => app.close())

type Layer = (req: never, res: never, next: () => void) => void

const guests: Record<string, () => Layer> = {
  'express-session, which sets its cookie when the head is made': () =>
    session({ secret: 'x', resave: true, saveUninitialized: true }) as unknown as Layer,
  'a permission that is given when the head is made': () => (_req, res: ServerResponse, next) => {
    onHeaders(res, () => res.setHeader('Access-Control-Allow-Origin', '*'))
    next()
  },
  'a permission that is given at once': () => (_req, res: ServerResponse, next) => {
    res.setHeader('Access-Control-Allow-Origin', '*')
    next()
  },
  'an end, a write and a writeHead of its own': () => (_req, res: ServerResponse, next) => {
    for (const name of ['writeHead', 'write', 'end'] as const) {
      const before = res[name] as (...args: unknown[]) => unknown
      Object.assign(res, {
        [name](this: ServerResponse, ...args: unknown[]) {
          if (!res.headersSent) res.setHeader('Set-Cookie', `${name}=1`)
          return before.apply(this, args)
        },
      })
    }
    next()
  },
}

const bases: [name: string, wire: Wire, build: (guest: Layer) => (toolbar: RequestListener | null) => RequestListener][] = [
  ...expresses.map(([name, express]): (typeof bases)[number] => [
    name,
    http1,
    (guest) => (toolbar) => {
      const shop = express()
      shop.use(guest as never)
      if (toolbar !== null) shop.use(toolbar as never)
      shop.use(((_req: unknown, res: ServerResponse) => void res.end(appsOwn)) as never)
      return shop as unknown as RequestListener
    },
  ]),
  [
    'HTTP/2',
    http2Compat,
    (guest) => (toolbar) => (req, res) =>
      guest({ __proto__: req, originalUrl: req.url } as never, res as never, () => {
        const last = () => void res.end(appsOwn)
        if (toolbar === null) last()
        else (toolbar as unknown as (...args: unknown[]) => void)(req, res, last)
      }),
  ],
]

describe('T28 what stands in front has no say in what the toolbar answers', () => {
  const table = bases
    .flatMap(([base, wire, build]) => Object.entries(guests).map(([name, make]) => [base, name, wire, build(make())] as const))
    // a session of Express cannot end an answer of HTTP/2, with us or without
    .filter(([base, name]) => !(base === 'HTTP/2' && name.startsWith('express-session')))

  it.each(table)('%s: %s', async (_base, _name, wire, build) => {
    app = await startGate({ wire, app: build as never })
    const own = await app.ask({ target: '/', headers: { Origin: 'http://localhost', Host: 'localhost' } })
    expect(own.headers.map(([name]) => name.toLowerCase()).join(), 'the guest is at work').toMatch(/set-cookie|access-control-allow-origin/)
    for (const [target, method, status] of [
      ['/__debug__/api/health', 'GET', 200],
      ['/__debug__/api/requests', 'HEAD', 200],
      ['/__debug__/api/requests', 'OPTIONS', 204],
      ['/__debug__/api/nowhere', 'GET', 404],
      ['/__debug__/api/requests', 'DELETE', 200],
    ] as const) {
      const answer = await app.ask({ target, method, headers: method === 'DELETE' ? actionHeaders : {} })
      expect(answer.status, `${method} ${target}`).toBe(status)
      expectInnocent(answer, `${method} ${target}`)
    }
    const refused = await app.ask({ target: '/__debug__/api/requests', headers: { Host: 'evil.example' } })
    expect(refused.status).toBe(403)
    expectInnocent(refused, 'a refusal')
    expect(await headOfStream(wire, app.place as { port: number })).not.toMatch(/set-cookie|access-control/i)
  })
})

/** The head and the first event of a stream. */
async function headOfStream(wire: Wire, { port }: { port: number }): Promise<string> {
  if (wire === http1) {
    const socket = net.connect(port, '127.0.0.1')
    socket.write(lines('GET', '/__debug__/api/stream', { Connection: 'keep-alive' }))
    let text = ''
    while (!text.includes('event: hello')) text += ((await once(socket, 'data')) as [Buffer])[0].toString()
    socket.destroy()
    return text
  }
  const client = http2.connect(`http://127.0.0.1:${port}`)
  const stream = client.request({ ':path': '/__debug__/api/stream', ':authority': 'localhost' })
  const [headers] = (await once(stream, 'response')) as [Record<string, string>]
  let text = ''
  while (!text.includes('event: hello')) text += ((await once(stream, 'data')) as [Buffer])[0].toString()
  client.destroy()
  return JSON.stringify(headers) + text
}

describe('the recorder outlives what an app does to its responses', () => {
  const inFlight = 20

  it.each<[string, (res: ServerResponse) => void]>([
    ['takes the listeners of close off', (res) => res.removeAllListeners('close')],
    [
      'gives them an emit of their own',
      (res) => {
        res.emit = EventEmitter.prototype.emit
      },
    ],
    [
      'takes all methods off',
      (res) => {
        for (const name of ['emit', 'end', 'destroy'] as const) delete (res as Partial<ServerResponse>)[name]
      },
    ],
  ])('%s', async (_name, harm) => {
    app = await startGate({
      options: { limits: { inFlight } },
      app: (toolbar) => (req, res) => {
        const own = () => {
          harm(res)
          res.end(appsOwn)
        }
        if (toolbar === null) own()
        else toolbar(req, res, own)
      },
    })
    for (let count = 0; count < inFlight + 5; count++) expect((await app.ask({ target: '/' })).body).toBe(appsOwn)
    const { counts } = await app.api('requests')
    expect(counts.dropped).toBe(0)
    expect(counts.running).toBeLessThanOrEqual(inFlight)
    expect(counts.received).toBeGreaterThan(inFlight)
  })

  it('ten listeners of the app are no leak', async () => {
    const warnings: Error[] = []
    const hear = (warning: Error): void => void warnings.push(warning)
    process.on('warning', hear)
    for (const wire of [http1, http2Compat]) {
      app = await startGate({
        wire,
        app: (toolbar) => (req, res) => {
          const own = () => {
            for (let count = 0; count < 10; count++) res.on('close', () => {})
            res.end(appsOwn)
          }
          if (toolbar === null) own()
          else toolbar(req, res, own)
        },
      })
      expect((await app.ask({ target: '/' })).body).toBe(appsOwn)
      if (wire === http1) await app.close()
    }
    // a warning is emitted in the turn after it
    await new Promise(setImmediate)
    process.off('warning', hear)
    expect(warnings.map(({ name }) => name)).toEqual([])
  })
})

it('mounted twice, a request that is refused, ignored or dropped counts once', async () => {
  const waiting: ServerResponse[] = []
  app = await startGate({
    options: { limits: { inFlight: 1 }, ignore: ['/ignored'] },
    app: (toolbar) => (req, res) => {
      const own = () => (req.url === '/wait' ? void waiting.push(res) : void res.end(appsOwn))
      if (toolbar === null) own()
      else toolbar(req, res, () => toolbar(req, res, own))
    },
  })
  const counts = async () => (await app.api('requests')).counts
  const before = await counts()
  await app.ask({ target: '/', headers: { 'X-Real-IP': '8.8.8.8' } })
  await app.ask({ target: '/__debug__/api/requests', headers: { 'X-Real-IP': '8.8.8.8' } })
  await app.ask({ target: '/ignored' })
  const between = await counts()
  expect([between.received - before.received, between.ignored - before.ignored]).toEqual([3, 3])
  const held = app.ask({ target: '/wait' })
  while (waiting.length === 0) await new Promise(setImmediate)
  await app.ask({ target: '/too-many' })
  const after = await counts()
  expect([after.received - between.received, after.dropped - between.dropped]).toEqual([2, 1])
  waiting[0]?.end()
  await held
})

it('T64 a session is read without being saved, loaded again or told to the client', async () => {
  const calls: string[] = []
  class Store extends session.MemoryStore {
    override get(...args: Parameters<session.MemoryStore['get']>): void {
      calls.push('get')
      super.get(...args)
    }
    override set(...args: Parameters<session.MemoryStore['set']>): void {
      calls.push('set')
      super.set(...args)
    }
    override touch(...args: Parameters<session.MemoryStore['touch']>): void {
      calls.push('touch')
      super.touch(...args)
    }
  }
  const [[, express] = []] = expresses
  app = await startGate({
    app: (toolbar) => {
      const shop = (express as NonNullable<typeof express>)()
      if (toolbar !== null) shop.use(toolbar)
      shop.use(session({ secret: 'x', resave: false, saveUninitialized: false, store: new Store() }))
      shop.get('/sets', (req, res) => {
        Object.assign(req.session, { cart: [1] })
        res.end('set')
      })
      shop.get('/reads', (req, res) => void res.end(JSON.stringify((req.session as { cart?: number[] }).cart ?? null)))
      return shop as unknown as RequestListener
    },
  })
  const visit = async (ask: GateApp['ask']) => {
    calls.length = 0
    const cookies: (string | undefined)[] = []
    const first = await ask({ target: '/sets' })
    const cookie = first.headers.find(([name]) => name.toLowerCase() === 'set-cookie')?.[1].split(';')[0] ?? ''
    for (const headers of [{ Cookie: cookie }, { Cookie: cookie }, {}] as Record<string, string>[]) {
      const answer = await ask({ target: '/reads', headers })
      cookies.push(answer.body, ...answer.headers.flatMap(([name, value]) => (name.toLowerCase() === 'set-cookie' ? [value] : [])))
    }
    return { calls: [...calls], cookies }
  }
  const bare = await visit(app.askBare)
  const ours = await visit(app.ask)
  expect(bare.calls.length).toBeGreaterThan(2)
  expect(ours).toEqual(bare)
  // it was read: the picture of it is there
  const { requests } = await app.api('requests')
  const id = requests.find(({ path: asked }) => asked === '/sets')?.id
  expect((await app.ask({ target: `/__debug__/api/requests/${id}/panels/request` })).body).toContain('cart')
})
