import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import { now } from '../core/clock.ts'
import { guard } from '../core/guard.ts'
import { look } from '../core/look.ts'
import { type AnyFunction, hiddenMethod, type Undo } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import { bindServing, type Serving, servingOf } from '../core/serving.ts'
import { type Asked, httpSocketOf } from './asked.ts'
import { endWithScript, noteChunk } from './end.ts'
import { countScript, isHeadMade, openHead, signHead, takeBackHead, withholdScript } from './head.ts'
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
    let head: readonly unknown[] = args
    if (!state.prepared) {
      head = openHead(res, state, args)
      if (state.ended) countScript(res, state)
    }
    const result = callBelow(res, state, 'writeHead', head)
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
    return endWithScript(res, state, args, isWrapped(res))
  } catch (error) {
    // the app made a mistake, and may end it again
    state.ended = res.writableEnded
    state.bytes = bytes
    state.chunks = chunks
    takeBackHead(res, state)
    throw error
  }
}

/** Somebody stands before our `writeHead` on the response, to change the head when it is made. */
function isWrapped(res: Observed): boolean {
  return Object.hasOwn(res, 'writeHead') && look(res, 'writeHead') !== methods.writeHead.value
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
