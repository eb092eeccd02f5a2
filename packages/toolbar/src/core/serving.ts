import type { Scope } from './context.ts'

/** What is known of a response being served, reachable from the response itself: contexts get lost, `res` does not. */
export interface Serving {
  /** its record, until that is sealed: an app may keep a response for ever */
  readonly scope: Scope
  /** the app called `end` */
  ended: boolean
  /** what the framework's sources keep with it */
  framework: object | null
  /** what the response inherited from when it was looked at last */
  prototype: object
  /** told that it inherits from something else now, as in each app that Express mounts */
  readonly refit: (serving: Serving) => void
}

/**
 * Not a property of the response: once Express has given it another prototype, V8 shares no shape between responses any more, and each
 * property that is added takes 2 µs and 1.5 KB.
 */
const served = new WeakMap<object, Serving>()

/** Ties a response to its record. */
export function bindServing(res: object, serving: Serving): void {
  served.set(res, serving)
}

/** The record a response belongs to, or `undefined` when it is not recorded. */
export function servingOf(res: object): Serving | undefined {
  return served.get(res)
}
