import { afterEach, describe, expect, it } from 'vitest'
import { lines, raw } from '../raw.ts'
import { appsOwn, canary, errorCode, expectInnocent, expectUntouched, type GateApp, type StartOptions, startGate } from './gate-app.ts'
import { type Ask, http1, http2Compat, secure, wires } from './wires.ts'

let app: GateApp
afterEach(() => app.close())

const start = async (options: StartOptions = {}): Promise<void> => {
  app = await startGate(options)
}
const list = '/__debug__/api/requests'
const port = (): number => (app.place as { port: number }).port

describe('T3 a Host is one well-formed name that no other site can own', () => {
  const refused = [
    'evil.example',
    'localhost@evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io',
    'evil.localhost.example',
    'localhost..',
    '.localhost',
    'a..localhost',
    'localhost:',
    'localhost:3000:1',
    'localhost:99999',
    'localhost/',
    'localhost, evil.example',
    'xlocalhost',
    '[::1',
    '[::z]',
    '[::1]x',
    '::1',
    '[::ffff:8.8.8.8]',
    '255.255.255.256',
    '127.1',
    '0x7f.1',
    '0177.0.0.1',
    '2130706433',
    '10.0.0.1',
    'a b',
    'l\u00f6calhost',
    '',
    'x'.repeat(300),
  ]
  const allowed = ['localhost', 'LOCALHOST:3000', 'localhost.:3000', 'a.b.localhost', '127.0.0.1:3000', '127.9.9.9', '[::1]:3000']

  it.each(wires)('by $name', async (wire) => {
    await start({ wire })
    for (const host of allowed) expect((await app.ask({ target: list, headers: { Host: host } })).status, host).toBe(200)
    for (const host of refused) {
      // what HTTP/2 itself does not send as an authority
      const answer = await app.ask({ target: list, headers: { Host: host } }).catch(() => null)
      if (wire === http2Compat && answer === null) continue
      // Node's own parser refuses some of them
      expect([400, 403], `${host}: ${answer?.body}`).toContain(answer?.status)
      expect(answer?.body, host).not.toContain(canary)
      if (answer?.status === 403) expect([errorCode(answer), host]).toEqual(['HOST_NOT_ALLOWED', host])
    }
  })

  it('two of them, in any order, or none in the old protocol', async () => {
    await start()
    for (const hosts of [
      ['localhost', 'evil.example'],
      ['evil.example', 'localhost'],
      ['localhost', 'localhost'],
    ]) {
      const answer = await raw(port(), lines('GET', list, { Host: hosts }))
      expect([400, 403], hosts.join()).toContain(answer.status)
      expect(answer.body).not.toContain(canary)
    }
    const old = await raw(port(), `GET ${list} HTTP/1.0\r\n\r\n`)
    expect([old.status, errorCode(old)]).toEqual([403, 'HOST_NOT_ALLOWED'])
  })

  it('names the host and the option that allows it, and a name that is allowed is exact', async () => {
    await start({ options: { allowedHosts: ['shop.test'] } })
    const answer = await app.ask({ target: list, headers: { Host: 'Other.test:3000' } })
    expect(answer.body).toContain("allowedHosts: ['other.test']")
    expect((await app.ask({ target: list, headers: { Host: 'SHOP.test:3000' } })).status).toBe(200)
    for (const host of ['a.shop.test', 'shop.test.evil.example', 'shop', 'xshop.test'])
      expect((await app.ask({ target: list, headers: { Host: host } })).status, host).toBe(403)
  })
})

describe('T4 over HTTP/2 the name is the authority', () => {
  it.each<[headers: Ask['headers'], status: number]>([
    [{ Host: 'evil.example' }, 403],
    [{ Host: 'localhost' }, 200],
    [{ Host: 'localhost', host: 'localhost' }, 200],
    [{ Host: 'localhost', host: 'evil.example' }, 403],
    [{ Host: 'evil.example', host: 'localhost' }, 403],
  ])('%j: %i', async (headers, status) => {
    await start({ wire: http2Compat })
    expect((await app.ask({ target: list, headers })).status).toBe(status)
  })
})

describe('T5 what a proxy says of the Host is not read', () => {
  it.each<[string, string]>([
    ['X-Forwarded-Host', 'localhost'],
    ['Forwarded', 'for=127.0.0.1;host=localhost'],
    ['X-Original-Host', 'localhost'],
  ])('%s: %s, in an app that trusts its proxy', async (name, value) => {
    const { default: express } = await import('express')
    await start({
      app: (toolbar) => {
        const shop = express()
        shop.set('trust proxy', true)
        if (toolbar !== null) shop.use(toolbar)
        return shop as never
      },
    })
    const answer = await app.ask({ target: list, headers: { Host: 'evil.example', [name]: value } })
    expect([answer.status, errorCode(answer)]).toEqual([403, 'HOST_NOT_ALLOWED'])
  })
})

describe('T7 every hop of a forwarded request has to be on this machine', () => {
  const refused: [name: string, value: string | string[]][] = [
    ['X-Forwarded-For', '8.8.8.8'],
    ['X-Forwarded-For', '127.0.0.1, 8.8.8.8'],
    ['X-Forwarded-For', '10.0.0.1, 127.0.0.1'],
    ['X-Forwarded-For', ['127.0.0.1', '8.8.8.8']],
    ['X-Forwarded-For', 'unknown'],
    ['X-Forwarded-For', ''],
    ['X-Forwarded-For', '127.0.0.1,'],
    ['X-Forwarded-For', `${'127.0.0.1,'.repeat(400)}127.0.0.1`],
    ['Forwarded', 'for="[2001:db8::1]"'],
    ['Forwarded', 'for=127.0.0.1, for=203.0.113.4'],
    ['Forwarded', 'for=127.0.0.1;for=203.0.113.4, for=203.0.113.4'],
    ['Forwarded', 'for=127.0.0.1;for=203.0.113.4'],
    ['Forwarded', 'for=203.0.113.4;for=127.0.0.1'],
    ['Forwarded', 'for=127.0.0.1; For = 203.0.113.4'],
    ['Forwarded', 'for="[::1"'],
    ['Forwarded', 'proto=https'],
    ['Forwarded', 'for=_hidden'],
    ['Forwarded', ''],
    ['X-Real-IP', '8.8.8.8'],
    ['X-Client-IP', '8.8.8.8'],
    ['CF-Connecting-IP', '8.8.8.8'],
    ['True-Client-IP', '8.8.8.8'],
    ['Fastly-Client-IP', '8.8.8.8'],
    ['X-Cluster-Client-IP', '8.8.8.8'],
    ['X-Forwarded-For', '8.8.8.8:1234'],
    ['X-Forwarded-For', '[2001:db8::1]:1234'],
    ['X-Forwarded-For', '127.0.0.1:'],
    ['X-Forwarded-For', '127.0.0.1:x'],
    ['X-Forwarded-For', 'localhost:1234'],
    ...[
      'X-Original-Forwarded-For',
      'X-Vercel-Forwarded-For',
      'X-Envoy-External-Address',
      'X-Azure-ClientIP',
      'X-Appengine-User-IP',
      'X-NF-Client-Connection-IP',
      'CF-Connecting-IPv6',
      'Fly-Client-IP',
      'DO-Connecting-IP',
    ].map((name): [string, string] => [name, '8.8.8.8']),
  ]
  const allowed: [name: string, value: string][] = [
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Forwarded-For', '::1, 127.0.0.1'],
    ['X-Real-IP', '::ffff:127.0.0.1'],
    ['X-Forwarded-For', '127.0.0.1:1234'],
    ['X-Forwarded-For', '[::1]:1234, 127.0.0.1'],
    ['X-Forwarded-For', '[::1]'],
    ['Fly-Client-IP', '127.0.0.1'],
    ['Forwarded', 'for=127.0.0.1;proto=http, for="[::1]:4711"'],
  ]
  it.each(wires)('by $name', async (wire) => {
    await start({ wire })
    for (const [name, value] of allowed) expect((await app.ask({ target: list, headers: { [name]: value } })).status, value).toBe(200)
    for (const [name, value] of refused) {
      // one header line each in HTTP/2, too
      await expectUntouched(app, { target: list, headers: { [name]: value } }, `${name}: ${value}`)
      await expectUntouched(app, { headers: { [name]: value, Accept: 'text/html', 'Sec-Fetch-Dest': 'document' } }, `${name}: ${value}`)
    }
  })
})

describe('T8 a tunnel that ends on this machine', () => {
  it('is refused by the name it is reached under, or by what it adds', async () => {
    await start()
    const visit = { Accept: 'text/html', 'Sec-Fetch-Dest': 'document' }
    for (const host of ['myapp.ngrok.app', 'abc.trycloudflare.com', 'x.loca.lt'])
      await expectUntouched(app, { headers: { Host: host, ...visit } }, host)
    await expectUntouched(app, { headers: { Host: 'localhost', 'X-Forwarded-For': '8.8.8.8', ...visit } }, 'a rewritten Host')
  })
})

describe('T13 addresses that a guard and a router might read in two ways', () => {
  const appAnswers = [
    '/__DEBUG__/api/requests',
    '//__debug__/api/requests',
    '/__debug__;x/api/requests',
    '/x/../__debug__/api/requests',
    '/%5f_debug__/api/requests',
    '/__debug__%2fapi/requests',
    '/__debug__\\api\\requests',
    '/__debug__#/api/requests',
    '/./__debug__/api/requests',
    '/__debug__x/api/requests',
    'http://evil.example/__debug__/api/requests',
    'http://localhost/__debug__/api/requests',
  ]
  const nothing = [
    '/__debug__/api/requests#x',
    '/__debug__/api/requests/',
    '/__debug__//api/requests',
    '/__debug__/API/requests',
    '/__debug__/api%2frequests',
    '/__debug__/api\\requests',
    '/__debug__/api/./requests',
    '/__debug__/api/x/../requests',
    '/__debug__/api/requests%00',
    '/__debug__/api/requests;x',
    '/__debug__/assets/..%2f..%2fpackage.json',
    '/__debug__/assets/%2e%2e/x',
    '/__debug__/assets/../toolbar.js',
    '/__debug__/assets/__proto__',
    '/__debug__/assets/constructor',
    '/__debug__/assets/',
    '/__debug__/assets',
    '/__debug__/assets/manifest.json',
    '/__debug__/assets/toolbar.js.map',
  ]
  it.each([http1, secure])('are nothing, or are the business of the app, by $name', async (wire) => {
    await start({ wire })
    for (const target of appAnswers) {
      const answer = await app.ask({ target })
      expect(answer.body, target).toContain(appsOwn)
      expect(answer.body, target).not.toContain(canary)
    }
    for (const target of nothing) {
      const answer = await app.ask({ target })
      expect(answer.status, target).toBe(404)
      expectInnocent(answer, target)
    }
    const star = await app.ask({ method: 'OPTIONS', target: '*' })
    expect(star.body).toContain(appsOwn)
    expect(app.handled()).toBe(nothing.filter((target) => /assets\/[^/]+$/.test(target)).length)
  })
})

it('T14 a certificate changes nothing', async () => {
  await start({ wire: secure })
  const refused = await app.ask({ target: list, headers: { Host: 'evil.example' } })
  expect([refused.status, errorCode(refused)]).toEqual([403, 'HOST_NOT_ALLOWED'])
  expect((await app.ask({ target: list, headers: { Host: 'localhost', Origin: 'https://localhost' } })).status).toBe(200)
})
