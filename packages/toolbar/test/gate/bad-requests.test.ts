import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import http2 from 'node:http2'
import { connect } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { exchange, lines } from '../raw.ts'
import { actionHeaders, appsOwn, errorCode, expectInnocent, type GateApp, headersOf, startGate } from './gate-app.ts'
import { type Ask, http1, http2Compat, wires } from './wires.ts'

let app: GateApp
afterEach(() => app.close())

interface Health {
  hooks: { name: string; failures: number; off: boolean }[]
}
/** A bad request is the client's mistake, never a failure of ours. */
const failures = async (): Promise<string[]> =>
  (await app.api<Health>('health')).hooks.filter((hook) => hook.failures > 0).map(({ name }) => name)

const target = (pattern: string, method = 'GET'): string =>
  (app.samples.find((sample) => sample.pattern === pattern && sample.method === method) as { target: string }).target

describe('addresses and parameters', () => {
  const cases: [id: string, path: string, status: number, code: string][] = [
    ['B31', 'requests/xyz', 404, 'NOT_FOUND'],
    ['B31', 'requests/..%2f..', 404, 'NOT_FOUND'],
    ['B31', `requests/${'x'.repeat(1_000)}`, 404, 'NOT_FOUND'],
    ['B31', 'requests/%00', 404, 'NOT_FOUND'],
    ['B31', 'requests/%F0%9F%92%A5', 404, 'NOT_FOUND'],
    ['B31', 'requests/__proto__', 404, 'NOT_FOUND'],
    ['B31', 'requests/constructor/entries', 404, 'NOT_FOUND'],
    ['B33', 'requests?limit=0', 400, 'BAD_PARAM'],
    ['B33', 'requests?limit=-1', 400, 'BAD_PARAM'],
    ['B33', 'requests?limit=1e9', 400, 'BAD_PARAM'],
    ['B33', 'requests?limit=abc', 400, 'BAD_PARAM'],
    ['B33', 'requests?limit=1.5', 400, 'BAD_PARAM'],
    ['B33', 'requests?limit=', 400, 'BAD_PARAM'],
    ['B33', 'requests?limit=1&limit=1', 400, 'BAD_PARAM'],
    ['B33', 'requests?q=a&q=b', 400, 'BAD_PARAM'],
    ['B33', 'requests?before=zzz', 400, 'BAD_PARAM'],
    ['B33', 'requests?nope=1', 400, 'BAD_PARAM'],
    ['B33', 'requests?__proto__=1', 400, 'BAD_PARAM'],
    ['B34', `requests?q=${'x'.repeat(10_000)}`, 400, 'BAD_PARAM'],
    ['B43', 'stream?x=1', 400, 'BAD_PARAM'],
  ]
  it.each(wires)('are refused in words, by $name', async (wire) => {
    app = await startGate({ wire })
    for (const [id, path, status, code] of cases) {
      const answer = await app.ask({ target: `/__debug__/api/${path}` })
      expect([id, path, answer.status, errorCode(answer)]).toEqual([id, path, status, code])
      expectInnocent(answer, path)
      expect(answer.body.length, 'says what is wrong, and does not repeat it all').toBeLessThan(700)
      expect(answer.body).not.toMatch(/\bat .*\.js:\d+/)
    }
    for (const sort of ['__proto__', 'constructor', 'toString'])
      expect((await app.ask({ target: `${target('api/requests/:id/panels/:panel')}?sort=${sort}` })).status, sort).toBe(400)
    expect(await failures()).toEqual([])
  })

  it('B34 a filter is text, never an expression', async () => {
    app = await startGate()
    for (const q of ['((((', '[a-', '(a+)+$', '\\', '*', '%00', '"'.repeat(50)])
      expect([200, 400], q).toContain((await app.ask({ target: `/__debug__/api/requests?q=${encodeURIComponent(q)}` })).status)
    expect(await failures()).toEqual([])
  })
})

const endless = { ...actionHeaders, 'Transfer-Encoding': 'chunked', Connection: 'keep-alive' }

/** Sends until the connection is closed at the other end; the status of what came before. */
async function sendEndlessly(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  const feed = setInterval(() => socket.writable && socket.write(`1000\r\n${'x'.repeat(4_096)}\r\n`), 5)
  const answer = await exchange(socket, lines('POST', '/__debug__/api/pair', endless))
  clearInterval(feed)
  expect(answer.closed).toBe(true)
  return answer.status
}

/** The same with one stream of a connection that stays. */
async function sendEndlesslyByHttp2({ port }: { port: number }): Promise<number> {
  const session = http2.connect(`http://localhost:${port}`, { createConnection: () => connect(port, '127.0.0.1') })
  const stream = session.request({ ':method': 'POST', ':path': '/__debug__/api/pair', ...actionHeaders }, { endStream: false })
  const feed = setInterval(() => stream.writable && stream.write('x'.repeat(4_096)), 5)
  const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
  stream.resume()
  await vi.waitFor(() => expect(stream.closed).toBe(true))
  clearInterval(feed)
  session.destroy()
  return Number(headers[':status'])
}

describe('bodies of actions', () => {
  const bodies: [id: string, body: string, status: number, code: string][] = [
    ['B35', '{', 400, 'BAD_JSON'],
    ['B35', 'x', 400, 'BAD_JSON'],
    ['B35', '\u00ef\u00bb\u00bf{}', 400, 'BAD_JSON'],
    ['B35', 'null', 400, 'BAD_JSON'],
    ['B35', '[]', 400, 'BAD_JSON'],
    ['B35', '"x"', 400, 'BAD_JSON'],
    ['B35', `{"code":${'['.repeat(8_000)}${']'.repeat(7_000)}`, 400, 'BAD_JSON'],
    ['B35', `${'['.repeat(8_000)}${']'.repeat(8_000)}`, 400, 'BAD_JSON'],
    ['B35', '{"__proto__":{"code":"x"}}', 400, 'UNKNOWN_FIELD'],
    ['B35', '{"code":5}', 400, 'BAD_BODY'],
    ['B35', '{"code":null}', 400, 'BAD_BODY'],
    ['B36', `"${'x'.repeat(20_000)}"`, 413, 'TOO_LARGE'],
    ['B37', '{"code":"x","sql":"drop table t"}', 400, 'UNKNOWN_FIELD'],
  ]
  it.each(wires)('are refused in words, by $name', async (wire) => {
    app = await startGate({ wire })
    for (const [id, body, status, code] of bodies) {
      const answer = await app.ask({ method: 'POST', target: '/__debug__/api/pair', headers: actionHeaders, body })
      expect([id, body.slice(0, 40), answer.status, errorCode(answer)]).toEqual([id, body.slice(0, 40), status, code])
    }
    for (const field of ['sql', 'file', 'path', 'cmd', 'url', 'params'])
      for (const pattern of ['explain', 'run']) {
        const address = target(`api/requests/:id/entries/:entry/${pattern}`, 'POST')
        const answer = await app.ask({ method: 'POST', target: address, headers: actionHeaders, body: `{"${field}":"x"}` })
        expect([field, answer.status, errorCode(answer)]).toEqual([field, 400, 'UNKNOWN_FIELD'])
      }
    expect(await failures()).toEqual([])
  })

  it('B36 a compressed one is not inflated', async () => {
    app = await startGate()
    const answer = await app.ask({
      method: 'POST',
      target: '/__debug__/api/pair',
      headers: { ...actionHeaders, 'Content-Encoding': 'gzip' },
      body: 'x',
    })
    expect([answer.status, errorCode(answer)]).toEqual([415, 'NOT_COMPRESSED'])
  })

  it.each([http1, http2Compat])('B36 one without an end is cut off, by $name', async (wire) => {
    app = await startGate({ wire })
    const answer = await app.ask({ method: 'POST', target: '/__debug__/api/pair', headers: actionHeaders, body: 'x'.repeat(300_000) })
    expect([answer.status, errorCode(answer)]).toEqual([413, 'TOO_LARGE'])
    const endless =
      wire === http1 ? sendEndlessly((app.place as { port: number }).port) : sendEndlesslyByHttp2(app.place as { port: number })
    expect(await endless).toBe(413)
  })

  it('B36 one that a middleware of the app has read says so, instead of waiting for it', async () => {
    app = await startGate({
      app: (toolbar) => (req, res) => {
        req.resume().on('end', () => setImmediate(() => (toolbar === null ? res.end(appsOwn) : toolbar(req, res, () => res.end(appsOwn)))))
      },
    })
    const answer = await app.ask({ method: 'POST', target: '/__debug__/api/pair', headers: actionHeaders, body: '{"code":"x"}' })
    expect([answer.status, errorCode(answer)]).toEqual([400, 'BODY_WAS_READ'])
  })

  it('a client that leaves in the middle is no failure of the toolbar', async () => {
    let tell = (_req: IncomingMessage): void => {}
    app = await startGate({
      app: (toolbar) => (req, res) => {
        if (toolbar === null) return void res.end(appsOwn)
        toolbar(req, res, () => res.end(appsOwn))
        tell(req)
      },
    })
    for (let turn = 0; turn < 12; turn++) {
      const arrived = new Promise<IncomingMessage>((resolve) => {
        tell = resolve
      })
      const socket = connect((app.place as { port: number }).port, '127.0.0.1')
      socket.write(lines('POST', '/__debug__/api/pair', { ...actionHeaders, 'Content-Length': '50' }, '{"co'))
      const req = await arrived
      socket.destroy()
      await new Promise((resolve) => req.once('close', resolve))
    }
    expect(await failures()).toEqual([])
    expect((await app.ask({ method: 'POST', target: '/__debug__/api/pair', headers: actionHeaders, body: '{"code":"x"}' })).status).toBe(
      401,
    )
  })

  it('B43 clearing takes no parameters and no fields, and says how many', async () => {
    app = await startGate()
    const clear = (more: Ask) => app.ask({ method: 'DELETE', target: '/__debug__/api/requests', headers: actionHeaders, ...more })
    expect((await clear({ target: '/__debug__/api/requests?all=1' })).status).toBe(400)
    expect(errorCode(await clear({ body: '{"all":true}' }))).toBe('UNKNOWN_FIELD')
    expect((await app.api('requests')).counts.cleared).toBe(0)
    const answer = await clear({ body: '{}' })
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { cleared: 1 }])
  })
})

describe('odd but harmless headers', () => {
  it('B46 B49 the answer is what it always is', async () => {
    app = await startGate()
    const json = await app.ask({
      target: '/__debug__/api/health',
      headers: { Accept: 'text/html', 'Accept-Encoding': 'zstd', Range: 'bytes=0-5' },
    })
    expect([json.status, headersOf(json).get('content-type'), headersOf(json).has('content-encoding')]).toEqual([
      200,
      'application/json; charset=utf-8',
      false,
    ])
    const asset = await app.ask({ target: target('assets/:file'), headers: { Range: 'bytes=0-5' } })
    expect([asset.status, headersOf(asset).get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
    expect(asset.body.length).toBeGreaterThan(50)
    for (const name of ['toolbar.0000.js', 'manifest.json', 'toolbar.js.map', ''])
      expect((await app.ask({ target: `/__debug__/assets/${name}` })).status, name).toBe(404)
  })

  it('B44 a stream starts anew whatever it is asked to go on from', async () => {
    app = await startGate()
    for (const id of ['garbage', '-1', 'x'.repeat(10_000)])
      expect((await app.ask({ method: 'HEAD', target: '/__debug__/api/stream', headers: { 'Last-Event-ID': id } })).status).toBe(200)
  })

  it('B45 a method in small letters, CONNECT and nonsense end without an answer of ours', async () => {
    app = await startGate()
    for (const method of ['get', 'CONNECT', 'BREW', 'GET\t']) {
      const answer = await exchange(connect((app.place as { port: number }).port, '127.0.0.1'), lines(method, '/__debug__/api/requests'))
      expect(Number.isNaN(answer.status) || answer.status === 400, `${method} ${answer.status}`).toBe(true)
    }
  })
})
