import type { Scope } from './context.ts'

/** What is known of a response being served, reachable from the response itself: contexts get lost, `res` does not. */
export interface Serving {
  /** its record, until that is sealed: an app may keep a response for ever */
  readonly scope: Scope
  /** the app called `end` */
  ended: boolean
}

const key = Symbol('debug-toolbar.serving')

export type Served = { [key]?: Serving }

/** Ties a response to its record. */
export function bindServing(res: object, serving: Serving): void {
  ;(res as Served)[key] = serving
}

/** The record a response belongs to, or `undefined` when it is not recorded. */
export function servingOf(res: object): Serving | undefined {
  return (res as Served)[key]
}
