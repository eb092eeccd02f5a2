import { EventEmitter } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { RequestList, RequestSummary } from 'debug-toolbar'
import knex from 'knex'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { document, navigation, type Running, serve, sleep } from './harness.ts'
import { checkSchema } from './schema.ts'

let app: Running
afterEach(() => app.close())

const start = async (options: Parameters<typeof serve>[0] = {}) => {
  app = await serve(
    options,
    (toolbar) => (req, res) =>
      toolbar(req, res, async () => {
        if (req.url === '/slow') await sleep(80)
        if (req.url === '/page') res.setHeader('Content-Type', 'text/html')
        if (req.url === '/hang') return
        if (req.url === '/destroy') return void res.destroy()
        res.end(req.url === '/page' ? document('hello') : 'ok')
      }),
  )
}

describe('the list', () => {
  it('is newest first, in pages whose cursors stay valid after eviction', async () => {
    await start({ store: (await import('debug-toolbar')).memoryStore({ maxRequests: 5 }) })
    for (let index = 0; index < 8; index++) await app.get(`/${index}`)
    await app.latest('/7')
    const first = await app.api('requests?limit=2')
    expect(first.requests.map(({ path }) => path)).toEqual(['/7', '/6'])
    expect(first.counts).toMatchObject({ received: 8, stored: 5, evicted: 3, running: 0 })
    for (const path of ['/8', '/9']) await app.get(path)
    await app.latest('/9')
    const second = await app.api(`requests?limit=2&before=${first.next}`)
    expect(second.requests.map(({ path }) => path)).toEqual(['/5'])
    expect(second.next).toBeNull()
  })

  it('shows a request from its first millisecond, while it runs', async () => {
    let release = (): void => {}
    app = await serve(
      {},
      (toolbar) => (req, res) =>
        toolbar(req, res, () => {
          release = () => res.end('ok')
        }),
    )
    const pending = app.get('/slow')
    await vi.waitFor(async () => {
      const [running] = (await app.api('requests')).requests
      expect(running).toMatchObject({ path: '/slow', state: 'running', status: null })
      expect(running?.durationMs).toBeGreaterThan(10)
    })
    release()
    await pending
    expect(await app.latest('/slow')).toMatchObject({ state: 'done', status: 200 })
  })

  it('takes the filter language', async () => {
    await start()
    await app.get('/page', navigation)
    await app.get('/other')
    await app.post('/other', {})
    await app.latest('/other')
    const paths = async (q: string) =>
      (await app.api(`requests?q=${encodeURIComponent(q)}`)).requests.map(({ method, path }) => `${method} ${path}`)
    expect(await paths('method:POST')).toEqual(['POST /other'])
    expect(await paths('type:document')).toEqual(['GET /page'])
    expect(await paths('-method:POST other')).toEqual(['GET /other'])
    expect(await paths('status:>=500')).toEqual([])
  })

  it('finds words in the SQL of a request', async () => {
    const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
    app = await serve(
      { watch: [db] },
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          await db.raw(req.url === '/a' ? 'select 1 as needle' : 'select 1 as hay')
          res.end()
        }),
    )
    await app.get('/a')
    await app.get('/b')
    await app.latest('/b')
    expect((await app.api('requests?q=needle')).requests.map(({ path }) => path)).toEqual(['/a'])
    await db.destroy()
  })

  it('accounts for every request', async () => {
    await start({ ignore: ['/health', /^\/metrics/, (req) => req.headers['x-skip'] !== undefined] })
    await app.get('/a')
    await app.get('/health')
    await app.get('/metrics/x')
    await app.get('/skip', { 'x-skip': '1' })
    await app.get('/style.css')
    await app.get('/favicon.ico')
    await app.latest('/a')
    const { counts } = await app.api('requests')
    expect(counts).toEqual({ received: 6, running: 0, stored: 1, evicted: 0, cleared: 0, dropped: 0, ignored: 5 })
  })

  it('survives an ignore rule that throws, and asks a pattern with a memory the same way twice', async () => {
    await start({
      ignore: [
        () => {
          throw new Error('rule')
        },
        /^\/healthy/g,
      ],
    })
    for (let turn = 0; turn < 12; turn++) await app.get('/healthy')
    await app.get('/a')
    await app.latest('/a')
    expect((await app.api('requests')).counts).toMatchObject({ stored: 1, ignored: 12 })
  })

  it('drops what is beyond the limit in flight, and says so', async () => {
    await start({ limits: { inFlight: 2 } })
    const hung = [1, 2, 3, 4].map(() => app.get('/slow'))
    await sleep(20)
    expect((await app.api('requests')).counts).toMatchObject({ running: 2, dropped: 2 })
    for (const answer of await Promise.all(hung)) expect(await answer.text()).toBe('ok')
  })
})

describe('states', () => {
  it('tells a client that left from an app that gave up', async () => {
    await start()
    await new Promise<void>((resolve) => {
      const request = httpRequest(`${app.url}/hang`, () => {})
      request.on('error', () => resolve())
      request.end()
      setTimeout(() => request.destroy(), 30)
    })
    expect(await app.latest('/hang')).toMatchObject({ state: 'aborted', status: null })
    await app.get('/destroy').catch(() => {})
    expect(await app.latest('/destroy')).toMatchObject({ state: 'failed', status: null })
  })

  it('counts work after the response as late, and publishes it', async () => {
    const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
    app = await serve(
      { watch: [db] },
      (toolbar) => (req, res) =>
        toolbar(req, res, () => {
          res.end('ok')
          setTimeout(() => void db.raw('select 1').then(() => {}), 40)
        }),
    )
    await app.get('/')
    await sleep(100)
    expect((await app.latest('/')).late).toBe(1)
    await db.destroy()
  })

  it('takes the time until the app answered, not what the process did afterwards', async () => {
    app = await serve(
      {},
      (toolbar) => (req, res) =>
        toolbar(req, res, () => {
          res.end('ok')
          const until = performance.now() + 120
          while (performance.now() < until);
        }),
    )
    await app.get('/')
    expect((await app.latest('/')).durationMs).toBeLessThan(80)
  })

  it('joins a relative redirect too', async () => {
    app = await serve(
      {},
      (toolbar) => (req, res) =>
        toolbar(req, res, () => {
          if (req.url === '/form/submit') res.writeHead(302, { Location: 'done' })
          res.end()
        }),
    )
    await app.get('/form/submit')
    await app.get('/form/done')
    expect((await app.latest('/form/done')).redirectedFrom).toBe((await app.latest('/form/submit')).id)
  })

  it('joins a redirect and its target', async () => {
    app = await serve(
      {},
      (toolbar) => (req, res) =>
        toolbar(req, res, () => {
          if (req.method === 'POST') res.writeHead(303, { Location: '/thanks?order=1' })
          res.end()
        }),
    )
    await app.post('/order', {})
    await app.get('/thanks?order=1')
    const target = await app.latest('/thanks')
    const source = await app.latest('/order')
    expect(target.redirectedFrom).toBe(source.id)
    expect(source.redirectedTo).toBe(target.id)
  })
})

describe('errors say what and how to fix', () => {
  const cases: [path: string, status: number, code: string, says: RegExp][] = [
    ['requests/nope', 404, 'NOT_FOUND', /evicted, cleared, or never was/],
    ['requests/%00%ff..', 404, 'NOT_FOUND', /no request/],
    ['requests/nope/entries', 404, 'NOT_FOUND', /no request/],
    ['requests/latest', 404, 'NO_REQUEST_YET', /newest document/],
    ['requests?before=zzz', 400, 'BAD_PARAM', /'next' of the page before/],
    ['requests?before=-1', 400, 'BAD_PARAM', /whole number/],
    ['requests?limit=0', 400, 'BAD_PARAM', /1 to 1000/],
    ['requests?limit=1&limit=2', 400, 'BAD_PARAM', /more than once/],
    ['requests?q=nope:1', 400, 'BAD_PARAM', /nope/],
    ['requests?limti=5', 400, 'BAD_PARAM', /no parameter 'limti' here. Parameters are: limit, before, q/],
    ['config?x=1', 400, 'BAD_PARAM', /takes none/],
    [`requests?q=${'x'.repeat(300)}`, 400, 'BAD_PARAM', /200/],
    ['nothing', 404, 'NO_SUCH_ROUTE', /openapi\.json/],
  ]
  it.each(cases)('%s', async (path, status, code, says) => {
    await start()
    const answer = await app.get(`/__debug__/api/${path}`)
    expect(answer.status).toBe(status)
    const body = (await answer.json()) as { error: { code: string; message: string } }
    expect(body.error.code).toBe(code)
    expect(body.error.message).toMatch(says)
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('names the panels where a panel is unknown, and the cursor where one is bad', async () => {
    await start()
    await app.get('/a')
    const { id } = await app.latest('/a')
    expect(await app.panel(id, 'sqll')).toMatchObject({
      error: { code: 'NO_SUCH_PANEL', message: expect.stringContaining('timeline, findings, sql') },
    })
    expect(await app.api(`requests/${id}/entries?after=x`)).toMatchObject({ error: { code: 'BAD_PARAM' } })
  })

  it('refuses wrong methods with what is allowed', async () => {
    await start()
    for (const method of ['PUT', 'PATCH', 'POST']) {
      const answer = await fetch(`${app.url}/__debug__/api/requests`, {
        method,
        headers: { 'content-type': 'application/json', 'x-debug-toolbar': '1' },
      })
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toContain('GET')
    }
  })
})

describe('the data of a panel', () => {
  it('is filtered, sorted and cut on request', async () => {
    const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
    app = await serve(
      { watch: { main: db } },
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          for (const rows of [2, 3, 1])
            await db.raw(`select value from json_each(?) as needle${rows}`, [
              JSON.stringify(Array.from({ length: rows }, (_, index) => index)),
            ])
          res.end()
        }),
    )
    await app.get('/')
    const { id } = await app.latest('/')
    const rows = async (search: string) =>
      (await app.api<{ columns: { rows: number[] } }>(`requests/${id}/panels/sql?${search}`)).columns.rows
    expect(await rows('')).toEqual([2, 3, 1])
    expect(await rows('sort=rows')).toEqual([1, 2, 3])
    expect(await rows('sort=-rows&limit=1')).toEqual([3])
    expect(await rows('from=1&limit=1')).toEqual([3])
    expect(await rows('q=rows:>1')).toEqual([2, 3])
    expect(await rows('q=-needle3')).toEqual([2, 1])
    const timeline = await app.api<{ rows: unknown[] }>(`requests/${id}/panels/timeline?q=type:sql`)
    expect(timeline.rows).toHaveLength(3)
    expect(await app.api(`requests/${id}/panels/sql?q=tabel:x`)).toMatchObject({
      error: { code: 'BAD_PARAM', message: expect.stringContaining('no field "tabel"') },
    })
    expect(await rows('q=is:similar')).toHaveLength(0)
    expect(await app.api(`requests/${id}/panels/sql?sort=nope`)).toMatchObject({
      error: { code: 'BAD_PARAM', message: expect.stringContaining('It sorts by start, time, rows, query') },
    })
    await db.destroy()
  })
})

describe('the description', () => {
  it('holds for every answer', async () => {
    const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
    app = await serve(
      { watch: { main: db } },
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          await db.raw('select 1 as one')
          res.setHeader('Content-Type', 'text/html')
          res.end(document('x'))
        }),
    )
    await app.get('/page', navigation)
    const { id } = await app.latest('/page')
    const description = await app.api<Description>('openapi.json')
    let checked = 0
    for (const [path, operations] of Object.entries(description.paths)) {
      const schema = operations.get?.responses['200'].content['application/json']?.schema
      if (schema === undefined || path.includes('assets') || path === '/') continue
      const answer = await app.api<unknown>(path.replace('/api/', '').replace('{id}', id).replace('{panel}', 'sql').replace('{entry}', '1'))
      expect(checkSchema(schema, answer, description.components.schemas), path).toEqual([])
      checked++
    }
    expect(checked).toBeGreaterThan(6)
    await db.destroy()
  })
})

interface Description {
  paths: Record<string, { get?: { responses: { 200: { content: Record<string, { schema: object } | undefined> } } } }>
  components: { schemas: Record<string, unknown> }
}

describe('the stream', () => {
  const listen = async (seen: string[]) => {
    const abort = new AbortController()
    const answer = await fetch(`${app.url}/__debug__/api/stream`, { signal: abort.signal })
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    void (async () => {
      for (;;) {
        const next = await reader?.read().catch(() => null)
        if (next == null || next.done) return
        seen.push(next.value)
      }
    })()
    return { answer, abort }
  }

  it('says hello, then each request on start and on end, then cleared', async () => {
    await start()
    const seen: string[] = []
    const { answer, abort } = await listen(seen)
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    expect(answer.headers.get('cache-control')).toContain('no-transform')
    await app.get('/a')
    await vi.waitFor(() => expect(seen.join('')).toContain('"state":"done"'))
    const cleared = await fetch(`${app.url}/__debug__/api/requests`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json', 'x-debug-toolbar': '1' },
    })
    expect(await cleared.json()).toEqual({ cleared: 1 })
    await sleep(30)
    const events = seen
      .join('')
      .split('\n\n')
      .filter(Boolean)
      .map((event) => ({
        name: /^event: (\w+)/.exec(event)?.[1],
        data: JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? 'null') as Partial<RequestSummary> & Partial<RequestList>,
      }))
    expect(events.map(({ name }) => name)).toEqual(['hello', 'request', 'request', 'cleared'])
    expect(events.map(({ data }) => data.state)).toEqual([undefined, 'running', 'done', undefined])
    expect((await app.api('requests')).counts.cleared).toBe(1)
    abort.abort()
  })

  it('says it again when work comes in late', async () => {
    const bus = new EventEmitter()
    app = await serve(
      { watch: [bus] },
      (toolbar) => (req, res) =>
        toolbar(req, res, () => {
          res.end('ok')
          setTimeout(() => bus.emit('late'), 40)
        }),
    )
    const seen: string[] = []
    const { abort } = await listen(seen)
    await app.get('/a')
    await vi.waitFor(() => expect(seen.join('')).toContain('"late":1'))
    abort.abort()
  })

  it('is open eight times at most', async () => {
    await start()
    const open = await Promise.all(Array.from({ length: 8 }, () => listen([])))
    const ninth = await app.get('/__debug__/api/stream')
    expect(ninth.status).toBe(503)
    expect(ninth.headers.get('retry-after')).toBe('5')
    expect(await ninth.json()).toMatchObject({ error: { code: 'TOO_MANY_STREAMS' } })
    for (const { abort } of open) abort.abort()
    await sleep(30)
    const again = await listen([])
    expect(again.answer.status).toBe(200)
    again.abort.abort()
  })
})

describe('the page', () => {
  it('stands alone, holds no data, and cannot be framed', async () => {
    await start()
    for (const path of ['/__debug__', '/__debug__/']) {
      const answer = await app.get(path, navigation)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('x-frame-options')).toBe('DENY')
      expect(answer.headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'")
    }
  })

  it('is readable in a terminal', async () => {
    await start()
    await app.get('/a')
    await app.latest('/a')
    const text = await new Promise<string>((resolve) => {
      httpRequest(`${app.url}/__debug__/api/requests`, (answer) => {
        let body = ''
        answer.on('data', (chunk) => {
          body += chunk
        })
        answer.on('end', () => resolve(body))
      }).end()
    })
    expect(text).toMatch(/^\{\n {2}"requests": \[\n/)
  })
})
