import { EventEmitter } from 'node:events'
import type { Preview } from '../contract/types.ts'
import { context, type Frame, noteLate } from '../core/context.ts'
import { beginningOf } from '../core/cut-text.ts'
import { className } from '../core/diagnostics.ts'
import { type RawSignal, signalKind } from '../core/entries/signal.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import type { Limits } from '../core/limits.ts'
import { patchMethod } from '../core/patch.ts'
import { preview } from '../core/preview.ts'
import type { RequestRecord } from '../core/record.ts'
import { Depth, takeStack } from '../core/stacks.ts'
import { weakRefTo } from '../core/weak.ts'
import { Keys } from './keys.ts'
import { isFunction, read, type Source } from './source.ts'
import { type Emitter, type Handlers, swap, withStopwatches } from './stopwatch.ts'

/**
 * Signals of watched emitters. Node's own `emit` does the work: it is handed a list in which each listener is followed by a stopwatch,
 * and the real list is back in place before the first listener runs. So `once`, removal during emit, throwing listeners,
 * captureRejections and `error` without a listener are Node's, not ours.
 */

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
    const depth = new Depth()
    const keys = new Keys(`signal ${name} `)
    const unpatch = patchMethod(emitter, 'emit', (original) => {
      return function emit(this: Emitter, event: PropertyKey, ...args: unknown[]): unknown {
        const frame = context.getStore()
        if (frame === undefined) return original.call(this, event, ...args)
        const { record } = frame.scope
        if (record === null) {
          noteLate(frame.scope)
          return original.call(this, event, ...args)
        }
        const entry = begin(record, frame, event, args, name, limits, depth, keys)
        if (entry === undefined) return original.call(this, event, ...args)
        takeStack(entry.stack)
        return observe(this, event, args, original, record, frame, entry)
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
  entry: RawEntry,
): unknown {
  return withStopwatches(
    () => swap(emitter, event, record, frame, entry),
    (handlers) => {
      try {
        const result = original.call(emitter, event, ...args)
        finish(record, entry, 'ok')
        return result
      } catch (error) {
        if (handlers !== undefined) noteUnreached(entry, handlers)
        finish(record, entry, 'error')
        throw error
      }
    },
  )
}

const maxArgs = 10

function pictures(args: readonly unknown[], limits: Limits): Preview[] {
  const made: Preview[] = []
  for (let index = 0; index < args.length && index < maxArgs; index++) made.push(preview(args[index], limits))
  return made
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
    depth: Depth,
    keys: Keys,
  ): RawEntry => {
    const name = typeof event === 'symbol' ? event.toString() : String(event)
    const data: RawSignal = {
      event: beginningOf(name, 200),
      emitter: label,
      args: pictures(args, limits),
      listeners: [],
    }
    const entry = record.begin(signalKind, data.event, frame.parentId, data)
    record.locate(entry, keys.of(data.event), depth)
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
      target: weakRefTo(target),
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
