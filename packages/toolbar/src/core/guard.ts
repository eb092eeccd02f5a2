import type { Faults } from '../contract/types.ts'
import { className, describe, warnOnce } from './diagnostics.ts'

/**
 * Our code inside the app's code: it may fail, the app may not notice.
 * Every hook of the toolbar goes through `guard()`, so the list of hooks is this registry and nothing else.
 */

/** What is switched off together: a source without one of its hooks would tell half of the story. */
export interface Part {
  /** `knex`, `response` ...: the name of its hooks before the point */
  readonly name: string
  /** off after one of its hooks failed `maxInARow` times without a success between */
  off: boolean
}

/** One place where our code runs inside the app's. */
export interface Hook {
  /** `part.what` */
  readonly name: string
  readonly part: Part
  failures: number
  /** failures since the last success */
  inARow: number
  lastError: string | null
}

/** A hook that fails this often without one success between is switched off: it would only burn time. */
export const maxInARow = 10

/**
 * A fault that a test plants. `before` a hook runs it may throw, or return a promise, which stands for the hook's own result;
 * `after` it ran, with all it has done, it may throw.
 */
export type Fault = (name: string, when: 'before' | 'after') => undefined | Promise<unknown>

const hooks = new Map<string, Hook>()
const parts = new Map<string, Part>()
let fault: Fault | null = null
let listeners: (() => void)[] = []

/** All hooks ever guarded in this process, by name. */
export function allHooks(): readonly Hook[] {
  return [...hooks.values()]
}

/** The sum of it, for people. */
export function faults(): Faults {
  let failures = 0
  for (const hook of hooks.values()) failures += hook.failures
  return { failures, off: [...parts.values()].filter(({ off }) => off).map(({ name }) => name) }
}

/** Whether a part was switched off, for what depends on it without being a hook of it. */
export function isOff(part: string): boolean {
  return parts.get(part)?.off === true
}

/** `listener` is called after each failure that is counted. @returns undo */
export function onFailure(listener: () => void): () => void {
  listeners = [...listeners, listener]
  return () => {
    listeners = listeners.filter((other) => other !== listener)
  }
}

/** For tests: plants a fault in every hook; `null` removes it. */
export function setFault(next: Fault | null): void {
  fault = next
}

/** Forget failures and switch everything on again; for tests and for a toolbar that starts over. */
export function resetHooks(): void {
  for (const hook of hooks.values()) {
    hook.failures = 0
    hook.inARow = 0
    hook.lastError = null
  }
  for (const part of parts.values()) part.off = false
}

/**
 * Wraps a function of ours so that it never throws: a failure is counted under `name` and `undefined` is returned.
 * Callers treat `undefined` as "not observed" and go on with the app's work. A hook answers at once: a promise from one is a failure too.
 * @param mayEnd whether its part is switched off after `maxInARow` failures
 */
export function guard<Args extends unknown[], Result>(
  name: string,
  run: (...args: Args) => Result,
  mayEnd = true,
): (...args: Args) => Result | undefined {
  const hook = hookNamed(name)
  const { part } = hook
  return (...args: Args) => {
    if (part.off) return undefined
    try {
      const result = fault === null ? run(...args) : withFault(fault, name, run, args)
      if (result instanceof Promise) return refuse(hook, result, mayEnd)
      hook.inARow = 0
      return result
    } catch (error) {
      fail(hook, error, mayEnd)
      return undefined
    }
  }
}

/** A hook that catches its failures itself: what `guard` does, without its functions on the stack. */
export interface OpenHook {
  readonly part: Part
  /** called first: throws the fault that a test plants */
  before(): void
  /** called last */
  after(): void
  failed(error: unknown): void
}

/** For the one hook that walks the stack, where each function on it is a cost. */
export function openHook(name: string): OpenHook {
  const hook = hookNamed(name)
  const plant = (when: 'before' | 'after'): void => {
    const instead = fault?.(name, when)
    if (instead !== undefined) refuse(hook, instead, true)
  }
  return {
    part: hook.part,
    before: () => (fault === null ? undefined : plant('before')),
    after() {
      if (fault !== null) plant('after')
      hook.inARow = 0
    },
    failed: (error) => fail(hook, error, true),
  }
}

/** Counts a failure that was caught elsewhere, e.g. in a promise of ours. Nothing is switched off for it. */
export function countFailure(name: string, error: unknown): void {
  fail(hookNamed(name), error, false)
}

function withFault<Args extends unknown[], Result>(plant: Fault, name: string, run: (...args: Args) => Result, args: Args): Result {
  const instead = plant(name, 'before')
  if (instead !== undefined) return instead as Result
  const result = run(...args)
  plant(name, 'after')
  return result
}

function refuse(hook: Hook, promise: Promise<unknown>, mayEnd: boolean): undefined {
  promise.catch((error: unknown) => fail(hook, error, mayEnd))
  fail(hook, new TypeError('it returned a promise, and nobody waits for it'), mayEnd)
}

function hookNamed(name: string): Hook {
  let hook = hooks.get(name)
  if (hook === undefined) {
    hook = { name, part: partNamed(name.split('.', 1)[0] as string), failures: 0, inARow: 0, lastError: null }
    hooks.set(name, hook)
  }
  return hook
}

function partNamed(name: string): Part {
  let part = parts.get(name)
  if (part === undefined) {
    part = { name, off: false }
    parts.set(name, part)
  }
  return part
}

function fail(hook: Hook, error: unknown, mayEnd: boolean): void {
  hook.failures++
  hook.inARow++
  hook.lastError = toText(error)
  const { part } = hook
  if (mayEnd && hook.inARow >= maxInARow && !part.off) {
    part.off = true
    warnOnce(
      `off ${part.name}`,
      `'${part.name}' is switched off until the app starts again: ${hook.name} failed ${maxInARow} times in a row, last with ${kindOf(error)}. The app is not affected. Its message is in GET <path>/api/health; please report it.`,
    )
  }
  for (const listener of listeners) {
    try {
      listener()
    } catch {
      // who listens to failures cannot be helped by another one
    }
  }
}

/** Never the message: what the terminal shows is not masked. */
function kindOf(error: unknown): string {
  return (typeof error === 'object' && error !== null && className(error)) || 'a value that is not an Error'
}

function toText(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : `a value that is not an Error: ${describe(error)}`
  } catch {
    return 'an error that cannot be read'
  }
}
