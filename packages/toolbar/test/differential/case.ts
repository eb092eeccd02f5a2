import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import type { Express } from 'express'
import type { MakeExpress } from '../express-app.ts'
import type { Pair } from './wire.ts'

/** The same handler under each of these; what speaks which protocol is in `side.ts`. */
export const variants = ['http', 'https', 'http2', 'express 5', 'express 4'] as const
export type Variant = (typeof variants)[number]

export interface Request {
  method?: string
  target?: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer
}

export type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void
export type Handler = (req: IncomingMessage, res: ServerResponse, view: View) => unknown

/** One row: an app, what is sent to it, and where it cannot run. */
export interface Case {
  /** unique; begins with nothing special */
  name: string
  /** ids of the threats and ways to break an app that it stands for */
  rows: readonly string[]
  /** the app, below any framework */
  handler?: Handler
  /** or an Express app; the toolbar is its first middleware unless `mounts` says otherwise */
  express?: (app: Express, view: View, express: MakeExpress, toolbar: Middleware) => void
  /** the Express app mounts the toolbar itself */
  mounts?: true
  /** middlewares before and after the toolbar, made anew for each side */
  before?: (view: View) => Middleware[]
  after?: (view: View) => Middleware[]
  /** sent one after the other on one connection */
  requests?: readonly Request[]
  /** or these bytes at once, `CASE` standing for the line that names the case; HTTP/1.1 only */
  bytes?: { text: string; methods: readonly string[] }
  /** for apps that never answer: how long to wait until nothing more is expected */
  silentMs?: number
  /** a server of its own */
  server?: { options?: ServerOptions; setup?: (server: Server, view: View) => void }
  /** answers are Node's own, or the toolbar is not to be seen: no difference at all is allowed */
  untouched?: true
  /** `writeHead` before any byte: without fetch metadata there is nothing to decide by, until the first byte, where the head is still `held` */
  headFirst?: 'held' | 'sent'
  /** the app ends it behind the back of everybody who replaced `end` */
  bypass?: true
  /** the app never ends it, so nothing is appended; and how many bytes arrive is chance */
  cut?: true
  /** variants that it cannot run on, each with the reason */
  except?: Partial<Record<Variant, string>>
}

/** What the app of a case saw: a line for each call, event and error, and the index of the request that was the newest then. */
export type Line = { request: number } & ({ text: string } | { label: string; headers: Pair[] } | { label: string; length: number })

/** How the app of a case tells what it saw, and how it reaches its client. One for each case, variant and side. */
export class View {
  readonly lines: Line[] = []
  /** the client of the conversation */
  client: { pause(): void; resume(): void; destroy(): void } = { pause() {}, resume() {}, destroy() {} }
  /** responses that are not closed yet */
  open = 0
  served = 0
  private heard = ''
  private readonly waiting: { text: string; tell: (heard: boolean) => void }[] = []

  log(...parts: unknown[]): void {
    this.lines.push({ request: this.served - 1, text: parts.map(describe).join(' ') })
  }

  /** Headers as the app reads them back once the head is made. */
  headers(label: string, headers: Record<string, unknown>): void {
    this.lines.push({
      request: this.served - 1,
      label,
      headers: Object.entries(headers).map(([name, value]): Pair => [name, String(value)]),
    })
  }

  /** A length of a body that the app knows. */
  length(label: string, length: unknown): void {
    this.lines.push({ request: this.served - 1, label, length: Number(length) })
  }

  /** Calls and says what came of it: the value, or the error. */
  call(label: string, run: () => unknown): unknown {
    try {
      const value = run()
      this.log(label, '->', value)
      return value
    } catch (error) {
      this.log(label, 'threw', error)
      return error
    }
  }

  /** Whether the client gets these bytes before the app goes on; gives up after a while. */
  received(text: string): Promise<boolean> {
    if (this.heard.includes(text)) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), 1_500)
      this.waiting.push({
        text,
        tell: () => {
          clearTimeout(timer)
          resolve(true)
        },
      })
    })
  }

  /** The client got bytes. */
  hear(bytes: Buffer): void {
    this.heard = (this.heard + bytes.toString('latin1')).slice(-100_000)
    for (const { text, tell } of this.waiting) if (this.heard.includes(text)) tell(true)
  }
}

function describe(value: unknown): string {
  if (value instanceof Error) return `${value.name} ${(value as { code?: string }).code ?? ''} ${value.message}`
  if (typeof value === 'object' && value !== null) {
    if ('writeHead' in value) return 'the response'
    if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
    const plain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null
    return plain ? JSON.stringify(value) : `a ${value.constructor.name}`
  }
  return String(value)
}

export const html = '<!doctype html><html lang="en"><head><title>t</title></head><body><p>hello</p></body></html>'

/** What a browser sends when a person opens a page. */
export const browser = {
  Accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Site': 'none',
}

export const page: Request = { headers: browser }
/** A page asked for by a client without fetch metadata. */
export const plainPage: Request = { headers: { Accept: 'text/html' } }
/** What a script of a page asks for. */
export const fetched: Request = { headers: { Accept: '*/*', 'Sec-Fetch-Dest': 'empty', 'Sec-Fetch-Site': 'same-origin' } }

export const http1Only = { http2: 'HTTP/2 has no such thing' } as const
export const plainNodeOnly = {
  'express 5': 'nothing that a framework adds is involved',
  'express 4': 'nothing that a framework adds is involved',
} as const

/** HTTP/2 returns nothing from `setHeader`. */
export const typed = (res: ServerResponse): ServerResponse => {
  res.setHeader('Content-Type', 'text/html')
  return res
}

/** A case of a plain handler, by its name: asked for as a page, as a page without fetch metadata, and not as a page. */
export const toCase =
  (rows: readonly string[], more: Partial<Case> = {}) =>
  ([name, run]: readonly [string, (res: ServerResponse, view: View) => void]): Case => ({
    name,
    rows,
    requests: [page, plainPage, fetched],
    handler: (_req, res, view) => run(res, view),
    ...more,
  })
