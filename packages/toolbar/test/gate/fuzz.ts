import { connect } from 'node:net'
import { expect } from 'vitest'
import { exchange } from '../raw.ts'
import { type GateApp, startGate } from './gate-app.ts'

/** Numbers from a seed, the same every time: Mulberry32. */
function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const methods = ['GET', 'GET', 'GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PUT', 'TRACE', 'PROPFIND', 'get', '']
const hosts = ['localhost', '127.0.0.1', '[::1]', 'evil.example', 'localhost@evil', '', 'a b', '\u00ff', '[::', 'x'.repeat(400)]
const pieces = [
  '..',
  '%2e%2e',
  '%00',
  '%',
  '%zz',
  '\\',
  '//',
  '#',
  '?',
  '&',
  '=',
  ';',
  '__proto__',
  'constructor',
  '\u00e9',
  '{}',
  "'",
  '<script>',
  '0',
  '-1',
  '9'.repeat(30),
]
const names = [
  'Origin',
  'Sec-Fetch-Site',
  'Sec-Fetch-Dest',
  'X-Forwarded-For',
  'Forwarded',
  'Content-Type',
  'X-Debug-Toolbar',
  'Accept-Encoding',
]
names.push('X-Debug-Toolbar-Token', 'Range', 'Expect', 'Transfer-Encoding', 'Content-Length', 'Upgrade', 'Last-Event-ID', 'Host', 'Cookie')
const values = [
  'null',
  'http://localhost',
  'http://evil.example',
  'same-origin',
  'cross-site',
  'script',
  'document',
  '127.0.0.1',
  '8.8.8.8',
  'for=',
  '',
]
values.push(
  'application/json',
  '1',
  'gzip',
  'chunked',
  '5',
  '-1',
  '100-continue',
  'websocket',
  'x'.repeat(2_000),
  '\u0000',
  '\u00ff\u00fe',
  ',,,,',
  '"',
)
const bodies = [
  '',
  '{}',
  '{"code":"x"}',
  '{"analyze":true}',
  '[',
  '{"__proto__":1}',
  '\u0000\u00ff',
  'x'.repeat(20_000),
  `${'['.repeat(500)}`,
]

interface Target {
  method: string
  target: string
}

/** One request, from nearly right to no request at all. */
function mutate(random: (below: number) => number, targets: readonly Target[]): Buffer {
  const pick = <Item>(from: readonly Item[]): Item => from[random(from.length)] as Item
  if (random(15) === 0) return Buffer.from(Array.from({ length: 1 + random(300) }, () => random(256)))
  let { method, target } = pick(targets)
  for (let times = random(3); times > 0; times--) {
    const at = random(target.length + 1)
    target = target.slice(0, at) + pick(pieces) + target.slice(at + random(3))
  }
  if (random(3) === 0) target += `?${pick(['limit', 'q', 'before', 'sort', 'type', 'x'])}=${pick(pieces)}${pick(pieces)}`
  const wild = random(2) === 0
  const body = method === 'POST' || wild ? pick(bodies) : ''
  if (wild) method = pick(methods)
  const head = [`${method} ${target} HTTP/1.${wild && random(10) === 0 ? '0' : '1'}`, 'Connection: close']
  head.push(`Host: ${wild && random(3) === 0 ? pick(hosts) : 'localhost'}`)
  if (!wild || random(2) === 0) head.push('Content-Type: application/json', 'X-Debug-Toolbar: 1')
  if (body !== '' && random(4) > 0) head.push(`Content-Length: ${Buffer.byteLength(body, 'latin1')}`)
  for (let times = wild ? random(4) : 0; times > 0; times--) head.push(`${pick(names)}: ${pick(values)}`)
  const bytes = Buffer.from(`${head.join(wild && random(20) === 0 ? '\n' : '\r\n')}\r\n\r\n${body}`, 'latin1')
  for (let times = wild && random(4) === 0 ? random(6) : 0; times > 0; times--) bytes[random(bytes.length)] = random(256)
  return bytes
}

/**
 * Sends such requests to every route for a while. Nothing may crash, fail inside, or come back as an error of the server's; and the app
 * itself answers as without the toolbar, in between and at the end.
 * @returns how many were sent, and how many of them got an answer of which status
 */
export async function fuzz(seed: number, budgetMs: number): Promise<{ sent: number; statuses: Map<number, number> }> {
  const random = createRandom(seed)
  const app = await startGate({ options: { limits: { streams: 2 } } })
  const rejected: unknown[] = []
  const onRejected = (reason: unknown): void => void rejected.push(reason)
  process.on('unhandledRejection', onRejected)
  const statuses = new Map<number, number>()
  let sent = 0
  try {
    const others = ['/__debug__', '/__debug__/api/x', '/'].map((target) => ({ method: 'GET', target }))
    const targets = [...app.samples, ...others]
    for (const until = performance.now() + budgetMs; performance.now() < until; ) {
      if (sent % 320 === 0) await expectApp(app, seed)
      const batch = Array.from({ length: 16 }, () => mutate(random, targets))
      const answers = await Promise.all(batch.map((bytes) => ask(app, bytes)))
      for (const [index, status] of answers.entries()) {
        sent++
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        // a stream too many is the one answer of that kind that is meant
        if (status >= 500 && status !== 503)
          throw new Error(`seed ${seed}: ${status} for ${JSON.stringify(batch[index]?.toString('latin1'))}`)
      }
    }
    await expectApp(app, seed)
    const { hooks } = await app.api<{ hooks: { name: string; failures: number; lastError: string | null }[] }>('health')
    expect(
      hooks.filter(({ failures }) => failures > 0),
      `seed ${seed}`,
    ).toEqual([])
    expect(rejected, `seed ${seed}`).toEqual([])
    return { sent, statuses }
  } finally {
    process.off('unhandledRejection', onRejected)
    await app.close()
  }
}

async function expectApp(app: GateApp, seed: number): Promise<void> {
  const [own, bare] = await Promise.all([app.ask({ target: '/none' }), app.askBare({ target: '/none' })])
  expect([own.status, own.body], `seed ${seed}`).toEqual([bare.status, bare.body])
}

async function ask(app: GateApp, bytes: Buffer): Promise<number> {
  // what is half a request waits for the rest: that is no answer, and not waited for long
  const answer = await exchange(connect(app.place as { port: number }), bytes, 60).catch(() => null)
  return answer === null || Number.isNaN(answer.status) ? 0 : answer.status
}
