import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RequestList } from 'debug-toolbar'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serviceUrl } from '../../../../scripts/services.mjs'
import { navigation, sleep } from '../harness.ts'
import { crawl, listen, type Page } from './crawl.ts'
import { innocentKeys, secretKeys } from './keys.ts'

/** of letters and digits: looks like a secret in a path */
const run = `${randomBytes(5).toString('hex')}a1`
const secret = (surface: string) => `CANARY-${run}-${surface}-Z`
const planted: string[] = []
const innocent = (surface: string) => {
  planted.push(surface)
  return `INNOCENT-${run}-${surface}-Z`
}
const keyed = (surface: string): [string, string][] => [
  ...secretKeys.map((key, index): [string, string] => [key, secret(`${surface}${index}`)]),
  ...innocentKeys.map((key, index): [string, string] => [key, innocent(`${surface}.${index}`)]),
]

let app: ChildProcess | undefined
let url: string
let printed = ''
let pages: Page[]
let searches: { path: string; found: number; known: number }[]
const folder = mkdtempSync(join(tmpdir(), 'canary-'))

/** What a client can bring. */
async function visit(): Promise<string[]> {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const headers: Record<string, string> = {
    ...navigation,
    cookie: `sid=${secret('cookie')}; ${innocent('cookie')}=1; connect.sid=s%3A${secret('signed')}.c2lnbmF0dXJl; theme=${secret('cookie-any')}`,
    authorization: `Basic ${base64(`ada:${secret('basic')}`)}`,
    'proxy-authorization': `Bearer ${secret('proxy')}`,
    'x-api-key': secret('x-api-key'),
    'x-note': `${innocent('header')} token=${secret('header-text')}`,
    referer: `${url}/from?note=${innocent('referer')}&token=${secret('referer')}`,
    'user-agent': `${innocent('agent')} https://ada:${secret('agent')}@h/`,
  }
  const hidden = encodeURIComponent(`https://ada:${secret('encoded')}@h/?password=${secret('encoded2')}`)
  const get = (path: string, more: Record<string, string> = {}) =>
    fetch(url + path, { headers: { ...headers, ...more }, redirect: 'manual' })
  const post = (path: string, body: string | FormData, type?: string) =>
    fetch(url + path, {
      method: 'POST',
      body,
      headers: { ...headers, accept: '*/*', 'sec-fetch-dest': 'empty', ...(type && { 'content-type': type }) },
    })
  const form = new FormData()
  for (const [key, value] of keyed('multipart')) form.append(key, value)
  form.append('upload', new Blob([`pwd=${secret('file')}`]), `${innocent('filename')} token=${secret('filename')} .txt`)
  const json = JSON.stringify({
    ...Object.fromEntries(keyed('json')),
    __proto__: null,
    deep: { list: [{ name: 'password', value: secret('json-named') }] },
  })
  const answers = [
    await get(`/page?next=${hidden}&note=${innocent('url')}&${new URLSearchParams([...keyed('query')])}`),
    await get(`/reset/${secret('param')}`),
    await get('/away'),
    await get(`/landed?note=x&code=${secret('oauth')}`),
    await get(`/landed;jsessionid=${secret('matrix')}?note=${innocent('matrix')}`),
    await get(`/no-such-page;jsessionid=${secret('matrix2')}?note=x`),
    await get(`/landed?next=${encodeURIComponent(hidden)}`),
    await get('/error'),
    await get('/database-error'),
    await get('/data', { 'sec-fetch-dest': 'empty' }),
    await post('/json', json, 'application/json'),
    await post('/form', new URLSearchParams(keyed('form')).toString(), 'application/x-www-form-urlencoded'),
    await post('/form', `${innocent('text')} otp=${secret('text')}&pwd=${secret('text2')}`, 'text/plain'),
    await post('/upload', form),
  ]
  const documents = answers.filter((answer) => answer.headers.get('content-type')?.includes('html'))
  return Promise.all(documents.map((answer) => answer.text()))
}

/** How a secret may look on its way out: plain, and inside of other encodings at each of the places it can begin. */
const core = `CANARY-${run}`
const forms = [
  core,
  'CANARY-in-source',
  Buffer.from(core).toString('hex'),
  encodeURIComponent(core),
  ...[0, 1, 2].flatMap((shift) => {
    const text = Buffer.from('x'.repeat(shift) + core).toString('base64')
    const sure = text.slice(shift === 0 ? 0 : 4, -4)
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')]
  }),
]

/** The next message of the app, or what it said before it ended. */
function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`the app ended: ${printed}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as Answer)
    })
  })
}

beforeAll(async () => {
  const CANARY = JSON.stringify({ run, secretKeys, innocentKeys, postgres: serviceUrl('pg'), file: join(folder, 'canary.sqlite') })
  app = fork(fileURLToPath(new URL('app.mjs', import.meta.url)), [`--db-password=${secret('argv')}`], {
    env: { ...process.env, NODE_ENV: 'development', CANARY, STRIPE_SECRET_KEY: secret('env') },
    silent: true,
  })
  const note = (data: Buffer): void => {
    printed += data.toString()
  }
  app.stdout?.on('data', note)
  app.stderr?.on('data', note)
  url = (await answerOf<{ url: string }>(app)).url
  const base = `${url}/__debug__`
  const heard = await listen(base)
  const html = await visit()
  while (((await (await fetch(`${base}/api/requests`)).json()) as RequestList).counts.running > 0) await sleep(20)
  await sleep(50)
  searches = await search(base)
  pages = [
    // the nonce of the page is the page's own
    ...html.map((text, index) => ({
      address: `page ${index}`,
      text: text.slice(text.indexOf('<script type="module"')).replaceAll(secret('nonce'), ''),
    })),
    ...(await crawl(base, { explain: /password = '|"?password"? in/, run: /password. as .p|as token/ })),
  ]
  pages.push({ address: 'GET /api/stream', text: heard() }, { address: 'stdout and stderr', text: printed })
  app.send('planted')
  planted.push(...(await answerOf<{ planted: string[] }>(app)).planted)
}, 60_000)

afterAll(async () => {
  if (app?.connected) {
    const ended = once(app, 'exit')
    app.send('end')
    await ended
  }
  rmSync(folder, { recursive: true })
})

/** Whether a filter finds what it must not, and what it must. */
async function search(base: string): Promise<typeof searches> {
  const list = (await (await fetch(`${base}/api/requests?limit=1000`)).json()) as RequestList
  const count = async (path: string, q: string): Promise<number> => {
    const answer = (await (await fetch(`${base}/api/${path}${path.includes('?') ? '&' : '?'}q=${encodeURIComponent(q)}`)).json()) as object
    return Object.values(answer).reduce((sum: number, part) => sum + (Array.isArray(part) ? part.length : 0), 0)
  }
  const page = list.requests.find(({ path }) => path === '/page')?.id
  const paths = ['requests?limit=1000', ...['sql', 'logs', 'signals', 'templates'].map((panel) => `requests/${page}/panels/${panel}`)]
  return Promise.all(
    paths.map(async (path) => {
      const nothing = await count(path, 'nothing-at-all')
      return { path, found: (await count(path, core)) - nothing, known: (await count(path, `INNOCENT-${run}`)) - nothing }
    }),
  )
}

describe('secrets on every surface that is recorded (T58, T60-T62)', () => {
  it('come out nowhere, in no encoding', () => {
    const leaks = pages.flatMap(({ address, text }) =>
      forms.flatMap((form) => {
        const at = text.indexOf(form)
        return at === -1 ? [] : [`${address}: ${text.slice(Math.max(0, at - 120), at + 60).replaceAll(/\s+/g, ' ')}`]
      }),
    )
    expect(leaks).toEqual([])
  })

  it('and everything was looked at', () => {
    const addresses = pages.map(({ address }) => address)
    for (const kind of [
      /panels\/sql 200/,
      /entries\/\d+ 200/,
      /explain 200/,
      /run 200/,
      /outside\/panels/,
      /config 200/,
      /health 200/,
      /DELETE/,
    ])
      expect(addresses.filter((address) => kind.test(address)).length, String(kind)).toBeGreaterThan(0)
    expect(addresses.filter((address) => / 5\d\d$/.test(address))).toEqual([])
    expect(pages.find(({ address }) => address === 'GET /api/stream')?.text).toContain('"path":"/page"')
  })

  it('while what stands right beside them stays readable (T59)', () => {
    const seen = pages.map(({ text }) => text).join('\n')
    const missing = [...new Set(planted)].filter(
      (surface) => !seen.includes(`INNOCENT-${run}-${surface}-Z`) && !seen.includes(`innocent-${run}-${surface}-z`),
    )
    expect(missing).toEqual([])
    expect(new Set(planted).size).toBeGreaterThan(250)
  })

  it('are not found by a search either', () => {
    expect(searches.filter(({ found }) => found !== 0)).toEqual([])
    expect(searches.filter(({ known }) => known > 0).length).toBeGreaterThan(2)
  })
})
