import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestRecord } from './record.ts'

/**
 * Who is being served: one AsyncLocalStorage per process, shared by every copy of the package (ESM, CommonJS, two versions)
 * through a `Symbol.for` slot on globalThis.
 *
 * Its value is a small immutable frame, never the record: keep-alive sockets, timers and pools hold frames long after the response,
 * and letting go of `scope.record` at the end is what frees the record.
 */

/** One per request. `record` is `null` once the record is sealed; what happens after that only counts in `late`. */
export interface Scope {
  record: RequestRecord | null
  late: number
  readonly id: string
  /** told of late work once the record is sealed */
  onLate: ((id: string) => void) | null
}

export interface Frame {
  readonly scope: Scope
  /** id of the entry that encloses what happens in this frame, 0 for none */
  readonly parentId: number
}

const slot = Symbol.for('debug-toolbar.context')
type Global = { [slot]?: AsyncLocalStorage<Frame> }

function storage(): AsyncLocalStorage<Frame> {
  const holder = globalThis as Global
  let found = holder[slot]
  if (found === undefined) {
    found = new AsyncLocalStorage<Frame>()
    Object.defineProperty(globalThis, slot, { value: found, configurable: true })
  }
  return found
}

export const context: AsyncLocalStorage<Frame> = storage()

/** Counts work that arrives after the record was sealed. */
export function noteLate(scope: Scope): void {
  scope.late++
  scope.onLate?.(scope.id)
}
