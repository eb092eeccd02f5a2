import { readdirSync, readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Toolbar } from 'debug-toolbar'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { actionHeaders, errorCode, expectInnocent, type GateApp, headersOf, type StartOptions, startGate } from './gate-app.ts'
import { type Ask, wires } from './wires.ts'

let app: GateApp
afterEach(() => app.close())
const start = async (options: StartOptions = {}): Promise<void> => {
  app = await startGate(options)
}
const list = '/__debug__/api/requests'
const cleared = async (): Promise<number> => (await app.api('requests')).counts.cleared

describe('T15 a simple request, as any page can send one, changes nothing', () => {
  const forms: [type: string | null, status: number][] = [
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    [null, 415],
    ['application/json;x=text/plain', 415],
    ['text/plain; application/json', 415],
    ['application/jsonp', 415],
    ['application/json, text/plain', 415],
    ['', 415],
  ]
  it.each(wires)('by $name', async (wire) => {
    await start({ wire })
    for (const [type, status] of forms) {
      const headers: Record<string, string> = { 'X-Debug-Toolbar': '1', ...(type === null ? {} : { 'Content-Type': type }) }
      const answer = await app.ask({ method: 'DELETE', target: list, headers })
      expect([type, answer.status]).toEqual([type, status])
    }
    expect((await app.ask({ method: 'DELETE', target: list, headers: { 'Content-Type': 'application/json' } })).status).toBe(403)
    expect(await cleared()).toBe(0)
    // and it is not that nothing could
    for (const type of ['application/json', 'Application/JSON; charset=UTF-8'])
      expect((await app.ask({ method: 'DELETE', target: list, headers: { ...actionHeaders, 'Content-Type': type } })).status).toBe(200)
    expect(await cleared()).toBe(1)
  })
})

it('T12 T19 without any configuration nobody else is in: foreign pages by address, by name and with wildcards in their marks', async () => {
  await start()
  for (const headers of [
    { Host: '0.0.0.0:3000', Origin: 'http://evil.example' },
    { Host: 'localhost:3000', Origin: '*' },
    { Host: 'localhost:3000', Origin: 'http://*' },
    { Host: 'localhost:3000', Origin: '' },
    { Host: 'localhost:3000', Origin: 'http://localhost:3000.evil.example' },
    { Host: 'localhost:3000', Origin: 'http://evil.example#localhost:3000' },
    { Host: 'localhost:3000', Origin: ['http://localhost:3000', 'http://evil.example'] },
  ] as Ask['headers'][])
    for (const method of ['GET', 'DELETE'])
      expect((await app.ask({ method, target: list, headers: { ...actionHeaders, ...headers } })).status, JSON.stringify(headers)).toBe(403)
  expect(await cleared()).toBe(0)
})

describe("T16 T22 the app's own cors() gives nobody a permission", () => {
  /** what `cors({ origin: true, credentials: true })` does */
  const cors: express.RequestHandler = (req, res, next) => {
    res.setHeader('Access-Control-Allow-Origin', req.headers.origin ?? '*')
    res.setHeader('Access-Control-Allow-Credentials', 'true')
    res.setHeader('Access-Control-Expose-Headers', 'X-Debug-Toolbar-Id')
    res.setHeader('Set-Cookie', 'visitor=1')
    next()
  }
  const orders: [name: string, build: (toolbar: Toolbar | null) => RequestListener][] = [
    ['behind the toolbar', (toolbar) => express().use(...(toolbar === null ? [] : [toolbar]), cors) as unknown as RequestListener],
    ['before the toolbar', (toolbar) => express().use(cors, ...(toolbar === null ? [] : [toolbar])) as unknown as RequestListener],
  ]
  it.each(orders)('%s', async (_name, build) => {
    await start({ app: build })
    for (const origin of ['http://evil.example', 'null', 'http://localhost:5173', undefined])
      for (const method of ['GET', 'OPTIONS', 'DELETE'])
        for (const target of [
          list,
          '/__debug__/',
          '/__debug__/api/nothing',
          '/__debug__/assets/nothing.js',
          '/__debug__/api/requests?x=1',
        ]) {
          const answer = await app.ask({ method, target, headers: origin === undefined ? {} : { Origin: origin } })
          const names = [...headersOf(answer).keys()]
          expect(
            names.filter((name) => /^access-control-|^set-cookie$/.test(name)),
            `${method} ${target} ${origin}`,
          ).toEqual([])
        }
    // what is the app's keeps the app's headers
    expect(headersOf(await app.ask({ target: '/' })).get('access-control-allow-credentials')).toBe('true')
  })
})

it('T23 the overlay holds nothing of the app, and fails as a classic script', () => {
  const folder = fileURLToPath(new URL('../../dist/overlay', import.meta.url))
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'))
  expect(scripts.length).toBeGreaterThan(10)
  const root = path.resolve(fileURLToPath(new URL('../../../..', import.meta.url)))
  for (const name of scripts) {
    const text = readFileSync(path.join(folder, name), 'utf8')
    expect(text.includes(root), `${name} names a folder of this machine`).toBe(false)
    // the entry only imports; what it imports exports
    expect(/\bexport\b|import\(/.test(text), name).toBe(true)
    expect(/postMessage|addEventListener\(\s*[`'"]message[`'"]|onmessage=/.test(text) && !name.includes('Pairing'), `T26 ${name}`).toBe(
      false,
    )
  }
  return start()
})

it('T24 the stand-alone page cannot be framed, sniffed or scripted', async () => {
  await start()
  const headers = headersOf(await app.ask({ target: '/__debug__/' }))
  expect(Object.fromEntries([...headers].filter(([name]) => !['date', 'content-length', 'connection'].includes(name)))).toEqual({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
  })
})

it('T25 an EventSource of another site is refused, and nobody is ever upgraded', async () => {
  await start()
  const events = { Accept: 'text/event-stream', Origin: 'http://evil.example', 'Sec-Fetch-Site': 'cross-site' }
  const answer = await app.ask({ target: '/__debug__/api/stream', headers: events })
  expect([answer.status, (answer as { closed?: boolean }).closed]).toEqual([403, true])
  for (const target of [list, '/__debug__/api/stream', '/__debug__/']) {
    const upgrade = { Connection: 'close, Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'eHg=' }
    const asked = await app.ask({ method: target.includes('stream') ? 'HEAD' : 'GET', target, headers: upgrade })
    expect(asked.status, target).not.toBe(101)
  }
})

it('T27 who is refused cannot tell what there is from what there is not', async () => {
  await start()
  const known = (app.samples.find(({ pattern }) => pattern === 'api/requests/:id') as { target: string }).target
  for (const headers of [{ Host: 'evil.example' }, { Origin: 'http://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }] as Record<
    string,
    string
  >[]) {
    const [is, isNot] = await Promise.all(
      [known, `${list}/nope`].map(async (target) => ({ ...(await app.ask({ target, headers })), bytes: '', headers: [] })),
    )
    expect(is).toEqual(isNot)
    expect(errorCode(is as never)).toMatch(/NOT_ALLOWED|CROSS_SITE/)
  }
})

it('T28 T21 no route sets a cookie or takes a token from one, from the address or from a body', async () => {
  await start({ options: { allowedPeers: ['10.9.9.9'] } })
  const foreign = { 'X-Forwarded-For': '10.9.9.9' }
  for (const ask of [
    { target: `${list}?token=x`, headers: foreign },
    { target: list, headers: { ...foreign, Cookie: 'X-Debug-Toolbar-Token=x; token=x' } },
    { target: list, headers: { ...foreign, Authorization: 'Bearer x' } },
    { target: list, headers: { ...foreign, 'X-Debug-Toolbar-Token': ['x', 'y'] } },
    { target: list, headers: { ...foreign, 'X-Debug-Toolbar-Token': '' } },
    { target: list, headers: { ...foreign, 'X-Debug-Toolbar-Token': 'x'.repeat(10_000) } },
  ] as Ask[]) {
    const answer = await app.ask(ask)
    expect([answer.status, errorCode(answer)], JSON.stringify(ask).slice(0, 100)).toEqual([401, 'PAIRING_REQUIRED'])
    expectInnocent(answer, ask.target ?? '')
  }
})
