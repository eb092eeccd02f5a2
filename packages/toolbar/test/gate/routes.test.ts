import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  actionHeaders,
  canary,
  errorCode,
  expectInnocent,
  expectUntouched,
  type GateApp,
  headersOf,
  type Sample,
  startGate,
  toRoute,
} from './gate-app.ts'
import { type Ask, http2Compat, lanAddress, wires } from './wires.ts'

interface Refusal {
  name: string
  headers: Ask['headers']
  /** routes that it does not concern are answered */
  concerns?: (route: Sample) => boolean
  status: number
  code: string
  only?: 'HTTP/1' | 'HTTP/2'
}

const host = { status: 403, code: 'HOST_NOT_ALLOWED' }
const origin = { status: 403, code: 'ORIGIN_NOT_ALLOWED' }
const site = { status: 403, code: 'CROSS_SITE' }
const destination = { status: 403, code: 'WRONG_DESTINATION', concerns: (route: Sample) => !route.asset }
const action = (route: Sample): boolean => route.action

/** What is refused, on every route there is, whatever else of the request is right. */
const refusals: readonly Refusal[] = [
  { name: 'T1 a name that any site can bind to this machine', headers: { Host: 'evil.example:3000' }, ...host },
  {
    name: 'T2 rebinding with an Origin that equals the Host',
    headers: { Host: 'r.evil.example', Origin: 'http://r.evil.example' },
    ...host,
  },
  { name: 'T3 two Hosts, the local one first', headers: { Host: ['localhost', 'evil.example'] }, ...host, only: 'HTTP/1' },
  { name: 'T4 an :authority and another host', headers: { Host: 'localhost', host: 'evil.example' }, ...host, only: 'HTTP/2' },
  { name: 'T4 a foreign :authority and a local host', headers: { Host: 'evil.example', host: 'localhost' }, ...host, only: 'HTTP/2' },
  { name: 'T5 a local X-Forwarded-Host', headers: { Host: 'evil.example', 'X-Forwarded-Host': 'localhost' }, ...host },
  { name: 'T12 the address 0.0.0.0', headers: { Host: '0.0.0.0:3000' }, ...host },
  { name: 'T18 an opaque Origin', headers: { Origin: 'null' }, ...origin },
  { name: 'T20 another port of this host', headers: { Host: 'localhost:3000', Origin: 'http://localhost:5173' }, ...origin },
  { name: 'T20 an address as Origin', headers: { Host: 'localhost:3000', Origin: 'http://127.0.0.1:3000' }, ...origin },
  { name: 'T20 this host in an Origin with user information', headers: { Origin: 'http://localhost@evil.example' }, ...origin },
  { name: 'T20 an Origin that is no web page', headers: { Origin: 'chrome-extension://localhost' }, ...origin },
  { name: 'T20 same site, no Origin', headers: { 'Sec-Fetch-Site': 'same-site' }, ...site },
  { name: 'T25 another site', headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' }, ...site },
  { name: 'T25 marks that no browser sends', headers: { 'Sec-Fetch-Site': 'friend' }, ...site },
  { name: 'T15 a navigation to an action', headers: { 'Sec-Fetch-Site': 'none' }, ...site, concerns: action },
  { name: 'T15 the content type of a form', headers: { 'Content-Type': 'text/plain' }, status: 415, code: 'JSON_ONLY', concerns: action },
  {
    name: 'T17 the header of others',
    headers: { 'X-Debug-Toolbar': 'XMLHttpRequest' },
    status: 403,
    code: 'HEADER_MISSING',
    concerns: action,
  },
  { name: 'T23 loaded as a script', headers: { 'Sec-Fetch-Dest': 'script', 'Sec-Fetch-Site': 'same-origin' }, ...destination },
  { name: 'T24 loaded as a frame', headers: { 'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'same-origin' }, ...destination },
  { name: 'T23 loaded as an image', headers: { 'Sec-Fetch-Dest': 'image' }, ...destination },
]

/** Clients that must not know that there is a toolbar. */
const strangers: readonly { name: string; headers: Ask['headers'] }[] = [
  { name: 'T7 forwarded from elsewhere', headers: { 'X-Forwarded-For': '8.8.8.8' } },
  { name: 'T7 forwarded by something local from elsewhere', headers: { Forwarded: 'for=127.0.0.1, for="[2001:db8::1]"' } },
  { name: 'T8 a tunnel that rewrites the Host', headers: { Host: 'localhost', 'X-Real-IP': '203.0.113.7' } },
]

describe.each(wires)('every route, $name', (wire) => {
  let app: GateApp
  beforeAll(async () => {
    app = await startGate({ wire })
  })
  afterAll(() => app.close())

  it('T72 is answered, and kept by no cache, when nothing speaks against it, so that the refusals below are none by accident', async () => {
    expect(app.samples.length).toBeGreaterThan(14)
    for (const sample of app.samples) {
      const before = app.handled()
      // a stream has no end: HEAD has its headers
      const request = sample.pattern === 'api/stream' ? { ...toRoute(sample), method: 'HEAD' } : toRoute(sample)
      if (sample.method === 'DELETE') continue
      const answer = await app.ask(request)
      // an in-memory database cannot be asked again, and an empty object is no pairing code: the routes say so themselves
      expect([200, 400, 409], `${sample.target} ${answer.body}`).toContain(answer.status)
      expect(app.handled(), sample.target).toBe(before + 1)
      const headers = headersOf(answer)
      expect(headers.get('x-content-type-options'), sample.target).toBe('nosniff')
      expect(headers.get('cross-origin-resource-policy'), sample.target).toBe('same-origin')
      expect(headers.get('referrer-policy'), sample.target).toBe('no-referrer')
      expect(headers.get('cache-control'), `T72 ${sample.target}`).toMatch(
        sample.asset ? /^public, max-age=31536000, immutable$/ : /^no-store/,
      )
      for (const name of headers.keys()) expect(name, `T22 T28 ${sample.target}`).not.toMatch(/^access-control-|^set-cookie$/)
    }
  })

  for (const { name, headers, status, code, concerns = () => true, only } of refusals) {
    if (only !== undefined && (only === 'HTTP/2') !== (wire === http2Compat)) continue
    it(`refuses: ${name}`, async () => {
      const before = app.handled()
      const concerned = app.samples.filter(concerns)
      expect(concerned.length).toBeGreaterThan(2)
      for (const sample of concerned) {
        const answer = await app.ask(toRoute(sample, headers))
        expect([answer.status, errorCode(answer)], `${sample.method} ${sample.target}`).toEqual([status, code])
        expectInnocent(answer, sample.target)
      }
      expect(app.handled(), 'nothing was done').toBe(before)
    })
  }

  it.each(strangers)('is not there: $name', async ({ headers }) => {
    const before = app.handled()
    for (const sample of app.samples) await expectUntouched(app, toRoute(sample, headers), sample.target)
    await expectUntouched(app, { target: '/', headers: { ...headers, Accept: 'text/html', 'Sec-Fetch-Dest': 'document' } }, 'the page')
    expect(app.handled(), 'nothing was done').toBe(before)
  })

  it('T1 leaves the page of a foreign Host as it is', async () => {
    await expectUntouched(
      app,
      { target: '/', headers: { Host: 'evil.example', Accept: 'text/html', 'Sec-Fetch-Dest': 'document' } },
      'the page',
    )
  })

  it('T16 gives no permission to a preflight, and says what there is', async () => {
    for (const sample of app.samples) {
      const wanted = { 'Access-Control-Request-Method': sample.method, 'Access-Control-Request-Headers': 'x-debug-toolbar' }
      const foreign = await app.ask({ method: 'OPTIONS', target: sample.target, headers: { Origin: 'http://evil.example', ...wanted } })
      expect(foreign.status, sample.target).toBe(403)
      expectInnocent(foreign, sample.target)
      const own = await app.ask({ method: 'OPTIONS', target: sample.target })
      expect(own.status, sample.target).toBe(204)
      expect(headersOf(own).get('allow'), sample.target).toContain(sample.method)
      expectInnocent(own, sample.target)
    }
  })

  it('B45 takes its own methods only, and echoes nothing', async () => {
    const before = app.handled()
    for (const sample of app.samples) {
      const methods = app.samples.filter(({ target }) => target === sample.target).map(({ method }) => method)
      const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE'].filter((method) => !methods.includes(method))
      for (const method of others) {
        const answer = await app.ask({ method, target: sample.target, headers: { ...actionHeaders, 'X-Echo': canary } })
        expect(answer.status, `${method} ${sample.target}`).toBe(405)
        expect(headersOf(answer).get('allow')?.split(', ').sort(), `${method} ${sample.target}`).toEqual([...new Set(methods)].sort())
        expectInnocent(answer, `${method} ${sample.target}`)
      }
    }
    expect(app.handled()).toBe(before)
  })

  it('T15 has no other name for a method', async () => {
    const before = (await app.api('requests')).counts.cleared
    await app.ask({ method: 'GET', target: '/__debug__/api/requests?_method=DELETE', headers: actionHeaders })
    await app.ask({ target: '/__debug__/api/requests', headers: { ...actionHeaders, 'X-HTTP-Method-Override': 'DELETE' } })
    expect((await app.api('requests')).counts.cleared).toBe(before)
  })
})

describe.each(wires)('a client that is not on this machine, $name', (wire) => {
  it.skipIf(lanAddress === null)('T6 meets the app as if the toolbar was not mounted, on every route and on the page', async () => {
    const app = await startGate({ wire, host: '0.0.0.0' })
    try {
      for (const place of [app.place, app.bare]) (place as { host: string }).host = lanAddress as string
      for (const headers of [{}, { Host: 'localhost' }, { 'X-Forwarded-For': '127.0.0.1' }, { 'X-Debug-Toolbar-Token': 'x' }] as Record<
        string,
        string
      >[])
        for (const sample of app.samples) await expectUntouched(app, toRoute(sample, headers), sample.target)
      await expectUntouched(app, { headers: { Accept: 'text/html', 'Sec-Fetch-Dest': 'document' } }, 'the page')
      expect(app.handled()).toBe(0)
      const { counts } = await app.api('requests')
      expect([counts.stored, counts.ignored]).toEqual([1, app.samples.length * 4 + 1])
    } finally {
      await app.close()
    }
  })

  it('T10 nor is one of a unix socket, where there is no address to judge', async () => {
    const app = await startGate({ wire, host: 'socket' })
    try {
      for (const sample of app.samples) await expectUntouched(app, toRoute(sample), sample.target)
      await expectUntouched(app, { headers: { Accept: 'text/html', 'Sec-Fetch-Dest': 'document' } }, 'the page')
      expect(app.handled()).toBe(0)
    } finally {
      await app.close()
    }
  })
})
