import type { IncomingMessage, ServerResponse } from 'node:http'
import { context, enterFrame, Frame } from '../core/context.ts'
import { middlewareKind, type RawMiddleware } from '../core/entries/middleware.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { look } from '../core/look.ts'
import { type AnyFunction, patchMethod, type Undo } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import { type Serving, servingOf } from '../core/serving.ts'
import { weakRefTo } from '../core/weak.ts'
import { noteException, noteHandler } from './exceptions.ts'
import { isFunction, read } from './source.ts'

/**
 * Middleware and route handlers of Express 4 and 5 as spans. The prototype of the router's layers is patched, once per copy: no handler
 * is replaced, so their names, arity and properties stay. A span ends when its `next` is called, or with the response.
 */

interface Layer {
  handle: AnyFunction
  route?: Route
  method?: string
  rawPath?: unknown
  path?: unknown
  params?: unknown
}

interface Route {
  path: unknown
  stack: Layer[]
}

/** What the layers of one request share. */
export interface LayerState {
  /** the route whose handlers run */
  route: Route | null
  open: RawEntry[]
  params: unknown
}

const patched = new WeakSet<object>()

type Next = (failure?: unknown) => unknown
type Request = IncomingMessage & { params?: unknown; method?: string; next?: Next }

/** Patches the layers of an app's router on first sight. @param skip our own middleware: it is no span */
export function patchLayers(
  app: object,
  skip: (handle: unknown) => boolean,
  keep: (undo: Undo) => void,
  onApp: (req: IncomingMessage) => void,
): void {
  const router = read(app, '_router') ?? read(app, 'router')
  const [layer] = (read(router, 'stack') as object[] | undefined) ?? []
  const prototype = layer === undefined ? null : (Object.getPrototypeOf(layer) as object | null)
  if (prototype === null || prototype === Object.prototype || patched.has(prototype)) return
  patched.add(prototype)
  keep(() => void patched.delete(prototype))
  for (const name of ['handleRequest', 'handle_request']) {
    if (Object.hasOwn(prototype, name)) keep(patchMethod(prototype, name, (original) => handleRequest(original, skip, onApp)))
  }
  for (const name of ['handleError', 'handle_error']) {
    if (Object.hasOwn(prototype, name)) keep(patchMethod(prototype, name, handleError))
  }
}

function handleRequest(original: AnyFunction, skip: (handle: unknown) => boolean, onApp: (req: IncomingMessage) => void): AnyFunction {
  return function handleRequest(this: Layer, req: Request, res: ServerResponse, next: Next): unknown {
    const state = servingOf(res)
    const handle = this.handle
    const record = openRecord(state)
    if (state === undefined || record === null || handle.length > 3 || skip(handle)) return original.call(this, req, res, next)
    // in each app that Express mounts
    if (Object.getPrototypeOf(res) !== state.prototype) {
      state.refit(state)
      onApp(req)
    }
    if (this.route !== undefined) {
      layerState(state).route = this.route
      return original.call(this, req, res, next)
    }
    const outer = outerFrame(record)
    const entry = begin(this, req, state, record, outer)
    if (entry === undefined) return original.call(this, req, res, next)
    const mount = (entry.data as RawMiddleware).kind === 'router' ? outer.mount + (entry.data as RawMiddleware).path : outer.mount
    const inner = new Frame(outer.scope, entry.id, mount)
    const onward = instead(req, next, outer, state, entry, null)
    const before = enterFrame(inner)
    try {
      return original.call(this, req, res, onward)
    } finally {
      enterFrame(before)
    }
  }
}

function handleError(original: AnyFunction): AnyFunction {
  return function handleError(this: Layer, error: unknown, req: Request, res: ServerResponse, next: Next): unknown {
    const state = servingOf(res)
    const record = openRecord(state)
    if (state === undefined || record === null || this.handle.length !== 4) return original.call(this, error, req, res, next)
    const outer = outerFrame(record)
    const entry = begin(this, req, state, record, outer)
    if (entry === undefined) return original.call(this, error, req, res, next)
    noteException(record, outer.parentId, error, null)
    noteHandler(record, error, entry.name)
    const onward = instead(req, next, outer, state, entry, (still) => noteHandler(still, error, null))
    const inner = new Frame(outer.scope, entry.id, outer.mount)
    const before = enterFrame(inner)
    try {
      return original.call(this, error, req, res, onward)
    } finally {
      enterFrame(before)
    }
  }
}

/** The record of a request that was not answered and closed yet. */
function openRecord(state: Serving | undefined): RequestRecord | null {
  const record = state === undefined ? null : state.scope.record
  return record !== null && record.endMs === -1 ? record : null
}

/**
 * The `next` that a layer gets. Express keeps its own as `req.next`, and apps rely on the two being one.
 * @param before what is done first, while the record is open
 */
function instead(
  req: Request,
  original: Next,
  outer: Frame,
  state: Serving,
  entry: RawEntry,
  before: ((record: RequestRecord) => void) | null,
): Next {
  function next(failure?: unknown): unknown {
    if (look(req, 'next') === next) req.next = original
    if (before !== null) {
      const record = openRecord(state)
      if (record !== null) before(record)
    }
    leave(state, entry, failure)
    const inner = enterFrame(outer)
    try {
      return original(failure)
    } finally {
      enterFrame(inner)
    }
  }
  if (look(req, 'next') === original) req.next = next
  return next
}

/** The frame around the layer: the current one, or the request's own where the context was lost on the way. */
function outerFrame(record: RequestRecord): Frame {
  const current = context.getStore()
  return current !== undefined && current.scope === record.scope ? current : record.rootFrame
}

export function layerState(state: Serving): LayerState {
  state.framework ??= { route: null, open: [], params: undefined } satisfies LayerState
  return state.framework as LayerState
}

const begin = guard('layers.begin', (layer: Layer, req: Request, state: Serving, record: RequestRecord, outer: Frame): RawEntry => {
  const own = layerState(state)
  const { handle } = layer
  const isHandler = own.route?.stack.includes(layer) === true
  const pattern = isHandler ? patternText(own.route?.path) : mountPattern(layer)
  const kind: RawMiddleware['kind'] =
    handle.length === 4
      ? 'error'
      : isHandler
        ? 'handler'
        : isFunction(handle) && (Array.isArray(read(handle, 'stack')) || handle.name === 'mounted_app')
          ? 'router'
          : 'middleware'
  const data = dataOf(layer, kind, isHandler ? joinPaths(outer.mount, pattern) : pattern, isHandler ? (req.method ?? null) : null)
  const entry = record.begin(
    middlewareKind,
    handle.name || (isHandler ? `${req.method} ${data.path}` : pattern === '' ? '<anonymous>' : `<anonymous> ${pattern}`),
    outer.parentId,
    data,
  )
  if (isHandler) {
    record.facts.route = data.path
    record.facts.handler = { name: entry.name, place: data.target }
    own.params = look(req, 'params')
  }
  own.open.push(entry)
  return entry
})

const known = new WeakMap<Layer, RawMiddleware>()

/** What is said of a layer, which is the same in most requests. */
function dataOf(layer: Layer, kind: RawMiddleware['kind'], path: string, method: string | null): RawMiddleware {
  const last = known.get(layer)
  if (last !== undefined && last.path === path && last.method === method && last.kind === kind) return last
  const data: RawMiddleware = { kind, path, method, target: weakRefTo(layer.handle) }
  known.set(layer, data)
  return data
}

const leave = guard('layers.leave', (state: Serving, entry: RawEntry, error: unknown): void => {
  const { record } = state.scope
  if (record === null) return
  const own = layerState(state)
  const at = own.open.lastIndexOf(entry)
  if (at !== -1) own.open.splice(at, 1)
  const failed = error !== undefined && error !== null && error !== '' && error !== 'route' && error !== 'router'
  if (failed) noteException(record, entry.id, error, entry.name)
  else if ((entry.data as RawMiddleware).kind === 'handler' && !state.ended) record.facts.route = null
  record.finish(entry, failed ? 'error' : 'ok')
})

/** Closes the spans that were open when the response was answered. */
export const endLayers = guard('layers.end', (state: Serving): void => {
  const own = state.framework as LayerState | null
  const { record } = state.scope
  if (own === null || record === null) return
  for (const entry of own.open.splice(0)) record.finish(entry, 'ok')
})

/** The pattern a layer is mounted under, without a trailing slash; `''` for everywhere. */
function mountPattern(layer: Layer): string {
  if (layer.rawPath !== undefined) return patternText(layer.rawPath).replace(/\/$/, '')
  const { path, params } = layer
  if (typeof path !== 'string' || path === '' || path === '/') return ''
  let pattern = path
  for (const [name, value] of Object.entries((params as Record<string, unknown> | undefined) ?? {}).reverse()) {
    if (typeof value === 'string' && value !== '' && !/^\d+$/.test(name)) pattern = nameSegment(pattern, value, name)
  }
  return pattern.replace(/\/$/, '')
}

/** Values may stand in the path more than once; parameters are filled from the end, as deeper mounts come later. */
function nameSegment(pattern: string, value: string, name: string): string {
  const segments = pattern.split('/')
  const at = segments.findLastIndex((segment) => safeDecode(segment) === value)
  if (at !== -1) segments[at] = `:${name}`
  return segments.join('/')
}

function patternText(pattern: unknown): string {
  if (typeof pattern === 'string') return pattern
  if (pattern instanceof RegExp) return String(pattern)
  return Array.isArray(pattern) ? pattern.map(patternText).join(' | ') : ''
}

/** The root of a mount is the mount. */
function joinPaths(mount: string, pattern: string): string {
  return pattern === '/' && mount !== '' ? mount : mount + pattern
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
