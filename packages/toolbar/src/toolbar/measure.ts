import { types } from 'node:util'
import { context, enterFrame, Frame, type Scope } from '../core/context.ts'
import { beginningOf } from '../core/cut-text.ts'
import { spanKind } from '../core/entries/span.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { onFirstRead, wrapOnce } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import { Depth, takeStack } from '../core/stacks.ts'

/** A span of the app's own around `run`; outside a request it only runs it. */
export function measure<Result>(name: string, run: () => Result): Result {
  const frame = context.getStore()
  const record = frame?.scope.record ?? null
  const entry = frame === undefined || record === null ? undefined : begin(record, name, frame.parentId)
  if (frame === undefined || record === null || entry === undefined) return run()
  takeStack(entry.stack)
  const inner = new Frame(frame.scope, entry.id)
  let result: Result
  const before = enterFrame(inner)
  try {
    result = run()
  } catch (error) {
    finish(record, entry, 'error')
    throw error
  } finally {
    enterFrame(before)
  }
  const then = thenOf(result)
  if (types.isPromise(result) && (then === undefined || then === nativeThen)) {
    // the promise of an async function is nobody's but the caller's, who gets one that settles the same way: nothing is swallowed
    if (types.isAsyncFunction(run)) return handOn(result, record, entry) as Result
    finish(record, entry, 'ok')
    awaitUse(result, frame.scope, entry)
  } else if (then !== undefined) followThenable(result as Thenable, record, entry, inner)
  else finish(record, entry, 'ok')
  return result
}

const depth = new Depth()

const begin = guard('measure.begin', (record: RequestRecord, name: string, parentId: number): RawEntry => {
  const entry = record.begin(spanKind, beginningOf(String(name), 200), parentId, { kind: 'measure' })
  record.locate(entry, `span ${entry.name}`, depth)
  return entry
})

const finish = guard('measure.finish', (record: RequestRecord, entry: RawEntry, status: 'ok' | 'error'): void => {
  record.finish(entry, status)
})

const nativeThen = Promise.prototype.then

function handOn(promise: Promise<unknown>, record: RequestRecord, entry: RawEntry): Promise<unknown> {
  return nativeThen.call(
    promise,
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

/**
 * A promise that a plain function returned may be anybody's, so it is the very one that comes back. A handler of ours would make its
 * rejection a handled one: there is one only once somebody waits for it here or elsewhere. `await` and `then` both ask for the
 * constructor first. Until then the span has ended with the return.
 */
const awaitUse = guard('measure.use', (promise: Promise<unknown>, scope: Scope, entry: RawEntry): void => {
  onFirstRead(promise, 'constructor', () => {
    if (scope.record === null) return
    reopen(scope.record, entry)
    nativeThen.call(
      promise,
      () => settle(scope, entry, 'ok'),
      () => settle(scope, entry, 'error'),
    )
  })
})

const reopen = guard('measure.reopen', (record: RequestRecord, entry: RawEntry): void => record.reopen(entry))

function settle({ record }: Scope, entry: RawEntry, status: 'ok' | 'error'): void {
  if (record !== null) finish(record, entry, status)
}

interface Thenable {
  then: (onValue?: unknown, onError?: unknown) => unknown
}

/** Its `then`, looked up without a call: a getter or a proxy's trap is the app's, and may throw. */
function thenOf(value: unknown): unknown {
  for (let holder = value; (typeof holder === 'object' || typeof holder === 'function') && holder !== null; ) {
    if (types.isProxy(holder)) return undefined
    const found = Object.getOwnPropertyDescriptor(holder, 'then')
    if (found !== undefined) return typeof found.value === 'function' ? found.value : undefined
    holder = Object.getPrototypeOf(holder) as unknown
  }
  return undefined
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
