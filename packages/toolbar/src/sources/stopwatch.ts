import { EventEmitter } from 'node:events'
import { types } from 'node:util'
import { now } from '../core/clock.ts'
import { enterFrame, Frame } from '../core/context.ts'
import { beginningOf } from '../core/cut-text.ts'
import type { RawListener, RawSignal } from '../core/entries/signal.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { ownText } from '../core/preview.ts'
import type { RequestRecord } from '../core/record.ts'
import { weakRefTo } from '../core/weak.ts'
import { isFunction } from './source.ts'

/**
 * Listeners with a stopwatch, for one emit at a time: they stand in the emitter's own list only until Node has read it.
 */

export type Listener = ((...args: unknown[]) => unknown) & { listener?: Listener }
export type Handlers = Listener | Listener[]
export type Emitter = EventEmitter & { _events?: Record<PropertyKey, Handlers | undefined> }

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

/** Puts stopwatches in place of the listeners; `undefined` when there is nothing to time. */
export const swap = guard(
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
      frame: new Frame(frame.scope, entry.id),
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
      const before = enterFrame(run.frame)
      let result: unknown
      try {
        result = listener.apply(this, args)
      } catch (error) {
        if (started !== undefined) stop(run, started, error)
        throw error
      } finally {
        enterFrame(before)
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
    target: weakRefTo(target),
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
  if (note(run, started, listener, result) === true) {
    const { catches } = run
    nativeThen.call(
      result as Promise<unknown>,
      () => settled(run, started, noError),
      (error: unknown) => {
        settled(run, started, error)
        if (!catches) throw error
      },
    )
  }
  return result
}

/** @returns whether the listener goes on in a promise that may be watched */
const note = guard('emitter.returned', (run: Running, started: RawListener, listener: Listener, result: unknown): boolean => {
  const at = now()
  started.syncMs = at - started.startMs
  started.async = types.isPromise(result)
  if (started.async && (run.catches || types.isAsyncFunction(isOnce(listener) ? listener.listener : listener))) return true
  started.endMs = at
  return false
})

/** Whether it is Node's own wrapper of `once`, which returns what its listener does; any other may have handled that. */
function isOnce(listener: Listener): boolean {
  return listener.name === onceName && !Object.hasOwn(listener, 'prototype') && Object.hasOwn(listener, 'listener')
}

const onceName = new EventEmitter().once('a', () => {}).rawListeners('a')[0]?.name

const settled = guard('emitter.settled', (run: Running, started: RawListener, error: unknown): void => {
  started.endMs = now()
  if (error !== noError) started.error = errorText(error)
  if (started.error !== null) run.entry.status = 'error'
  run.record.version++
})

const nativeThen = Promise.prototype.then
const noError = Symbol('no error')

function errorText(error: unknown): string {
  const message = typeof error === 'object' && error !== null ? ownText(error, 'message') : null
  return message === null ? 'a value that is not an Error' : beginningOf(message, 500)
}

const captureKey = Object.getOwnPropertySymbols(new EventEmitter()).find(({ description }) => description === 'kCapture')

/** `captureRejections` of an emitter is kept under a private symbol of Node's. */
function catchesRejections(emitter: Emitter): boolean {
  const own = captureKey === undefined ? undefined : (emitter as unknown as Record<symbol, unknown>)[captureKey]
  return own === undefined ? EventEmitter.captureRejections : own === true
}

/** Runs `emit` with stopwatches in place, and everything as it was afterwards. @param prepare calls `swap` */
export function withStopwatches<Result>(prepare: () => Handlers | undefined, emit: (handlers: Handlers | undefined) => Result): Result {
  const outer = running
  const handlers = prepare()
  try {
    return emit(handlers)
  } finally {
    if (running !== null && running !== outer) restore(running)
    running = outer
  }
}
