import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http'
import { now } from '../core/clock.ts'
import { guard } from '../core/guard.ts'
import { setOwn } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import { bindServing, type Serving, servingOf } from '../core/serving.ts'
import { isCrowded, noteFirstBytes, openHead, takeBackHead, trimHead } from './head.ts'
import type { FirstBytes, Verdict } from './inject.ts'

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
  /** what our headers replaced, until the head is made */
  before: readonly (readonly [name: string, value: OutgoingHttpHeader | undefined])[] | null
  verdict: Verdict | 'undecided'
  firstBytes: FirstBytes | null
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
    scope: record.scope,
    settings,
    mount: (req as { baseUrl?: string }).baseUrl ?? '',
    onEnd,
    onAnswered,
    writeHead: res.writeHead,
    write: res.write,
    end: res.end,
    destroy: res.destroy,
    prepared: false,
    before: null,
    verdict: 'undecided',
    firstBytes: null,
    snippet: null,
    chunks: 0,
    bytes: 0,
    ended: false,
    destroyedByApp: false,
    answeredMs: -1,
  }
  bindServing(res, state)
  setOwn(res, 'writeHead', writeHead)
  setOwn(res, 'write', write)
  setOwn(res, 'end', end)
  setOwn(res, 'destroy', destroy)
  res.on('close', onClose)
  return state
}

function writeHead(this: Observed, ...args: unknown[]): unknown {
  const state = stateOf(this)
  const call = state.writeHead as (...rest: unknown[]) => unknown
  if (this.headersSent) return call.apply(this, args)
  try {
    const result = call.apply(this, state.prepared ? args : openHead(this, state, args))
    if (isCrowded(this)) trimHead(this, state)
    return result
  } catch (error) {
    takeBackHead(this, state)
    throw error
  }
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
  const { bytes, chunks } = state
  try {
    return endWithScript(res, state, args, call)
  } catch (error) {
    // the app made a mistake, and may end it again
    state.ended = res.writableEnded
    state.bytes = bytes
    state.chunks = chunks
    takeBackHead(res, state)
    throw error
  }
}

function endWithScript(res: Observed, state: ResponseState, args: unknown[], call: (...rest: unknown[]) => unknown): unknown {
  const chunk = typeof args[0] === 'function' ? undefined : args[0]
  if (chunk !== undefined && chunk !== null) noteChunk(res, state, chunk, args[1])
  if (!res.headersSent && !state.prepared) openHead(res, state, [res.statusCode])
  const snippet = state.snippet
  if (snippet === null || res.writableEnded || res.destroyed) return call.apply(res, args)
  if (chunk === undefined || chunk === null) return call.call(res, snippet, ...callbackOf(args))
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return call.apply(res, args)
  // Node counts the length of a lone chunk by itself: joined, it still can
  if (!res.headersSent && !res.hasHeader('content-length') && !res.hasHeader('transfer-encoding')) {
    if (chunk.length < maxCopied || !promiseLength(res, lengthOf(chunk, args[1]) + snippet.length))
      return call.call(res, joined(chunk, args[1], snippet), ...callbackOf(args))
  }
  res.cork()
  try {
    ;(state.write as (...rest: unknown[]) => boolean).call(res, chunk, ...(typeof args[1] === 'string' ? [args[1]] : []))
    return call.call(res, snippet, ...callbackOf(args))
  } catch (error) {
    res.uncork()
    throw error
  }
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

/** What follows the chunk: the callback, where the app gave it. Wrappers of others may read it there and nowhere else. */
function callbackOf(args: readonly unknown[]): unknown[] {
  if (typeof args[0] === 'function') return [args[0]]
  if (typeof args[1] === 'function') return [args[1]]
  return typeof args[2] === 'function' ? [undefined, args[2]] : []
}

/** A page above this is not copied to be joined with the script: it takes its time, and as much memory again. */
const maxCopied = 1024 * 1024

/** What Node itself does with a lone chunk, where its response has the place for it: HTTP/1 has. */
function promiseLength(res: Observed, length: number): boolean {
  const internals = res as unknown as { _contentLength?: number | null }
  if (internals._contentLength === undefined) return false
  internals._contentLength = length
  return true
}

function lengthOf(chunk: string | Uint8Array, encoding: unknown): number {
  if (typeof chunk !== 'string') return chunk.byteLength
  return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
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
  const length = lengthOf(chunk, encoding)
  if (length === 0) return
  state.bytes += length
  if (state.chunks++ === 0) noteFirstBytes(res, state, chunk, encoding)
})
