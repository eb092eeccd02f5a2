import { EventEmitter } from 'node:events'
import { types } from 'node:util'
import { nearFrames } from '../core/call-sites.ts'
import { now } from '../core/clock.ts'
import { context, type Frame, noteLate } from '../core/context.ts'
import { className } from '../core/diagnostics.ts'
import { type RawListener, type RawSignal, signalKind } from '../core/entries/signal.ts'
import type { RawEntry } from '../core/entry.ts'
import { countFailure, guard } from '../core/guard.ts'
import type { Limits } from '../core/limits.ts'
import { patchMethod } from '../core/patch.ts'
import { preview } from '../core/preview.ts'
import type { RequestRecord } from '../core/record.ts'
import { isFunction, read, type Source } from './source.ts'

/**
 * Signals of watched emitters. Node's own `emit` does the work: it is handed a list in which each listener is followed by a stopwatch,
 * and the real list is back in place before the first listener runs. So `once`, removal during emit, throwing listeners,
 * captureRejections and `error` without a listener are Node's, not ours.
 */

type Listener = ((...args: unknown[]) => unknown) & { listener?: Listener }
type Handlers = Listener | Listener[]
type Emitter = EventEmitter & { _events?: Record<PropertyKey, Handlers | undefined> }

/** The emit under way on this thread: listeners run synchronously inside of it. */
interface Running {
  emitter: Emitter
  event: PropertyKey
  handlers: Handlers | undefined
  record: RequestRecord
  frame: Frame
  entry: RawEntry
  catches: boolean
}

let running: Running | null = null
const timed = new WeakMap<Listener, Listener>()
const untimed = new WeakMap<Listener, Listener>()

export interface WatchedEmitter {
  emitter: WeakRef<Emitter>
  label: string
}

/** What is watched, for the list of listeners that did not fire. */
export const watchedEmitters = new Set<WatchedEmitter>()

export const emitterSource: Source = {
  id: 'emitter',
  what: 'an EventEmitter',
  mechanism: 'own emit',
  recognise: (value) =>
    value instanceof EventEmitter ||
    (isFunction(read(value, 'emit')) && isFunction(read(value, 'on')) && isFunction(read(value, 'rawListeners'))),
  watch(target: never, label, { limits }) {
    const emitter = target as Emitter
    const name = label ?? className(emitter) ?? 'EventEmitter'
    const watched: WatchedEmitter = { emitter: new WeakRef(emitter), label: name }
    watchedEmitters.add(watched)
    const unpatch = patchMethod(emitter, 'emit', (original) => {
      return function emit(this: Emitter, event: PropertyKey, ...args: unknown[]): unknown {
        const frame = context.getStore()
        if (frame === undefined) return original.call(this, event, ...args)
        const { record } = frame.scope
        if (record === null) {
          noteLate(frame.scope)
          return original.call(this, event, ...args)
        }
        return observe(this, event, args, original, record, frame, name, limits, emit)
      }
    })
    return {
      label: name,
      undo() {
        watchedEmitters.delete(watched)
        unpatch()
      },
    }
  },
}

function observe(
  emitter: Emitter,
  event: PropertyKey,
  args: unknown[],
  original: (...args: unknown[]) => unknown,
  record: RequestRecord,
  frame: Frame,
  label: string,
  limits: Limits,
  below: (...args: never[]) => unknown,
): unknown {
  const entry = begin(record, frame, event, args, label, limits, below)
  if (entry === undefined) return original.call(emitter, event, ...args)
  const outer = running
  const handlers = swap(emitter, event, record, frame, entry)
  try {
    const result = original.call(emitter, event, ...args)
    finish(record, entry, 'ok')
    return result
  } catch (error) {
    if (handlers !== undefined) noteUnreached(entry, handlers)
    finish(record, entry, 'error')
    throw error
  } finally {
    if (handlers !== undefined && running !== null && running !== outer) restore(running)
    running = outer
  }
}

const begin = guard(
  'emitter.begin',
  (
    record: RequestRecord,
    frame: Frame,
    event: PropertyKey,
    args: unknown[],
    label: string,
    limits: Limits,
    below: (...args: never[]) => unknown,
  ): RawEntry => {
    const name = typeof event === 'symbol' ? event.toString() : String(event)
    const data: RawSignal = {
      event: name.slice(0, 200),
      emitter: label,
      args: args.slice(0, 10).map((arg) => preview(arg, limits)),
      listeners: [],
    }
    const entry = record.begin(signalKind, data.event, frame.parentId, data)
    record.locate(entry, `signal ${label} ${data.event}`, below, nearFrames)
    return entry
  },
)

const finish = guard('emitter.finish', (record: RequestRecord, entry: RawEntry, status: 'ok' | 'error'): void => {
  record.finish(entry, status)
})

/** A listener threw: those behind it were not called. */
const noteUnreached = guard('emitter.unreached', (entry: RawEntry, handlers: Handlers): void => {
  const { listeners } = entry.data as RawSignal
  if (!Array.isArray(handlers)) return
  for (const handler of handlers.slice(listeners.length)) {
    const target = handler.listener ?? handler
    listeners.push({
      name: target.name || '(anonymous)',
      target: new WeakRef(target),
      startMs: 0,
      endMs: 0,
      syncMs: 0,
      async: false,
      once: handler.listener !== undefined,
      error: null,
      reached: false,
    })
  }
})

/** Puts stopwatches in place of the listeners; `undefined` when there is nothing to time. */
const swap = guard(
  'emitter.swap',
  (emitter: Emitter, event: PropertyKey, record: RequestRecord, frame: Frame, entry: RawEntry): Handlers | undefined => {
    const events = emitter._events
    const handlers = events === undefined ? undefined : events[event]
    if (events === undefined || handlers === undefined) return undefined
    // Node emits the error monitor's event first, with the list of `error` in place: left alone
    if (event === 'error' && emitter.listenerCount(EventEmitter.errorMonitor) > 0) return undefined
    running = {
      emitter,
      event,
      handlers,
      record,
      frame: { scope: frame.scope, parentId: entry.id },
      entry,
      catches: catchesRejections(emitter),
    }
    events[event] = isFunction(handlers) ? stopwatch(handlers as Listener) : handlers.map(stopwatch)
    return handlers
  },
)

/** Before the first listener runs Node has its own copy: from here on the app sees its own list. */
function restore(run: Running): void {
  const { handlers, emitter, event } = run
  if (handlers === undefined) return
  run.handlers = undefined
  const events = emitter._events
  const now = events?.[event]
  if (events === undefined || now === undefined) return
  if (!Array.isArray(now)) {
    events[event] = untimed.get(now) ?? now
    return
  }
  // an `emit` of the class's own may have changed the list before Node read it: what it did stays done
  for (let index = 0; index < now.length; index++) now[index] = untimed.get(now[index] as Listener) ?? (now[index] as Listener)
  const unchanged = Array.isArray(handlers) && handlers.length === now.length && handlers.every((handler, index) => handler === now[index])
  if (unchanged) events[event] = handlers
}

/** One per listener, shared by all its emits. */
function stopwatch(listener: Listener): Listener {
  let watch = timed.get(listener)
  if (watch === undefined) {
    watch = function (this: unknown, ...args: unknown[]): unknown {
      const run = running
      if (run === null) return listener.apply(this, args)
      restore(run)
      const started = start(run, listener)
      let result: unknown
      try {
        result = context.run(run.frame, () => listener.apply(this, args))
      } catch (error) {
        if (started !== undefined) stop(run, started, error)
        throw error
      } finally {
        running = run
      }
      return started === undefined ? result : returned(run, started, listener, result)
    }
    // for code that looks through wrappers, as Node's own `once` does
    watch.listener = listener.listener ?? listener
    timed.set(listener, watch)
    untimed.set(watch, listener)
  }
  return watch
}

const start = guard('emitter.listener', (run: Running, listener: Listener): RawListener => {
  const target = listener.listener ?? listener
  const started: RawListener = {
    name: target.name || '(anonymous)',
    target: new WeakRef(target),
    startMs: now(),
    endMs: -1,
    syncMs: 0,
    async: false,
    once: listener.listener !== undefined,
    error: null,
    reached: true,
  }
  ;(run.entry.data as RawSignal).listeners.push(started)
  return started
})

const stop = guard('emitter.listener-failed', (run: Running, started: RawListener, error: unknown): void => {
  started.endMs = now()
  started.syncMs = started.endMs - started.startMs
  started.error = errorText(error)
  run.record.version++
})

/**
 * A promise is watched only where watching cannot change what happens to a rejection: an async function's promise belongs to emit alone,
 * so a rejection passed on by ours is as unhandled as it was; with captureRejections Node handles it.
 */
function returned(run: Running, started: RawListener, listener: Listener, result: unknown): unknown {
  const at = now()
  started.syncMs = at - started.startMs
  if (!types.isPromise(result)) {
    started.endMs = at
    return result
  }
  started.async = true
  if (!run.catches && !types.isAsyncFunction(listener.listener ?? listener)) {
    started.endMs = at
    return result
  }
  const settled = (error: unknown): void => {
    started.endMs = now()
    if (error !== noError) started.error = errorText(error)
    if (started.error !== null) run.entry.status = 'error'
    run.record.version++
  }
  const { catches } = run
  nativeThen.call(
    result,
    () => settled(noError),
    (error: unknown) => {
      try {
        settled(error)
      } catch (failure) {
        countFailure('emitter.settled', failure)
      }
      if (!catches) throw error
    },
  )
  return result
}

const nativeThen = Promise.prototype.then
const noError = Symbol('no error')

function errorText(error: unknown): string {
  const message = read(error, 'message')
  return (typeof message === 'string' ? message : 'a value that is not an Error').slice(0, 500)
}

/** `captureRejections` of an emitter is kept under a private symbol of Node's. */
function catchesRejections(emitter: Emitter): boolean {
  const key = Object.getOwnPropertySymbols(emitter).find((symbol) => symbol.description === 'kCapture')
  if (key !== undefined) return (emitter as unknown as Record<symbol, unknown>)[key] === true
  return EventEmitter.captureRejections
}
