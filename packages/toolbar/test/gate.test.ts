import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { document, type Running, serve } from './harness.ts'
import { lines, type RawAnswer, raw } from './raw.ts'

let app: Running
afterEach(() => app.close())

const start = async (options: Parameters<typeof serve>[0] = {}) => {
  app = await serve(
    options,
    (toolbar) => (req, res) =>
      toolbar(req, res, () => {
        res.setHeader('Content-Type', 'text/html')
        res.statusCode = req.url === '/' ? 200 : 404
        res.end(document(req.url === '/' ? 'app' : "the app's own 404"))
      }),
  )
  await app.get('/')
  const { id } = await app.latest('/')
  return { port: (app.server.address() as AddressInfo).port, id }
}

/** Every route of the table, with a path that works. */
const routes = (id: string): [method: string, path: string][] => [
  ['GET', '/__debug__/'],
  ['GET', '/__debug__/api/requests'],
  ['GET', '/__debug__/api/requests/latest'],
  ['GET', `/__debug__/api/requests/${id}`],
  ['GET', `/__debug__/api/requests/${id}/entries`],
  ['GET', `/__debug__/api/requests/${id}/panels/sql`],
  ['GET', '/__debug__/api/config'],
  ['GET', '/__debug__/api/health'],
  ['GET', '/__debug__/api/openapi.json'],
  ['GET', '/__debug__/api/stream'],
  ['DELETE', '/__debug__/api/requests'],
]

const innocent = (answer: RawAnswer): void => {
  for (const [name] of answer.headers) expect(name.toLowerCase()).not.toMatch(/^access-control-|^set-cookie$/)
  expect(answer.body).not.toContain('durationMs')
}

describe('a foreign Host', () => {
  const refused = [
    'evil.example',
    'localhost@evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io',
    'evil.localhost.example',
    '[::1',
    '[::z]',
    '255.255.255.256',
    '127.1',
    '0x7f.1',
    '2130706433',
    '',
    'localhost:99999',
    '10.0.0.1',
    'a b',
  ]
  it.each(refused)('%s reads nothing, on every route', async (host) => {
    const { port, id } = await start()
    for (const [method, path] of routes(id)) {
      const answer = await raw(port, lines(method, path, { Host: host, 'Content-Type': 'application/json', 'X-Debug-Toolbar': '1' }))
      expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400)
      innocent(answer)
    }
    expect((await app.api('requests')).counts.cleared).toBe(0)
  })

  it('gets the page of the app as if the toolbar were not there', async () => {
    const { port } = await start()
    const page = await raw(port, lines('GET', '/', { Host: 'evil.example', Accept: 'text/html', 'Sec-Fetch-Dest': 'document' }))
    expect(page.status).toBe(200)
    expect(page.body).toBe(document('app'))
    expect(page.headers.map(([name]) => name)).toEqual(['Content-Type', 'Date', 'Connection', 'Content-Length'])
  })

  it('says which option allows it', async () => {
    const { port } = await start()
    const { body } = await raw(port, lines('GET', '/__debug__/api/requests', { Host: 'shop.test:3000' }))
    expect(JSON.parse(body)).toMatchObject({
      error: { code: 'HOST_NOT_ALLOWED', message: expect.stringContaining("allowedHosts: ['shop.test']") },
    })
  })

  it.each([
    ['localhost', 'evil.example'],
    ['evil.example', 'localhost'],
  ])('beside another one is refused: %s, %s', async (...hosts) => {
    const { port } = await start()
    const answer = await raw(port, lines('GET', '/__debug__/api/requests', { Host: hosts }))
    expect(answer.status).toBeGreaterThanOrEqual(400)
    innocent(answer)
  })

  it.each(['localhost', 'LOCALHOST:3000', 'localhost.:3000', 'a.b.localhost', '127.0.0.1:3000', '127.9.9.9', '[::1]:3000'])(
    '%s is no foreign one',
    async (host) => {
      const { port } = await start()
      expect((await raw(port, lines('GET', '/__debug__/api/requests', { Host: host }))).status).toBe(200)
    },
  )

  it('is none when it is allowed by name', async () => {
    const { port } = await start({ allowedHosts: ['shop.test'] })
    expect((await raw(port, lines('GET', '/__debug__/api/requests', { Host: 'shop.test:3000' }))).status).toBe(200)
    expect((await raw(port, lines('GET', '/__debug__/api/requests', { Host: 'a.shop.test' }))).status).toBe(403)
  })

  it('is the one the client sent, whatever a proxy header says', async () => {
    const { port } = await start()
    for (const headers of [{ 'X-Forwarded-Host': 'localhost' }, { Forwarded: 'for=127.0.0.1;host=localhost' }] as Record<string, string>[])
      expect((await raw(port, lines('GET', '/__debug__/api/requests', { Host: 'evil.example', ...headers }))).status).toBe(403)
  })
})

describe('a forwarded client', () => {
  it.each([
    ['X-Forwarded-For', '8.8.8.8'],
    ['X-Forwarded-For', '127.0.0.1, 8.8.8.8'],
    ['X-Forwarded-For', '10.0.0.1, 127.0.0.1'],
    ['X-Forwarded-For', 'unknown'],
    ['X-Forwarded-For', 'x'.repeat(4_096)],
    ['Forwarded', 'for="[2001:db8::1]"'],
    ['Forwarded', 'proto=https'],
    ['X-Real-IP', '8.8.8.8'],
    ['CF-Connecting-IP', '8.8.8.8'],
  ])('%s: %s meets the app as if the toolbar were not there', async (name, value) => {
    const { port, id } = await start()
    for (const [method, path] of routes(id)) {
      const answer = await raw(port, lines(method, path, { [name]: value, 'Content-Type': 'application/json', 'X-Debug-Toolbar': '1' }))
      expect(answer.body, `${method} ${path}`).toBe(document("the app's own 404"))
      innocent(answer)
    }
    expect((await raw(port, lines('GET', '/', { [name]: value }))).headers.map(([header]) => header)).not.toContain('X-Debug-Toolbar-Id')
  })

  it('is the developer when every hop is loopback', async () => {
    const { port } = await start()
    for (const headers of [
      { 'X-Forwarded-For': '127.0.0.1' },
      { 'X-Forwarded-For': '::1, 127.0.0.1' },
      { Forwarded: 'for=127.0.0.1;proto=http, for="[::1]:4711"' },
    ] as Record<string, string>[])
      expect((await raw(port, lines('GET', '/__debug__/api/requests', headers))).status).toBe(200)
  })
})

describe('another site', () => {
  const marks: Record<string, string>[] = [
    { Origin: 'http://evil.example' },
    { Origin: 'null' },
    { Origin: 'http://localhost:5173' },
    { Origin: 'http://203.0.113.9' },
    { Origin: 'http://localhost@evil.example' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://localhost' },
  ]
  it.each(marks)('%j reads nothing and changes nothing', async (headers) => {
    const { port, id } = await start()
    for (const [method, path] of routes(id)) {
      const answer = await raw(port, lines(method, path, { ...headers, 'Content-Type': 'application/json', 'X-Debug-Toolbar': '1' }))
      expect(answer.status, `${method} ${path}`).toBe(403)
      innocent(answer)
    }
    expect((await app.api('requests')).counts.cleared).toBe(0)
  })

  it('may be this very host under any scheme, since development proxies speak https', async () => {
    const { port } = await start()
    for (const origin of ['http://localhost', 'https://localhost'])
      expect((await raw(port, lines('GET', '/__debug__/api/requests', { Origin: origin }))).status).toBe(200)
  })

  it('cannot load an answer as a script, a frame or an image', async () => {
    const { port } = await start()
    for (const destination of ['script', 'iframe', 'image', 'style', 'object'])
      expect(
        (await raw(port, lines('GET', '/__debug__/api/requests', { 'Sec-Fetch-Dest': destination, 'Sec-Fetch-Site': 'same-origin' })))
          .status,
      ).toBe(403)
  })

  it('cannot send an action: forms lack the type, simple requests the header', async () => {
    const { port } = await start()
    for (const [headers, status] of [
      [{ 'Content-Type': 'text/plain', 'X-Debug-Toolbar': '1' }, 415],
      [{ 'Content-Type': 'application/x-www-form-urlencoded', 'X-Debug-Toolbar': '1' }, 415],
      [{ 'Content-Type': 'application/json;x=text/plain', 'X-Debug-Toolbar': '1' }, 415],
      [{ 'X-Debug-Toolbar': '1' }, 415],
      [{ 'Content-Type': 'application/json' }, 403],
      [{ 'Content-Type': 'application/json', 'X-Requested-With': 'XMLHttpRequest' }, 403],
    ] as [Record<string, string>, number][]) {
      expect((await raw(port, lines('DELETE', '/__debug__/api/requests', headers))).status).toBe(status)
    }
    expect((await app.api('requests')).counts.cleared).toBe(0)
  })

  it('gets no permission from a preflight, whatever the app would say', async () => {
    const { port } = await start()
    const answer = await raw(
      port,
      lines('OPTIONS', '/__debug__/api/requests', { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'DELETE' }),
    )
    expect(answer.status).toBe(403)
    innocent(answer)
  })
})

describe('pairing', () => {
  it('takes the JSON body of an action only, and gives nothing where nobody is to pair', async () => {
    const { port } = await start()
    const action = { 'Content-Type': 'application/json', 'X-Debug-Toolbar': '1' }
    expect((await raw(port, lines('POST', '/__debug__/api/pair', action, '{"code":"x"}'))).status).toBe(401)
    expect((await raw(port, lines('POST', '/__debug__/api/pair', action, '{"code":"x","cmd":"y"}'))).status).toBe(400)
    expect((await raw(port, lines('POST', '/__debug__/api/pair', action, '{"code":'))).status).toBe(400)
    expect((await raw(port, lines('POST', '/__debug__/api/pair', { ...action, 'Content-Encoding': 'gzip' }, 'x'))).status).toBe(415)
    expect((await raw(port, lines('POST', '/__debug__/api/pair', action, `"${'x'.repeat(20_000)}"`))).status).toBe(413)
    expect((await raw(port, lines('POST', '/__debug__/api/pair', { 'X-Debug-Toolbar': '1' }, '{}'))).status).toBe(415)
  })
})

describe('odd addresses', () => {
  it.each(['/__DEBUG__/api/requests', '//__debug__/api/requests', '/__debug__;x/api/requests', '/x/../__debug__/api/requests'])(
    "%s is the app's to answer",
    async (target) => {
      const { port } = await start()
      expect((await raw(port, lines('GET', target))).body).toContain("the app's own 404")
    },
  )

  it.each([
    '/__debug__/assets/..%2f..%2fpackage.json',
    '/__debug__/assets/%2e%2e/x',
    '/__debug__/assets/__proto__',
    '/__debug__/assets/',
    '/__debug__/api/requests%00',
    '/__debug__/api/requests#x',
  ])('%s is nothing', async (target) => {
    const { port } = await start()
    const answer = await raw(port, lines('GET', target))
    expect(answer.status).toBe(404)
    innocent(answer)
  })
})
