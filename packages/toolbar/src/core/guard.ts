/**
 * Our code inside the app's code: it may fail, the app may not notice.
 * Every hook of the toolbar goes through `guard()`, so the list of hooks is this registry and nothing else.
 */

/** One place where our code runs inside the app's. */
export interface Hook {
  readonly name: string
  failures: number
  /** failures since the last success */
  inARow: number
  lastError: string | null
  /** switched off after `maxInARow` failures */
  off: boolean
}

/** A hook that fails this often without one success between is switched off: it would only burn time. */
export const maxInARow = 10

const hooks = new Map<string, Hook>()
let injectFault: ((name: string) => void) | null = null

/** All hooks ever guarded in this process, by name. */
export function allHooks(): readonly Hook[] {
  return [...hooks.values()]
}

/** For tests: called at the beginning of every guarded run, may throw. `null` removes it. */
export function setFault(fault: ((name: string) => void) | null): void {
  injectFault = fault
}

/** Forget failures and switch everything on again; for tests and for a toolbar that starts over. */
export function resetHooks(): void {
  for (const hook of hooks.values()) {
    hook.failures = 0
    hook.inARow = 0
    hook.lastError = null
    hook.off = false
  }
}

/**
 * Wraps a function of ours so that it never throws: a failure is counted under `name` and `undefined` is returned.
 * Callers treat `undefined` as "not observed" and go on with the app's work.
 */
export function guard<Args extends unknown[], Result>(name: string, run: (...args: Args) => Result): (...args: Args) => Result | undefined {
  const hook = hookNamed(name)
  return (...args: Args) => {
    if (hook.off) return undefined
    try {
      if (injectFault !== null) injectFault(name)
      const result = run(...args)
      hook.inARow = 0
      return result
    } catch (error) {
      fail(hook, error)
      return undefined
    }
  }
}

/** Counts a failure that was caught elsewhere, e.g. in a promise of ours. */
export function countFailure(name: string, error: unknown): void {
  fail(hookNamed(name), error)
}

function hookNamed(name: string): Hook {
  let hook = hooks.get(name)
  if (hook === undefined) {
    hook = { name, failures: 0, inARow: 0, lastError: null, off: false }
    hooks.set(name, hook)
  }
  return hook
}

function fail(hook: Hook, error: unknown): void {
  hook.failures++
  hook.inARow++
  if (hook.inARow >= maxInARow) hook.off = true
  try {
    hook.lastError = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'a value that is not an Error'
  } catch {
    hook.lastError = 'an error that cannot be read'
  }
}
