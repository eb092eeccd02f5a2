import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { now } from '../core/clock.ts'
import { guard } from '../core/guard.ts'
import type { RequestRecord } from '../core/record.ts'
import { bindServing, type Serving, servingOf } from '../core/serving.ts'
import { fitPolicy } from './csp.ts'
import { changeBlock, changeHeaders, type HeaderChange, headerArgument, headerValue } from './headers.ts'
import { looksLikeDocument, mayInject, type Verdict, verdictSentences } from './inject.ts'
import { toServerTiming } from './server-timing.ts'

/**
 * What we do to a response: an id and Server-Timing on every one, one script at the end of a document. Four methods of the instance are
 * replaced by shared functions that find their state on the response; nothing is buffered, and every call returns what it returned.
 */

export interface ResponseSettings {
  csp: 'patch' | 'off'
  serverTiming: boolean
  /** path of the toolbar, with a slash at the end; below the mount path of the middleware */
  path: string
  /** file name of the entry chunk */
  entry: string
}

export interface ResponseState extends Serving {
  readonly req: IncomingMessage
  readonly settings: ResponseSettings
  /** where the middleware is mounted: later routers change `req.baseUrl` */
  readonly mount: string
  readonly onEnd: (res: ServerResponse, state: ResponseState) => void
  readonly onAnswered: (res: ServerResponse) => void
  writeHead: ServerResponse['writeHead']
  write: ServerResponse['write']
  end: ServerResponse['end']
  destroy: ServerResponse['destroy']
  /** the head was looked at */
  prepared: boolean
  verdict: Verdict | 'undecided'
  /** the header block is built, the decision waits for the first bytes */
  waiting: boolean
  snippet: Buffer | null
  chunks: number
  bytes: number
  destroyedByApp: boolean
  /** monotonic ms when the app had answered, -1 until then: what follows is the network's time */
  answeredMs: number
}

type Observed = ServerResponse

/** Only responses observed here have our methods. */
const stateOf = (res: Observed): ResponseState => servingOf(res) as ResponseState

/** Observes a response. `onEnd` is called once, when it is closed. */
export function observeResponse(
  req: IncomingMessage,
  res: ServerResponse,
  record: RequestRecord,
  settings: ResponseSettings,
  onAnswered: ResponseState['onAnswered'],
  onEnd: ResponseState['onEnd'],
): ResponseState {
  const state: ResponseState = {
    req,
    record,
    settings,
    mount: (req as { baseUrl?: string }).baseUrl ?? '',
    onEnd,
    onAnswered,
    writeHead: res.writeHead,
    write: res.write,
    end: res.end,
    destroy: res.destroy,
    prepared: false,
    verdict: 'undecided',
    waiting: false,
    snippet: null,
    chunks: 0,
    bytes: 0,
    ended: false,
    destroyedByApp: false,
    answeredMs: -1,
  }
  const observed = res as Observed
  bindServing(res, state)
  observed.writeHead = writeHead as ServerResponse['writeHead']
  observed.write = write as ServerResponse['write']
  observed.end = end as ServerResponse['end']
  observed.destroy = destroy as ServerResponse['destroy']
  observed.on('close', onClose)
  return state
}

function writeHead(this: Observed, ...args: unknown[]): unknown {
  const state = stateOf(this)
  const call = state.writeHead as (...rest: unknown[]) => unknown
  if (state.prepared || this.headersSent) return call.apply(this, args)
  return call.apply(this, prepareHead(this, state, args) ?? args)
}

function write(this: Observed, ...args: unknown[]): boolean {
  const state = stateOf(this)
  // HTTP/2's `end` writes by way of this method: counted already
  if (!state.ended) noteChunk(this, state, args[0], args[1])
  return (state.write as (...rest: unknown[]) => boolean).apply(this, args)
}

function end(this: Observed, ...args: unknown[]): unknown {
  const state = stateOf(this)
  const result = endOnce(this, state, args)
  if (state.answeredMs === -1) state.answeredMs = now()
  state.onAnswered(this)
  return result
}

function endOnce(res: Observed, state: ResponseState, args: unknown[]): unknown {
  const call = state.end as (...rest: unknown[]) => unknown
  if (state.ended) return call.apply(res, args)
  state.ended = true
  const chunk = typeof args[0] === 'function' ? undefined : args[0]
  if (chunk !== undefined && chunk !== null) noteChunk(res, state, chunk, args[1])
  if (!res.headersSent && !state.prepared) prepareHead(res, state, [res.statusCode])
  const snippet = state.snippet
  if (snippet === null || res.writableEnded || res.destroyed) return call.apply(res, args)
  if (chunk === undefined || chunk === null) return call.call(res, snippet, ...callbackOf(args))
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return call.apply(res, args)
  // Node counts the length of a lone chunk by itself: joined, it still can
  if (!res.headersSent && !res.hasHeader('content-length') && !res.hasHeader('transfer-encoding'))
    return call.call(res, joined(chunk, args[1], snippet), ...callbackOf(args))
  res.cork()
  ;(state.write as (...rest: unknown[]) => boolean).call(res, chunk, ...(typeof args[1] === 'string' ? [args[1]] : []))
  return call.call(res, snippet, ...callbackOf(args))
}

function destroy(this: Observed, ...args: unknown[]): unknown {
  const state = stateOf(this)
  state.destroyedByApp = true
  return (state.destroy as (...rest: unknown[]) => unknown).apply(this, args)
}

function onClose(this: Observed): void {
  const state = stateOf(this)
  state.onEnd(this, state)
}

function callbackOf(args: readonly unknown[]): unknown[] {
  const callback = args.find((arg) => typeof arg === 'function')
  return callback === undefined ? [] : [callback]
}

function joined(chunk: string | Uint8Array, encoding: unknown, snippet: Buffer): Buffer {
  return Buffer.concat([
    typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8') : chunk,
    snippet,
  ])
}

/** The first bytes may decide; all bytes are counted. */
const noteChunk = guard('response.chunk', (res: Observed, state: ResponseState, chunk: unknown, encoding: unknown): void => {
  const text = typeof chunk === 'string'
  if (!text && !(chunk instanceof Uint8Array)) return
  const length = text ? Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8') : chunk.byteLength
  if (length === 0) return
  state.bytes += length
  if (state.chunks++ > 0) return
  if (state.waiting) decideLate(res, state, chunk)
  else if (!state.prepared && !res.headersSent && state.verdict === 'undecided')
    state.verdict = looksLikeDocument(chunk) ? 'undecided' : 'no-document'
})

/** Called once, when the head is about to be built: decides, and changes the headers. */
const prepareHead = guard('response.head', (res: Observed, state: ResponseState, args: unknown[]): unknown[] | undefined => {
  const status = typeof args[0] === 'number' ? args[0] : res.statusCode
  if (status < 200) return undefined
  state.prepared = true
  const argument = headerArgument(args)
  const { facts } = state.record
  facts.status = status
  // Node fills in its own words only later, while it builds the head
  facts.statusMessage =
    typeof args[1] === 'string' ? args[1] : (state.req.httpVersionMajor < 2 && res.statusMessage) || (STATUS_CODES[status] ?? '')
  facts.contentType = headerValue(res, argument, 'content-type') ?? null
  if (status >= 300 && status < 400) facts.location = headerValue(res, argument, 'location') ?? null
  const verdict = mayInject(state.req, status, (name) => headerValue(res, argument, name), state.chunks > 0 ? state.verdict : null)
  const changes: HeaderChange[] = [['X-Debug-Toolbar-Id', state.record.id]]
  if (state.settings.serverTiming)
    changes.push(['Server-Timing', withOurs(headerValue(res, argument, 'server-timing'), toServerTiming(state.record))])
  if (verdict === 'ask-first-bytes') state.waiting = true
  else facts.notInjected = verdict === 'inject' ? null : verdictSentences[verdict]
  state.verdict = verdict
  if (verdict === 'inject') changes.push(...injectionChanges(res, state, (name) => headerValue(res, argument, name)))
  return changeHeaders(res, args, changes)
})

function withOurs(theirs: string | undefined, ours: string): string {
  return theirs === undefined ? ours : `${theirs}, ${ours}`
}

const validators = ['ETag', 'Last-Modified', 'Content-MD5', 'Digest', 'Repr-Digest', 'Content-Digest']

function injectionChanges(res: Observed, state: ResponseState, header: (name: string) => string | undefined): HeaderChange[] {
  const changes: HeaderChange[] = []
  const policy = header('content-security-policy')
  const path = state.mount + state.settings.path
  const fitted =
    policy === undefined
      ? { nonce: null, header: null }
      : fitPolicy(policy, `${state.req.headers.host ?? ''}${path}`, state.settings.csp === 'patch')
  if (fitted.header !== null) changes.push(['Content-Security-Policy', fitted.header])
  const snippet = Buffer.from(toSnippet(`${path}assets/${state.settings.entry}`, state.record.id, fitted.nonce), 'latin1')
  const length = header('content-length')
  if (length !== undefined) changes.push(['Content-Length', String(Number(length) + snippet.length)])
  // set by some frameworks instead of the header: the count Node itself keeps
  const counted = res as unknown as { _contentLength?: number | null }
  if (length === undefined && typeof counted._contentLength === 'number' && state.chunks === 0) counted._contentLength += snippet.length
  for (const name of validators) if (header(name.toLowerCase()) !== undefined) changes.push([name, null])
  changes.push(['Cache-Control', 'no-store'])
  state.snippet = snippet
  state.record.facts.injected = true
  return changes
}

/** The head was built by an explicit `writeHead` before any byte, and not sent yet: it can still be changed. */
function decideLate(res: Observed, state: ResponseState, chunk: string | Uint8Array): void {
  state.waiting = false
  const internals = res as unknown as { _header?: unknown; _headerSent?: boolean; _contentLength?: number | null }
  if (!looksLikeDocument(chunk) || typeof internals._header !== 'string' || internals._headerSent === true) {
    state.record.facts.notInjected = verdictSentences['no-document']
    return
  }
  const block = internals._header
  const lines = block.split('\r\n')
  const header = (name: string): string | undefined => {
    const line = lines.find((candidate) => candidate.toLowerCase().startsWith(`${name}:`))
    return line?.slice(name.length + 1).trim()
  }
  const changes = injectionChanges(res, state, header)
  internals._header = changeBlock(block, changes)
  if (header('content-length') !== undefined && typeof internals._contentLength === 'number')
    internals._contentLength += (state.snippet as Buffer).length
}

function toSnippet(url: string, id: string, nonce: string | null): string {
  return `<script type="module" async src="${url}#${id}" data-debug-toolbar="${id}"${nonce === null ? '' : ` nonce="${nonce}"`}></script>`
}
