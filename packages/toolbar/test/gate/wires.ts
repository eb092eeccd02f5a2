import http, { type RequestListener, type Server } from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import net from 'node:net'
import { networkInterfaces } from 'node:os'
import tls from 'node:tls'
import { requireAll } from '../../../../scripts/services.mjs'
import { exchange, lines } from '../raw.ts'
import { selfSigned } from './certificate.ts'

/** Where a server listens, as `net.connect` takes it. */
export type Place = { port: number; host: string } | { path: string }

export interface Ask {
  method?: string
  target?: string
  /** `Host` is sent as `:authority` over HTTP/2; a list is sent as that many lines */
  headers?: Record<string, string | string[]>
  body?: string
}

export interface Answer {
  status: number
  headers: [name: string, value: string][]
  body: string
}

/** A way in: the same request over another protocol. */
export interface Wire {
  name: string
  createServer(listener: RequestListener): Server
  ask(place: Place, request: Ask): Promise<Answer>
}

const certificate = selfSigned()

export const http1: Wire = {
  name: 'HTTP/1.1',
  createServer: (listener) => http.createServer(listener),
  ask: (place, request) => exchange(net.connect(place), toLines(request)),
}

export const secure: Wire = {
  name: 'HTTPS',
  createServer: (listener) => https.createServer(certificate, listener),
  ask: (place, request) => exchange(tls.connect({ ...place, rejectUnauthorized: false }), toLines(request)),
}

export const http2Compat: Wire = {
  name: 'HTTP/2',
  createServer: (listener) => http2.createServer(listener as unknown as Parameters<typeof http2.createServer>[1]) as unknown as Server,
  ask: askHttp2,
}

export const wires: readonly Wire[] = [http1, secure, http2Compat]

function toLines({ method = 'GET', target = '/', headers = {}, body = '' }: Ask): string {
  return lines(method, target, headers, body)
}

function askHttp2(place: Place, { method = 'GET', target = '/', headers = {}, body = '' }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = http2.connect('http://localhost', { createConnection: () => net.connect(place) })
    const { Host: authority = 'localhost', ...others } = headers
    const lower = Object.fromEntries(Object.entries(others).map(([name, value]) => [name.toLowerCase(), value]))
    const stream = session.request(
      { ':method': method, ':path': target, ':authority': String(authority), ...lower },
      { endStream: body === '' },
    )
    let answer: Answer = { status: 0, headers: [], body: '' }
    const parts: Buffer[] = []
    const done = (): void => {
      clearTimeout(timer)
      session.destroy()
      resolve({ ...answer, body: Buffer.concat(parts).toString('latin1') })
    }
    const timer = setTimeout(done, 2_000)
    stream.on('response', (received) => {
      const pairs = Object.entries(received).filter(([name]) => !name.startsWith(':'))
      answer = { status: Number(received[':status']), headers: pairs.map(([name, value]) => [name, String(value)]), body: '' }
    })
    stream.on('data', (chunk: Buffer) => parts.push(chunk))
    // whichever comes first: a body that is still being sent holds up the close
    stream.on('end', done)
    stream.on('close', done)
    stream.on('error', reject)
    session.on('error', reject)
    if (body !== '') stream.end(body)
  })
}

/** An address of this machine that others know it by; `null` where it has none: said in a line, and an error where skipping is not allowed. */
export const lanAddress: string | null =
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? null
if (lanAddress === null) {
  const line = 'this machine has no address beyond loopback: the tests of peers from elsewhere'
  if (requireAll()) throw new Error(`${line} cannot run, and skipping is not allowed here (CI=true or DEBUG_TOOLBAR_REQUIRE_ALL=1).`)
  console.warn(`${line} are skipped`)
}
