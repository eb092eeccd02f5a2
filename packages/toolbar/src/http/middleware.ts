import type { IncomingMessage, ServerResponse } from 'node:http'
import { now } from '../core/clock.ts'
import { context, enterFrame, type Frame } from '../core/context.ts'
import type { RequestFacts } from '../core/facts.ts'
import { guard } from '../core/guard.ts'
import { look } from '../core/look.ts'
import { type AnyFunction, hiddenMethod, putHidden, type Undo } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import type { Recorder } from '../core/recorder.ts'
import { servingOn } from '../core/serving.ts'
import { type Asked, httpSocketOf, readRequest } from './asked.ts'
import type { Gate } from './gate.ts'
import { hostOf } from './head.ts'
import { isNavigation } from './inject.ts'
import { OpenResponses } from './open-responses.ts'
import type { Reach } from './reach.ts'
import { observeResponse, observeResponses, type ResponseSettings, type ResponseState } from './response.ts'
import type { Route } from './routes.ts'
import { serve } from './serve.ts'

export type Next = (error?: unknown) => void
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: Next) => void

/** What a framework adds: called for each recorded request, before the app sees it, and when its response is closed. */
export interface FrameworkHooks {
  begin(req: IncomingMessage, res: ServerResponse, record: RequestRecord): void
  /** reads what only the framework knows; headers are sent by now */
  end(req: IncomingMessage, res: ServerResponse, record: RequestRecord): void
  /** the app answered: its handlers are done */
  answered(res: ServerResponse): void
}

export interface MiddlewareOptions {
  path: string
  gate: Gate
  /** what is served below the path; made when the gate first lets somebody in */
  routes: () => readonly Route[]
  recorder: Recorder
  reach: Reach
  response: ResponseSettings
  isIgnored: (asked: Asked) => boolean
  framework: FrameworkHooks
  /** takes the undo of each patch */
  keep: (undo: Undo) => void
  /** false after `close()` */
  isOpen: () => boolean
}

/** Requests that are counted, and not recorded: a toolbar that is mounted twice sees them twice. */
const counted = new WeakSet<IncomingMessage>()

/** The one middleware: plain `(req, res, next)`. Whatever fails in here, `next` is called once. */
export function createMiddleware(options: MiddlewareOptions): Middleware {
  const { recorder, reach } = options
  const { inFlight } = recorder.options.limits
  const open = new OpenResponses()
  options.keep(observeResponses(open))

  /** Stays, whatever fails elsewhere: it is where failures are shown. What it has read of a request that is to be recorded is handed on. */
  const answer = guard(
    'serve.request',
    (req: IncomingMessage, res: ServerResponse): 'answered' | 'refused' | 'nothing to do' | Asked => {
      if (!options.isOpen() || !isServerResponse(res)) return 'nothing to do'
      const asked = readRequest(req)
      if (servingOn(httpSocketOf(asked), res) !== undefined) return 'nothing to do'
      reach.look(asked)
      const rest = below(options.path, asked.url)
      if (rest === null) return asked
      recorder.settle()
      if (serve(options.routes, options.gate, req, res, rest)) return 'answered'
      reach.refused(asked)
      return 'refused'
    },
    false,
  )

  const enter = guard('middleware.enter', (asked: Asked, res: ServerResponse): RequestRecord | null => {
    const { req } = asked
    const refused = options.gate.sees(asked) !== null
    if (refused) reach.refused(asked)
    if (refused || asked.headers.upgrade !== undefined || options.isIgnored(asked)) {
      ignore(req)
      return null
    }
    // one before the room is used up: what has ended makes room in a later turn
    if (recorder.running.size >= inFlight - 1) open.closeEnded()
    if (recorder.running.size >= inFlight && counted.has(req)) return null
    const record = recorder.begin(toFacts(asked), recorder.expectsRedirect ? clientOf(asked) : '')
    if (record === null) {
      counted.add(req)
      return null
    }
    try {
      open.add(observeResponse(asked, res, record, options.response, options.framework.answered, onEnd))
    } catch (error) {
      recorder.abandon(record)
      throw error
    }
    if (hasBody(asked)) keepContext(req, record.rootFrame)
    options.framework.begin(req, res, record)
    return record
  })

  const ignore = (req: IncomingMessage): void => {
    if (counted.has(req)) return
    counted.add(req)
    recorder.ignore()
  }

  const onEnd = (res: ServerResponse, state: ResponseState): void => {
    open.remove(state)
    const { record } = state.scope
    if (record !== null && end(res, state, record) === undefined) recorder.abandon(record)
    if (!state.finished) open.closeCut(state)
  }

  const end = guard('middleware.end', (res: ServerResponse, state: ResponseState, record: RequestRecord): true => {
    const { asked } = state
    const { req } = asked
    options.framework.answered(res)
    const { facts } = record
    facts.bytes = state.bytes
    facts.streamed = state.chunks > 1
    const block = headerBlock(res)
    facts.responseHeaders = block
    if (block === null) facts.status = null
    else if (typeof block === 'string') facts.statusMessage = block.slice(statusMessageAt, block.indexOf('\r'))
    options.framework.end(req, res, record)
    // on HTTP/2 a stream that the client cancelled counts as written
    const finished =
      (state.finished || res.writableFinished) &&
      (asked.httpVersionMajor === 1 || (req as { stream?: { aborted?: boolean } }).stream?.aborted !== true)
    recorder.end(
      record,
      finished ? 'done' : state.destroyedByApp ? 'failed' : 'aborted',
      facts.location === null ? '' : clientOf(asked),
      finished && state.answeredMs !== -1 ? state.answeredMs : now(),
    )
    return true
  })

  return function debugToolbar(req, res, next) {
    const answered = answer(req, res)
    if (answered === 'answered' || (answered === undefined && res.headersSent)) return
    if (typeof answered !== 'object') {
      if (answered !== 'nothing to do') ignore(req)
      return next()
    }
    const { receivedCount } = recorder
    const record = enter(answered, res)
    if (record === undefined && recorder.receivedCount === receivedCount) recorder.drop()
    if (record === null || record === undefined) return next()
    const before = enterFrame(record.rootFrame)
    try {
      next()
    } finally {
      enterFrame(before)
    }
  }
}

/** Upgrades and test doubles come with less than a response. */
function isServerResponse(res: ServerResponse): boolean {
  return typeof res === 'object' && res !== null && typeof look(res, 'writeHead') === 'function' && typeof look(res, 'end') === 'function'
}

/** The part of a URL below the path, or `null`: `/__debug__/api/x?y` → `api/x?y`. Compared as sent, never decoded. */
function below(path: string, url: string): string | null {
  if (!url.startsWith(path)) return null
  const next = url.charCodeAt(path.length)
  // end of the path, ?, or /
  if (Number.isNaN(next)) return ''
  if (next === 63) return url.slice(path.length)
  return next === 47 ? url.slice(path.length + 1) : null
}

function toFacts(asked: Asked): RequestFacts {
  const { headers, socket } = asked
  const navigation = isNavigation(asked)
  const facts: RequestFacts = {
    method: asked.method ?? 'GET',
    url: asked.fullUrl,
    httpVersion: asked.httpVersion,
    remoteAddress: socket.remoteAddress ?? null,
    encrypted: (socket as { encrypted?: boolean }).encrypted === true,
    rawRequestHeaders: asked.rawHeaders,
    hidden: navigation ? hideFromApp(headers) : none,
    type: typeOf(headers, navigation),
    referrer: refererPath(headers.referer, headers),
    status: null,
    statusMessage: '',
    responseHeaders: null,
    contentType: null,
    bytes: 0,
    streamed: false,
    injected: false,
    notInjected: null,
    body: null,
    location: null,
    route: null,
    handler: null,
    params: null,
    query: undefined,
    queryParser: null,
    requestBody: undefined,
    session: undefined,
    user: undefined,
    files: undefined,
    redirectedFrom: null,
    redirectedTo: null,
    cpuUserMs: 0,
    cpuSystemMs: 0,
    loopUtilization: 0,
    loopDelayMs: 0,
    heapUsedBytes: 0,
    heapDeltaBytes: 0,
    concurrent: 0,
  }
  return facts
}

const none: readonly string[] = Object.freeze([])
const hiddenHeaders = ['accept-encoding', 'if-none-match', 'if-modified-since'] as const

/** On a navigation: without them the app sends the whole page, uncompressed, as a script can be appended to. */
function hideFromApp(headers: IncomingMessage['headers']): string[] {
  const hidden: string[] = []
  for (const name of hiddenHeaders) {
    if (headers[name] === undefined) continue
    hidden.push(name)
    delete headers[name]
  }
  return hidden
}

function typeOf(headers: Asked['headers'], navigation: boolean): RequestFacts['type'] {
  if (navigation) return 'document'
  const destination = headers['sec-fetch-dest']
  if (destination === 'document') return 'document'
  if (destination === 'empty' || headers['x-requested-with'] !== undefined) return 'fetch'
  return destination === undefined && /\bjson\b/.test(headers.accept ?? '') ? 'fetch' : 'other'
}

/** Path and query of a page of this host. */
function refererPath(referer: string | undefined, headers: Asked['headers']): string | null {
  if (referer === undefined) return null
  const host = hostOf(headers)
  if (host === '') return null
  const at = referer.indexOf(host)
  if (at === -1 || at > 8) return null
  return referer.slice(at + host.length) || '/'
}

function clientOf({ socket, headers }: Asked): string {
  return `${socket?.remoteAddress ?? ''} ${headers['user-agent'] ?? ''}`
}

function hasBody({ req, headers, httpVersionMajor }: Asked): boolean {
  // HTTP/2 says it with the head's own flag, and needs no length
  const stream = httpVersionMajor === 1 ? undefined : (req as { stream?: { endAfterHeaders?: boolean } }).stream
  if (stream !== undefined) return stream.endAfterHeaders !== true
  const length = headers['content-length']
  return (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined
}

/**
 * Body bytes that arrive later come from the socket, in no request's context: listeners of `data` and `end`, and all that starts there,
 * are brought back into it.
 */
function keepContext(req: IncomingMessage, frame: Frame): void {
  const inherits = req.emit === (Object.getPrototypeOf(req) as IncomingMessage).emit
  const { emit } = req
  const emitted = function (this: IncomingMessage, ...args: unknown[]): unknown {
    const call = (inherits ? (Object.getPrototypeOf(req) as IncomingMessage).emit : emit) as AnyFunction
    const current = context.getStore()
    if (current !== undefined && current.scope === frame.scope) return call.apply(this, args)
    enterFrame(frame)
    try {
      return call.apply(this, args)
    } finally {
      enterFrame(current)
    }
  }
  if (Object.isExtensible(req)) putHidden(req, 'emit', hiddenMethod(emitted), Object.hasOwn(req, 'emit'))
}

/** `HTTP/1.1 200 OK` */
const statusMessageAt = 13

/** HTTP/1 keeps the block as it was sent; HTTP/2 has pairs. */
function headerBlock(res: ServerResponse): string | readonly string[] | null {
  const block = look(res as unknown as { _header?: unknown }, '_header')
  if (typeof block === 'string') return block
  if (!res.headersSent) return null
  return Object.entries(res.getHeaders()).flatMap(([name, value]) =>
    Array.isArray(value) ? value.flatMap((item) => [name, item]) : [name, String(value)],
  )
}
