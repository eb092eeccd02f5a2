import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { lines } from '../raw.ts'
import { appsOwn, type GateApp, startGate } from './gate-app.ts'
import { http1, http2Compat, type Place, secure, type Wire } from './wires.ts'

let app: GateApp | null = null
const sockets: net.Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await app?.close()
  app = null
})

const start = async (wire: Wire = http1): Promise<GateApp> => {
  app = await startGate({ wire })
  return app
}

interface Opened {
  socket: net.Socket
  text(): string
  ended: Promise<void>
}

/** A stream over a plain socket; resolves with the first bytes of the answer. */
function open(place: Place, headers: Record<string, string> = {}): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(place)
    sockets.push(socket)
    let text = ''
    const ended = new Promise<void>((end) => socket.on('close', () => end()))
    socket.on('error', reject)
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      resolve({ socket, text: () => text, ended })
    })
    socket.write(lines('GET', '/__debug__/api/stream', { Connection: 'keep-alive', ...headers }))
  })
}

/** Node waits 5 s for a connection that is kept alive, and a stream is open for ever. */
const atOnceMs = 1_000

describe('T87 an open stream does not hold up the end', () => {
  it('server.close() calls back at once, and close is then what it was', async () => {
    const { toolbar } = await start()
    const server = http1.createServer((req, res) => toolbar(req, res, () => res.end(appsOwn)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const place = { port: (server.address() as net.AddressInfo).port, host: '127.0.0.1' }
    const streams = await Promise.all([open(place), open(place), open(place)])
    expect(Object.hasOwn(server, 'close')).toBe(true)
    const from = performance.now()
    await new Promise((resolve) => server.close(resolve))
    expect(performance.now() - from).toBeLessThan(atOnceMs)
    await Promise.all(streams.map(({ ended }) => ended))
    expect(Object.hasOwn(server, 'close')).toBe(false)
  })

  it('server.close() is not touched where no stream is open, and not for long where one was', async () => {
    const { toolbar } = await start()
    const server = http1.createServer((req, res) => toolbar(req, res, () => res.end(appsOwn)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const place = { port: (server.address() as net.AddressInfo).port, host: '127.0.0.1' }
    expect((await http1.ask(place, { target: '/' })).status).toBe(200)
    expect(Object.hasOwn(server, 'close')).toBe(false)
    const { socket } = await open(place)
    socket.destroy()
    await vi.waitFor(() => expect(Object.hasOwn(server, 'close')).toBe(false))
    await new Promise((resolve) => server.close(resolve))
  })

  it('a server that is on its way down opens no new one, and one that listens again does', async () => {
    const { toolbar } = await start()
    let release = (): void => {}
    let tell = (_socket: net.Socket): void => {}
    const arrived = new Promise<net.Socket>((resolve) => {
      tell = resolve
    })
    const server = http1.createServer((req, res) =>
      toolbar(req, res, () => {
        release = () => res.end(appsOwn)
        tell(req.socket)
      }),
    )
    const listen = () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await listen()
    const place = () => ({ port: (server.address() as net.AddressInfo).port, host: '127.0.0.1' })
    await open(place())
    // a request in flight keeps its connection, and asks for a stream behind it
    const busy = net.connect(place())
    sockets.push(busy)
    let text = ''
    busy.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    busy.write(lines('GET', '/', { Connection: 'keep-alive' }))
    const inHand = await arrived
    const closed = new Promise((resolve) => server.close(resolve))
    // behind the one in hand: it is read at once, and looked at when that is answered
    const read = once(inHand, 'data')
    busy.write(lines('GET', '/__debug__/api/stream', { Connection: 'keep-alive' }))
    await read
    release()
    await Promise.all([closed, once(busy, 'close')])
    expect(text).toMatch(/200 OK[\s\S]*503 Service Unavailable[\s\S]*CLOSING/)
    await listen()
    expect((await open(place())).text()).toContain('200 OK')
    const again = new Promise((resolve) => server.close(resolve))
    await again
  })

  it.each([secure, http2Compat])('nor by $name', async (wire) => {
    const { toolbar } = await start(wire)
    const server = wire.createServer((req, res) => toolbar(req, res, () => res.end(appsOwn)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const place = { port: (server.address() as net.AddressInfo).port, host: '127.0.0.1' }
    let ended: Promise<unknown>
    if (wire === http2Compat) {
      const session = http2.connect('http://localhost', { createConnection: () => net.connect(place) })
      const stream = session.request({ ':path': '/__debug__/api/stream', ':authority': 'localhost' })
      await once(stream, 'response')
      stream.resume()
      // the session is the client's to end, as it is without us
      ended = once(stream, 'end').then(() => session.close())
    } else {
      const { connect } = await import('node:tls')
      const socket = connect({ ...place, rejectUnauthorized: false }, () =>
        socket.write(lines('GET', '/__debug__/api/stream', { Connection: 'keep-alive' })),
      )
      await once(socket, 'data')
      ended = once(socket.resume(), 'close')
    }
    const from = performance.now()
    const closed = new Promise((resolve) => server.close(resolve))
    await Promise.all([closed, ended])
    expect(performance.now() - from).toBeLessThan(atOnceMs)
  })

  it("a process with the app's own graceful handler ends as without the toolbar", async () => {
    const run = async (mode: 'bare' | 'toolbar') => {
      const child = spawn(process.execPath, [fileURLToPath(new URL('graceful.mjs', import.meta.url)), mode], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const exited = once(child, 'exit')
      const [line] = (await once(child.stdout, 'data')) as [Buffer]
      if (mode === 'toolbar') await open({ port: Number(line.toString()), host: '127.0.0.1' })
      const from = performance.now()
      child.kill('SIGTERM')
      const [code, signal] = (await exited) as [number | null, string | null]
      return { code, signal, ms: performance.now() - from }
    }
    const [bare, toolbar] = await Promise.all([run('bare'), run('toolbar')])
    expect([toolbar.code, toolbar.signal]).toEqual([bare.code, bare.signal])
    expect(bare.code).toBe(0)
    expect(toolbar.ms).toBeLessThan(bare.ms + 500)
  })
})

describe('the connection of a stream', () => {
  /** Whether the connection holds up the end of the process. */
  const holdsUp = (socket: net.Socket): boolean => (socket as unknown as { _handle: { hasRef(): boolean } })._handle.hasRef()

  it('of HTTP/2 is let go with the first stream, and taken back with the last of them', async () => {
    const { toolbar } = await start()
    const server = http2.createServer((req, res) => toolbar(req as never, res as never, () => res.end(appsOwn)))
    const connected = once(server, 'connection') as Promise<[net.Socket]>
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = http2.connect(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}`)
    const [socket] = await connected
    expect(holdsUp(socket)).toBe(true)
    const ask = async () => {
      const stream = client.request({ ':path': '/__debug__/api/stream', ':authority': 'localhost' })
      await once(stream, 'data')
      return stream
    }
    const first = await ask()
    const second = await ask()
    expect(holdsUp(socket)).toBe(false)
    first.close()
    await once(first, 'close')
    // the server has handled it by the time that it answers the next one
    const third = client.request({ ':path': '/', ':authority': 'localhost' })
    await once(third.resume(), 'end')
    expect(holdsUp(socket)).toBe(false)
    second.close()
    await vi.waitFor(() => expect(holdsUp(socket)).toBe(true))
    client.close()
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('T86 streams are few, and those that do not read are let go', () => {
  it('of 500 connections eight get one and 492 are told when to come back; the app goes on', async () => {
    const { place, ask } = await start()
    const all: string[] = []
    const batch = 50
    for (let from = 0; from < 500; from += batch) {
      const opened = await Promise.all(Array.from({ length: batch }, () => open(place)))
      all.push(...opened.map(({ text }) => text()))
      if (from !== 250) continue
      const began = performance.now()
      expect((await ask({ target: '/' })).status).toBe(200)
      expect(performance.now() - began).toBeLessThan(500)
    }
    expect(all.filter((text) => text.startsWith('HTTP/1.1 200'))).toHaveLength(8)
    const refused = all.filter((text) => text.startsWith('HTTP/1.1 503'))
    expect(refused).toHaveLength(492)
    for (const text of refused) expect(text).toMatch(/Retry-After: 5\r\n/i)
  })

  it('one that does not read is cut off when a megabyte waits for it', async () => {
    const { toolbar } = await start()
    const server = http1.createServer((req, res) => toolbar(req, res, () => res.end()))
    const first = once(server, 'connection') as Promise<[net.Socket]>
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const place = { port: (server.address() as net.AddressInfo).port, host: '127.0.0.1' }
    const { socket } = await open(place)
    socket.pause().on('error', () => {})
    const [ours] = await first
    // telling takes a part of the time, and what the system holds on the way comes before what we hold
    const agent = new Agent({ keepAlive: true, maxSockets: 4 })
    const visit = () =>
      new Promise<void>((resolve, reject) => {
        request({ ...place, agent, path: `/${'x'.repeat(12_000)}` }, (answer) => answer.resume().on('end', resolve))
          .on('error', reject)
          .end()
      })
    for (const until = performance.now() + 12_000; performance.now() < until && !ours.destroyed; )
      await Promise.all(Array.from({ length: 20 }, visit))
    expect(ours.destroyed).toBe(true)
    agent.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
})
