import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expresses } from '../express-app.ts'
import { sleep } from '../harness.ts'
import { type Case, type Middleware, type Variant, View, variants } from './case.ts'
import { sharedKey, talk } from './clients.ts'
import type { Exchange } from './wire.ts'

/** One side of the comparison: all apps behind one server for each protocol, with or without the toolbar. */
export interface Side {
  run(row: Case, variant: Variant): Promise<Outcome>
  close(): Promise<void>
}

export interface Outcome {
  exchange: Exchange
  lines: View['lines']
}

type Listener = (req: IncomingMessage, res: ServerResponse) => void

/** @param requestsOf what to send on this side */
export async function createSide(toolbar: Middleware, requestsOf: (row: Case) => Required<Case>['requests']): Promise<Side> {
  const apps = new Map<string, { listener: Listener; view: View }>()
  const dispatch: Listener = (req, res) => {
    const name = String(req.headers['x-case'])
    const app = apps.get(name)
    if (app === undefined) return void res.end('probe')
    watch(app.view, req, res)
    try {
      app.listener(req, res)
    } catch (error) {
      app.view.log('the app threw', error)
    }
  }
  const servers: Record<'http' | 'https' | 'http2', Server> = {
    http: http.createServer(dispatch),
    https: https.createServer(
      { ciphers: sharedKey.ciphers, maxVersion: sharedKey.maxVersion, pskCallback: () => sharedKey.key } as https.ServerOptions,
      dispatch,
    ),
    http2: http2.createServer(dispatch as never) as unknown as Server,
  }
  for (const server of Object.values(servers)) await listen(server)
  const serverOf = (variant: Variant): Server => servers[variant === 'https' || variant === 'http2' ? variant : 'http']
  let count = 0
  return {
    async run(row, variant) {
      const view = new View()
      const to = `${++count}`
      apps.set(to, { listener: build(row, variant, view, toolbar), view })
      let server = serverOf(variant)
      if (row.server !== undefined) {
        server = http.createServer(row.server.options ?? {}, dispatch)
        row.server.setup?.(server, view)
        await listen(server)
      }
      const { port } = server.address() as AddressInfo
      const exchange = await talk({ variant, port, to, view, requests: requestsOf(row), bytes: row.bytes, silentMs: row.silentMs })
      // what the app sees after its client has all: its responses close, and their events are over
      for (let turn = 0; view.open > 0 && turn < 100; turn++) await sleep(5)
      await nextTurn()
      await sleep(2)
      apps.delete(to)
      if (row.server !== undefined) await stop(server)
      return { exchange, lines: view.lines.slice() }
    },
    async close() {
      for (const server of Object.values(servers)) await stop(server)
    },
  }
}

const listen = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections?.()
  })
}

/** Listeners that a test adds are on both sides; `error` among them keeps the process alive on both. */
function watch(view: View, req: IncomingMessage, res: ServerResponse): void {
  const number = ++view.served
  view.open++
  for (const event of ['prefinish', 'finish', 'close', 'error', 'drain', 'pipe', 'unpipe'])
    res.on(event, (value) => view.log(number, 'res', event, ...(event === 'error' ? [value] : [])))
  for (const event of ['end', 'close', 'error', 'aborted'])
    req.on(event, (value) => view.log(number, 'req', event, ...(event === 'error' ? [value] : [])))
  res.on('close', () => view.open--)
}

function build(row: Case, variant: Variant, view: View, toolbar: Middleware): Listener {
  const handler = (req: IncomingMessage, res: ServerResponse): unknown => {
    const done = row.handler?.(req, res, view)
    if (done instanceof Promise) done.catch((error) => view.log('the handler failed', error))
    return undefined
  }
  const chain = [...(row.before?.(view) ?? []), toolbar, ...(row.after?.(view) ?? [])]
  const make = expresses.find(([version]) => version.toLowerCase() === variant)?.[1] ?? (row.express ? expresses[0]?.[1] : undefined)
  if (make === undefined) {
    return (req, res) => {
      const step = (index: number): unknown =>
        index === chain.length
          ? handler(req, res)
          : chain[index]?.(req, res, (error) => {
              if (error instanceof Error) res.writeHead(500).end(error.message)
              else step(index + 1)
            })
      step(0)
    }
  }
  const app = make()
  if (row.mounts !== true) for (const middleware of chain) app.use(middleware as never)
  if (row.express === undefined) app.use(handler as never)
  else row.express(app, view, make, toolbar)
  return app as unknown as Listener
}

/** Where a case runs, and where not and why. */
export function variantsOf(row: Case): { variant: Variant; skipped: string | null }[] {
  return variants.map((variant) => {
    const skipped =
      row.except?.[variant] ??
      (row.express !== undefined && variant === 'http' ? 'an Express app: runs as express 5 and 4' : undefined) ??
      (row.express !== undefined && variant === 'http2' ? 'Express has no HTTP/2' : undefined) ??
      (row.bytes !== undefined && variant === 'http2' ? 'bytes of HTTP/1.1' : undefined) ??
      (row.server !== undefined && variant !== 'http' ? 'a server of its own, of one protocol' : undefined) ??
      null
    return { variant, skipped }
  })
}
