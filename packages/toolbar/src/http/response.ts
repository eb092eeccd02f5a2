import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import { now } from '../core/clock.ts'
import { guard } from '../core/guard.ts'
import { look } from '../core/look.ts'
import { type AnyFunction, hiddenMethod, type Undo } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import { bindServing, type Serving, servingOf } from '../core/serving.ts'
import { type Asked, httpSocketOf } from './asked.ts'
import { callbackOf, joined, lengthOf } from './chunks.ts'
import {
  breaksPromise,
  isHeadMade,
  noteFirstBytes,
  openHead,
  promiseLength,
  promiseScript,
  signHead,
  takeBackHead,
  withholdScript,
} from './head.ts'
import type { Verdict } from './inject.ts'
import {
  type Below,
  callBelow,
  callInherited,
  keepMethods,
  type MethodName,
  type OwnMethods,
  patchResponses,
  putMethods,
  putMethodsAgain,
} from './methods.ts'

/**
 * What we do to a response: an id and Server-Timing on every one, one script at the end of a document. Five methods are replaced by shared
 * functions that find the state of their response; nothing is buffered, and every call returns what it returned.
 * The end is heard in `emit`: a listener would count among the app's, and go with them.
 */

export interface ResponseSettings {
  csp: 'patch' | 'off'
  serverTiming: boolean
  /** path of the toolbar, with a slash at the end; below the mount path of the middleware */
  path: string
  /** file name of the entry chunk */
  entry: string
}

export interface ResponseState extends Serving, Below {
  readonly asked: Asked
  readonly settings: ResponseSettings
  /** where the middleware is mounted: later routers change `req.baseUrl` */
  readonly mount: string
  readonly onEnd: (res: ServerResponse, state: ResponseState) => void
  readonly onAnswered: (res: ServerResponse) => void
  /** the head was looked at */
  prepared: boolean
  /** what our headers replaced, until the head is made */
  before: readonly (readonly [name: string, value: OutgoingHttpHeader | undefined])[] | null
  verdict: Verdict | 'undecided'
  /** until the head is made, and where it waits for it */
  firstChunk: string | Uint8Array | null
  firstEncoding: unknown
  /** our headers, as lines for the head that is being made; `null` for none */
  signature: string | null
  snippet: Buffer | null
  /** the length that the app promised, where the script made it longer; else -1 */
  promised: number
  chunks: number
  bytes: number
  destroyedByApp: boolean
  /** Node said that all was sent */
  finished: boolean
  /** where it is among the open ones, -1 for nowhere */
  place: number
  /** monotonic ms when the app had answered, -1 until then: what follows is the network's time */
  answeredMs: number
}

type Observed = ServerResponse

/** Not there on an object that our methods were taken to; one that inherits from a response has the response's. */
const stateOf = (res: Observed): ResponseState | undefined =>
  (servingOf(res) ?? servingOf(Object.getPrototypeOf(res) as object)) as ResponseState | undefined

/** Observes a response. `onEnd` is called once, when it is closed. */
export function observeResponse(
  asked: Asked,
  res: ServerResponse,
  record: RequestRecord,
  settings: ResponseSettings,
  onAnswered: ResponseState['onAnswered'],
  onEnd: ResponseState['onEnd'],
): ResponseState {
  const state: ResponseState = {
    asked,
    res,
    scope: record.scope,
    settings,
    mount: look(asked.req as { baseUrl?: string }, 'baseUrl') ?? '',
    onEnd,
    onAnswered,
    writeHead: look(res, 'writeHead'),
    write: look(res, 'write'),
    end: look(res, 'end'),
    destroy: look(res, 'destroy'),
    emit: look(res, 'emit'),
    here: null,
    own: null,
    changed: null,
    prepared: false,
    before: null,
    verdict: 'undecided',
    firstChunk: null,
    firstEncoding: undefined,
    signature: null,
    snippet: null,
    promised: -1,
    chunks: 0,
    bytes: 0,
    ended: false,
    finished: false,
    text: null,
    framework: null,
    prototype: Object.getPrototypeOf(res) as object,
    refit,
    destroyedByApp: false,
    closed: false,
    place: -1,
    answeredMs: -1,
  }
  bindServing(state, httpSocketOf(asked))
  putMethods(state, methods)
  return state
}

type Observer = (res: Observed, state: ResponseState, args: unknown[]) => unknown

const observers: Readonly<Record<MethodName, Observer>> = { writeHead, write, end, destroy, emit }

/** Ours on Node's prototype, which every response has. */
const makeFront = (name: MethodName, original: AnyFunction): AnyFunction => {
  const observe = observers[name]
  return function front(this: Observed, ...args: unknown[]): unknown {
    const state = stateOf(this)
    if (state === undefined || state.here?.has(name) === true) return original.apply(this, args)
    return observe(this, state, args)
  }
}

/** Ours on a response itself. */
function makeOwn(name: MethodName): PropertyDescriptor {
  const observe = observers[name]
  return hiddenMethod(function front(this: Observed, ...args: unknown[]): unknown {
    const state = stateOf(this)
    return state === undefined ? callInherited(this, name, front, args) : observe(this, state, args)
  })
}

const methods: OwnMethods = {
  writeHead: makeOwn('writeHead'),
  write: makeOwn('write'),
  end: makeOwn('end'),
  destroy: makeOwn('destroy'),
  emit: makeOwn('emit'),
}

const refit = guard('response.refit', (serving: Serving): void => {
  const state = serving as ResponseState
  state.prototype = Object.getPrototypeOf(state.res) as object
  putMethodsAgain(state, methods)
})

/** Observes what is done to Node's responses. `open` are those that are observed. @returns undo, which leaves the open ones observed */
export function observeResponses(open: Iterable<ResponseState>): Undo {
  const undo = patchResponses(makeFront)
  return () => {
    for (const state of open) keepMethods(state, methods)
    undo()
  }
}

function writeHead(res: Observed, state: ResponseState, args: unknown[]): unknown {
  // one that is late fails in Node's own, and there is nothing to take back
  if (!state.prepared && isHeadMade(res)) return callBelow(res, state, 'writeHead', args)
  try {
    const result = callBelow(res, state, 'writeHead', state.prepared ? args : openHead(res, state, args))
    signHead(res, state)
    if (state.promised !== -1) withholdScript(res, state)
    return result
  } catch (error) {
    takeBackHead(res, state)
    throw error
  }
}

function write(res: Observed, state: ResponseState, args: unknown[]): unknown {
  // HTTP/2's `end` writes by way of this method: counted already
  if (state.ended) return callBelow(res, state, 'write', args)
  if (state.signature !== null) signHead(res, state)
  const { bytes, chunks } = state
  noteChunk(res, state, args[0], args[1])
  try {
    return callBelow(res, state, 'write', args)
  } catch (error) {
    state.bytes = bytes
    state.chunks = chunks
    throw error
  }
}

function end(res: Observed, state: ResponseState, args: unknown[]): unknown {
  const result = endOnce(res, state, args)
  if (state.answeredMs === -1) state.answeredMs = now()
  state.onAnswered(res)
  return result
}

function endOnce(res: Observed, state: ResponseState, args: unknown[]): unknown {
  if (state.ended) return callBelow(res, state, 'end', args)
  state.ended = true
  if (state.signature !== null) signHead(res, state)
  const { bytes, chunks } = state
  try {
    return endWithScript(res, state, args)
  } catch (error) {
    // the app made a mistake, and may end it again
    state.ended = res.writableEnded
    state.bytes = bytes
    state.chunks = chunks
    takeBackHead(res, state)
    throw error
  }
}

function endWithScript(res: Observed, state: ResponseState, args: unknown[]): unknown {
  const chunk = typeof args[0] === 'function' ? undefined : args[0]
  const { bytes } = state
  if (chunk !== undefined && chunk !== null) noteChunk(res, state, chunk, args[1])
  if (!state.prepared && !isHeadMade(res)) openHead(res, state, [look(res, 'statusCode')])
  const snippet = state.snippet
  if (snippet === null || look(res, 'writableEnded') || look(res, 'destroyed')) return callBelow(res, state, 'end', args)
  // a length that the app did not keep to: Node is to say so, before anything of ours
  if (state.promised !== -1 && breaksPromise(res, state, state.bytes - bytes)) return callBelow(res, state, 'end', args)
  if (chunk === undefined || chunk === null) return endWith(res, state, snippet, args)
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return callBelow(res, state, 'end', args)
  if (!isHeadMade(res)) {
    // one call is half of two: worth a copy of a page that is not large
    if (state.promised !== -1) {
      if (chunk.length < maxJoined) return endWith(res, state, joined(chunk, args[1], snippet), args)
    } else if (!hasHeader(res, 'content-length') && !hasHeader(res, 'transfer-encoding')) {
      // Node counts the length of a lone chunk by itself: joined, it still can
      if (chunk.length < maxCopied || !promiseLength(res, lengthOf(chunk, args[1]) + snippet.length))
        return endWith(res, state, joined(chunk, args[1], snippet), args)
    }
  }
  look(res, 'cork').call(res)
  try {
    callBelow(res, state, 'write', [chunk, ...(typeof args[1] === 'string' ? [args[1]] : [])])
    return endWith(res, state, snippet, args)
  } catch (error) {
    res.uncork()
    throw error
  }
}

function endWith(res: Observed, state: ResponseState, last: Buffer, args: readonly unknown[]): unknown {
  if (state.promised !== -1) promiseScript(res, state)
  return callBelow(res, state, 'end', [last, ...callbackOf(args)])
}

function destroy(res: Observed, state: ResponseState, args: unknown[]): unknown {
  state.destroyedByApp = true
  return callBelow(res, state, 'destroy', args)
}

function emit(res: Observed, state: ResponseState, args: unknown[]): unknown {
  if (args[0] === 'finish') state.finished = true
  else if (args[0] === 'close') closeResponse(state)
  return callBelow(res, state, 'emit', args)
}

/** It is over, by whichever way that is noticed: what is to happen then happens once. */
export function closeResponse(state: ResponseState): void {
  if (state.closed) return
  state.closed = true
  state.onEnd(state.res, state)
}

const hasHeader = (res: Observed, name: string): boolean => look(res, 'hasHeader').call(res, name)

/** A page above this is not copied to be joined with the script, where Node can be told its length: it takes its time, and as much memory again. */
const maxCopied = 1024 * 1024
/** Above this the copy takes longer than a call. */
const maxJoined = 32 * 1024

/** The first bytes may decide; all bytes are counted. */
const noteChunk = guard('response.chunk', (res: Observed, state: ResponseState, chunk: unknown, encoding: unknown): void => {
  const text = typeof chunk === 'string'
  if (!text && !(chunk instanceof Uint8Array)) return
  const length = lengthOf(chunk, encoding)
  if (length === 0) return
  state.bytes += length
  if (state.chunks++ === 0) noteFirstBytes(res, state, chunk, encoding)
})
