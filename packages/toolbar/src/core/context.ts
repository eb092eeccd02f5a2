import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestRecord } from './record.ts'
import type { Serving } from './serving.ts'
import type { Origin } from './stacks.ts'

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
  /** its response, until the record is sealed */
  serving: Serving | null
  late: number
  readonly id: string
  /** told of late work once the record is sealed */
  onLate: ((id: string) => void) | null
}

/**
 * All frames have one shape, and are made in one place: Node writes the current one to each promise that is made, at a place whose caches
 * V8 gives up for the whole process once it has seen two.
 */
export class Frame {
  readonly scope: Scope
  /** id of the entry that encloses what happens in this frame, 0 for none */
  readonly parentId: number
  /** pattern of the mounts around, `/users/:user`; only in the frames of a request and of its middleware */
  readonly mount: string
  /** where what runs in this frame was started; only in frames that hand work on to a driver */
  readonly origin: Origin | undefined
  /** the frame that the work was handed on in, where there is an origin; `undefined` outside of requests */
  readonly outer: Frame | undefined

  constructor(scope: Scope, parentId: number, mount = '', origin?: Origin, outer?: Frame) {
    this.scope = scope
    this.parentId = parentId
    this.mount = mount
    this.origin = origin
    this.outer = outer
  }
}

const slot = Symbol.for('debug-toolbar.context')
type Global = { [slot]?: AsyncLocalStorage<Frame> }

function storage(): AsyncLocalStorage<Frame> {
  const holder = globalThis as Global
  let found = holder[slot]
  if (found === undefined) {
    found = new AsyncLocalStorage<Frame>()
    // biome-ignore lint/plugin: a slot of ours
    Object.defineProperty(globalThis, slot, { value: found, configurable: true })
  }
  return found
}

export const context: AsyncLocalStorage<Frame> = storage()

/**
 * Makes `frame` the current one and returns the one before, for the `finally` that puts it back. It is what `context.run` does, without
 * frames of ours in the app's error stacks while its function runs.
 */
export function enterFrame(frame: Frame | undefined): Frame | undefined {
  const before = context.getStore()
  if (before !== frame) context.enterWith(frame as Frame)
  return before
}

/** Counts work that arrives after the record was sealed. */
export function noteLate(scope: Scope): void {
  scope.late++
  scope.onLate?.(scope.id)
}

let outside: Frame | null = null

/** Where work outside of requests is recorded; `null` for nowhere. Set by the runtime of the process. */
export function setOutside(frame: Frame | null): void {
  outside = frame
}

/** Frame of the toolbar's own work: what sources see there is nobody's, and is not recorded. */
const muted = new Frame({ record: null, serving: null, late: 0, id: '', onLate: null }, 0)

/** Runs work of the toolbar's own, of which nothing is recorded, whatever it starts. */
export function unrecorded<Result>(work: () => Result): Result {
  return context.run(muted, work)
}

/**
 * The frame that work started in `own` is recorded in: its own, else that of the work outside of requests; `null` when nothing records.
 * Work of a request that is sealed already is counted as late there.
 */
export function recordingFrame(own: Frame | undefined): Frame | null {
  if (own !== undefined) {
    if (own.scope.record !== null) return own
    if (own.scope === muted.scope) return null
    noteLate(own.scope)
  }
  return outside
}

/**
 * A function of the app's that a driver calls later, from its pool or its socket: it runs in the frame it was given in, or in none.
 * Only our own context is restored; those of the app stay as the driver has them.
 */
export function bindTo<This, Args extends unknown[], Result>(
  frame: Frame | undefined,
  run: (this: This, ...args: Args) => Result,
): (this: This, ...args: Args) => Result {
  const own = outerOf(frame)
  return function bound(this: This, ...args: Args): Result {
    return context.run(own as Frame, () => run.apply(this, args))
  }
}

/** The frame that work was handed on in; the frame itself where it is no hand-over. */
export function outerOf(frame: Frame | undefined): Frame | undefined {
  return frame?.origin === undefined ? frame : frame.outer
}
