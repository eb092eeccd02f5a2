import { afterEach, describe, expect, it, vi } from 'vitest'
import { actionHeaders, canary, errorCode, expectInnocent, expectUntouched, type GateApp, startGate, toRoute } from './gate-app.ts'
import { type Ask, lanAddress, type Wire, wires } from './wires.ts'

let app: GateApp
afterEach(() => app.close())

/** a client beyond this machine, as a proxy on it would report */
const foreign = { 'X-Forwarded-For': '10.9.9.9' }

/** Starts with foreign clients allowed, and returns the code from the terminal. */
async function start(wire?: Wire): Promise<string> {
  let printed = ''
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
  app = await startGate({
    ...(wire === undefined ? {} : { wire }),
    options: {
      allowedPeers: ['10.9.9.9', ...(lanAddress === null ? [] : [lanAddress])],
      allowedHosts: lanAddress === null ? [] : [lanAddress],
    },
    host: '0.0.0.0',
  })
  write.mockRestore()
  return /pairing code (\S+)\./.exec(printed)?.[1] ?? ''
}

const pair = (code: unknown, headers: Ask['headers'] = foreign) =>
  app.ask({ method: 'POST', target: '/__debug__/api/pair', headers: { ...actionHeaders, ...headers }, body: JSON.stringify({ code }) })
const tokenOf = async (code: string): Promise<string> => (JSON.parse((await pair(code)).body) as { token: string }).token

describe.each(wires)('T9 T21 a client beyond this machine, $name', (wire) => {
  it('reads nothing and does nothing without a token, on every route but the page, the overlay and the pairing', async () => {
    const code = await start(wire)
    expect(code).toMatch(/^[0-9A-F]{5}-[0-9A-F]{5}$/)
    const before = app.handled()
    const kept = app.samples.filter(({ unpaired }) => !unpaired)
    expect(
      app.samples
        .filter(({ unpaired }) => unpaired)
        .map(({ pattern }) => pattern)
        .sort(),
    ).toEqual(['', 'api/pair', 'assets/:file'])
    for (const headers of [foreign, { ...foreign, 'X-Debug-Toolbar-Token': 'x'.repeat(32) }, { ...foreign, 'X-Debug-Toolbar-Token': code }])
      for (const sample of kept) {
        const answer = await app.ask(toRoute(sample, headers))
        expect([answer.status, errorCode(answer)], sample.target).toEqual([401, 'PAIRING_REQUIRED'])
        expectInnocent(answer, sample.target)
      }
    // T27: not even whether there is such a request
    const [is, isNot] = await Promise.all(
      ['latest', 'nope'].map((id) => app.ask({ target: `/__debug__/api/requests/${id}`, headers: foreign })),
    )
    expect(is?.body).toBe(isNot?.body)
    expect(app.handled()).toBe(before)
  })

  it('has everything with the token, which is in no page and no other answer', async () => {
    const code = await start(wire)
    const token = await tokenOf(code)
    expect(token).toMatch(/^[\w-]{32}$/)
    const headers = { ...foreign, 'X-Debug-Toolbar-Token': token }
    for (const sample of app.samples) {
      if (sample.pattern === 'api/stream' || sample.method === 'DELETE') continue
      const answer = await app.ask(toRoute(sample, headers))
      expect([200, 400, 409], `${sample.target} ${answer.body}`).toContain(answer.status)
      expect(answer.body.includes(token) || answer.body.includes(code), sample.target).toBe(false)
    }
    expect((await app.ask({ target: '/__debug__/api/requests', headers })).body).toContain(canary)
    const page = await app.ask({ headers: { ...headers, Accept: 'text/html', 'Sec-Fetch-Dest': 'document' } })
    expect(page.body).toContain('data-debug-toolbar')
    expect(page.body.includes(token) || page.body.includes(code)).toBe(false)
  })
})

describe('the code', () => {
  it('B50 may be typed as people type, by several browsers, until a restart; a token of another run is none', async () => {
    const code = await start()
    const tokens = [await tokenOf(code), await tokenOf(code.toLowerCase()), await tokenOf(` ${code.replace('-', ' ')} `)]
    expect(new Set(tokens).size).toBe(3)
    const list = (token: string) => app.ask({ target: '/__debug__/api/requests', headers: { ...foreign, 'X-Debug-Toolbar-Token': token } })
    for (const token of tokens) expect((await list(token)).status).toBe(200)
    await app.close()
    const next = await start()
    expect(next).not.toBe(code)
    for (const token of tokens) expect((await list(token)).status).toBe(401)
    expect((await pair(code)).status).toBe(401)
  })

  it('B50 locks after ten wrong ones, over all clients, for the right one too; who is paired stays so', async () => {
    const code = await start()
    const token = await tokenOf(code)
    for (let turn = 0; turn < 10; turn++) {
      const answer = await pair('00000-00000', turn % 2 === 0 ? foreign : {})
      expect([turn, answer.status, errorCode(answer)]).toEqual([turn, 401, 'WRONG_CODE'])
    }
    for (const again of ['00000-00000', code]) {
      const answer = await pair(again)
      expect([answer.status, errorCode(answer)]).toEqual([429, 'PAIRING_LOCKED'])
      expect(answer.body).toContain('restart')
    }
    expect((await app.ask({ target: '/__debug__/api/requests', headers: { ...foreign, 'X-Debug-Toolbar-Token': token } })).status).toBe(200)
  })

  it('what is no code is no try', async () => {
    const code = await start()
    for (let turn = 0; turn < 12; turn++) expect((await pair(turn)).status).toBe(400)
    expect((await pair(code)).status).toBe(200)
  })

  it('is no way in for somebody who is not allowed, or for another site', async () => {
    const code = await start()
    const body = JSON.stringify({ code })
    const stranger = { ...actionHeaders, 'X-Forwarded-For': '10.9.9.8' }
    await expectUntouched(app, { method: 'POST', target: '/__debug__/api/pair', headers: stranger, body }, 'a stranger')
    for (const headers of [{ Origin: 'http://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }, { Host: 'evil.example' }] as Record<
      string,
      string
    >[])
      expect((await pair(code, { ...foreign, ...headers })).status).toBe(403)
  })

  it('is right for nobody where nobody has to pair', async () => {
    app = await startGate()
    expect((await pair('00000-00000', {})).status).toBe(401)
  })
})

it.skipIf(lanAddress === null)(
  'T9 an address of the network is a peer like that: paired it reads, and its page has the script',
  async () => {
    const code = await start()
    ;(app.place as { host: string }).host = lanAddress as string
    const page = await app.ask({ headers: { Accept: 'text/html', 'Sec-Fetch-Dest': 'document' } })
    expect(page.body).toContain('data-debug-toolbar')
    expect((await app.ask({ target: '/__debug__/api/requests' })).status).toBe(401)
    const { token } = JSON.parse((await pair(code, {})).body) as { token: string }
    const headers = { 'X-Debug-Toolbar-Token': token }
    expect((await app.ask({ target: '/__debug__/api/requests', headers: { ...headers, Host: `${lanAddress}:3000` } })).status).toBe(200)
    // the gateway's own word for a third machine behind it
    expect(
      (await app.ask({ target: '/__debug__/api/requests', headers: { ...headers, 'X-Forwarded-For': '10.9.9.8' } })).body,
    ).not.toContain(canary)
  },
)
