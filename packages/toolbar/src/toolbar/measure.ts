import { types } from 'node:util'
import { nearFrames } from '../core/call-sites.ts'
import { context, type Frame } from '../core/context.ts'
import { beginningOf } from '../core/cut-text.ts'
import { spanKind } from '../core/entries/span.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { wrapOnce } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'

/** A span of the app's own around `run`; outside a request it only runs it. */
export function measure<Result>(name: string, run: () => Result): Result {
  const frame = context.getStore()
  const record = frame?.scope.record ?? null
  const entry = frame === undefined || record === null ? undefined : begin(record, name, frame.parentId)
  if (frame === undefined || record === null || entry === undefined) return run()
  let result: Result
  try {
    result = context.run({ scope: frame.scope, parentId: entry.id }, run)
  } catch (error) {
    finish(record, entry, 'error')
    throw error
  }
  if (types.isPromise(result)) return followPromise(result, record, entry) as Result
  if (isThenable(result)) followThenable(result, record, entry, { scope: frame.scope, parentId: entry.id })
  else finish(record, entry, 'ok')
  return result
}

const begin = guard('measure.begin', (record: RequestRecord, name: string, parentId: number): RawEntry => {
  const entry = record.begin(spanKind, beginningOf(String(name), 200), parentId, { kind: 'measure' })
  record.locate(entry, `span ${entry.name}`, measure, nearFrames)
  return entry
})

const finish = guard('measure.finish', (record: RequestRecord, entry: RawEntry, status: 'ok' | 'error'): void => {
  record.finish(entry, status)
})

/** The promise handed on is the one whose rejection counts: nothing is swallowed. */
function followPromise(promise: Promise<unknown>, record: RequestRecord, entry: RawEntry): Promise<unknown> {
  return promise.then(
    (value) => {
      finish(record, entry, 'ok')
      return value
    },
    (error: unknown) => {
      finish(record, entry, 'error')
      throw error
    },
  )
}

interface Thenable {
  then: (onValue?: unknown, onError?: unknown) => unknown
}

function isThenable(value: unknown): value is Thenable {
  // looked up without a call: a getter or a proxy's trap is the app's, and may throw
  for (let holder = value; (typeof holder === 'object' || typeof holder === 'function') && holder !== null; ) {
    if (types.isProxy(holder)) return false
    const found = Object.getOwnPropertyDescriptor(holder, 'then')
    if (found !== undefined) return typeof found.value === 'function'
    holder = Object.getPrototypeOf(holder) as unknown
  }
  return false
}

/** A query builder runs when it is awaited, not before: the span ends with the first `then`, which stays the app's to call. */
function followThenable(thenable: Thenable, record: RequestRecord, entry: RawEntry, inner: Frame): void {
  const followed = wrapOnce(thenable, 'then', (then) => {
    return function first(this: unknown, onValue?: (value: unknown) => unknown, onError?: (error: unknown) => unknown): unknown {
      const outer = context.getStore() ?? inner
      return context.run(inner, () =>
        then.call(
          this,
          (value: unknown) => {
            finish(record, entry, 'ok')
            return typeof onValue === 'function' ? context.run(outer, () => onValue(value)) : value
          },
          (error: unknown) => {
            finish(record, entry, 'error')
            if (typeof onError === 'function') return context.run(outer, () => onError(error))
            throw error
          },
        ),
      )
    }
  })
  if (!followed) finish(record, entry, 'ok')
}
