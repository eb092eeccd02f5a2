import { mkdtempSync, rmSync } from 'node:fs'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { debugToolbar, type RequestList, type Toolbar, type ToolbarOptions } from 'debug-toolbar'
import knex from 'knex'
import { expect } from 'vitest'
import { document, navigation, sleep } from '../harness.ts'
import { type Answer, type Ask, http1, type Place, type Wire } from './wires.ts'

/** in the one request that is recorded before each test: no refused answer may contain it */
export const canary = 'canary5e7d'

/** What the app itself says to everything but its page. */
export const appsOwn = "the app's own 404"

/** A route of the toolbar, with an address that fits it. */
export interface Sample {
  method: string
  pattern: string
  target: string
  action: boolean
  asset: boolean
  unpaired: boolean
}

export interface GateApp {
  wire: Wire
  place: Place
  /** the same app without the toolbar */
  bare: Place
  toolbar: Toolbar
  /** every route of the real table */
  samples: readonly Sample[]
  ask(request: Ask): Promise<Answer>
  askBare(request: Ask): Promise<Answer>
  /** what a client on this machine reads */
  api<Body = RequestList>(path: string): Promise<Body>
  /** answers that the routes have begun, refusals not among them */
  handled(): number
  close(): Promise<void>
}

interface Table {
  routes: { method: string; pattern: string; action: boolean; asset?: true; unpaired?: true; handle(call: unknown): unknown }[]
}

/** The table of the running toolbar: no public API, and what is in it is what is served. */
const table = (): Table => (globalThis as unknown as Record<symbol, Table>)[Symbol.for('debug-toolbar.runtime')] as Table

const page: RequestListener = (req, res) => {
  res.setHeader('Content-Type', 'text/html')
  res.statusCode = req.url === '/' ? 200 : 404
  res.end(document(req.url === '/' ? 'app' : appsOwn))
}

export interface StartOptions {
  wire?: Wire
  options?: ToolbarOptions
  /** default loopback; `socket` is a unix socket */
  host?: string | 'socket'
  /** what stands before the toolbar, or is the app */
  app?: (toolbar: Toolbar | null) => RequestListener
}

/** An app with the toolbar and the same one without, with one recorded request and its query. */
export async function startGate({ wire = http1, options = {}, host = '127.0.0.1', app }: StartOptions = {}): Promise<GateApp> {
  const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
  const toolbar = debugToolbar({ watch: { main: db }, ...options })
  const build = app ?? ((mounted) => (req, res) => (mounted === null ? page(req, res) : mounted(req, res, () => page(req, res))))
  const first: RequestListener = build(toolbar)
  const server = wire.createServer(first)
  const bareServer = wire.createServer(build(null))
  const folder = mkdtempSync(path.join(tmpdir(), 'gate-'))
  const place = await listen(server, host, path.join(folder, 'app'))
  const bare = await listen(bareServer, host, path.join(folder, 'bare'))

  // what the developer does: over a port of its own, so that it works whatever is refused at the other
  const local = http1.createServer((req, res) =>
    toolbar(req, res, () => void db.raw(`select '${canary}' as found`).then(() => page(req, res))),
  )
  const { port } = (await listen(local, '127.0.0.1', '')) as { port: number }
  const api = async <Body>(address: string): Promise<Body> =>
    (await fetch(`http://127.0.0.1:${port}${options.path ?? '/__debug__'}/api/${address}`)).json() as Promise<Body>
  await (await fetch(`http://127.0.0.1:${port}/${canary}?q=${canary}`, { headers: navigation })).arrayBuffer()
  let list = await api<RequestList>('requests')
  while (list.counts.running > 0) {
    await sleep(5)
    list = await api<RequestList>('requests')
  }
  const id = list.requests[0]?.id ?? ''
  const { entries } = await api<{ entries: { id: number }[] }>(`requests/${id}/entries?type=sql`)
  const html = await (await fetch(`http://127.0.0.1:${port}${options.path ?? '/__debug__'}/`)).text()

  let handled = 0
  const { routes } = table()
  for (const route of routes) {
    const { handle } = route
    route.handle = (call) => {
      handled++
      return handle(call)
    }
  }
  const fill: Record<string, string> = {
    ':id': id,
    ':entry': String(entries[0]?.id ?? 1),
    ':panel': 'sql',
    ':file': /assets\/([^#"]+)/.exec(html)?.[1] ?? '',
  }
  return {
    wire,
    place,
    bare,
    toolbar,
    samples: routes.map(({ method, pattern, action, asset, unpaired }) => ({
      method,
      pattern,
      action,
      asset: asset === true,
      unpaired: unpaired === true,
      target: `${options.path ?? '/__debug__'}/${pattern.replace(/:\w+/g, (name) => fill[name] ?? name)}`,
    })),
    ask: (request) => wire.ask(place, request),
    askBare: (request) => wire.ask(bare, request),
    api,
    handled: () => handled,
    async close() {
      toolbar.close()
      for (const one of [server, bareServer, local]) {
        one.closeAllConnections?.()
        await new Promise((resolve) => one.close(resolve))
      }
      await db.destroy()
      rmSync(folder, { recursive: true })
    },
  }
}

async function listen(server: Server, host: string, file: string): Promise<Place> {
  await new Promise<void>((resolve) => (host === 'socket' ? server.listen(file, resolve) : server.listen(0, host, resolve)))
  return host === 'socket' ? { path: file } : { port: (server.address() as AddressInfo).port, host: '127.0.0.1' }
}

/** What an action needs, so that nothing but the refusal in question can be the reason. */
export const actionHeaders = { 'Content-Type': 'application/json', 'X-Debug-Toolbar': '1' }

/** A request to a route that would be answered, were it not for these headers. */
export const toRoute = ({ method, target, action }: Sample, headers: Ask['headers'] = {}): Ask => ({
  method,
  target,
  headers: { ...(action ? actionHeaders : {}), ...headers },
  body: method === 'POST' ? '{}' : '',
})

export const headersOf = ({ headers }: Answer): Map<string, string> => new Map(headers.map(([name, value]) => [name.toLowerCase(), value]))

/** Nothing of what is recorded, no permission for anybody, no cookie, nothing for a cache. */
export function expectInnocent(answer: Answer, what: string): void {
  const headers = headersOf(answer)
  for (const name of headers.keys()) expect(name, what).not.toMatch(/^(?:access-control-.*|set-cookie|server-timing|x-debug-toolbar-id)$/)
  expect(headers.get('cache-control'), what).toBe('no-store')
  expect(answer.body, what).not.toContain(canary)
}

/** The same bytes as from the app without the toolbar, but for the clock. */
export async function expectUntouched(app: GateApp, request: Ask, what: string): Promise<void> {
  const [answer, own] = await Promise.all([app.ask(request), app.askBare(request)])
  expect(withoutClock(answer), what).toEqual(withoutClock(own))
  expect(own.status, what).toBeGreaterThan(0)
}

const withoutClock = (answer: Answer & { bytes?: string; closed?: boolean }) => ({
  ...answer,
  headers: answer.headers.filter(([name]) => name.toLowerCase() !== 'date'),
  bytes: answer.bytes?.replace(/^date: .*$/im, 'Date: now'),
})

export const errorCode = ({ body }: Answer): string | undefined => {
  try {
    return (JSON.parse(body) as { error?: { code?: string } }).error?.code
  } catch {
    return undefined
  }
}
