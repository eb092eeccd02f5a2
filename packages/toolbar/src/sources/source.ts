import type { Limits } from '../core/limits.ts'
import { look } from '../core/look.ts'
import type { Undo } from '../core/patch.ts'

/** What a source needs of the recorder; the same for all. */
export interface SourceContext {
  readonly limits: Limits
}

/** A label as the user gave it, or `null` for the source to find one. */
export type Label = string | null

/** Watches one library. `recognise` looks at the shape only; `watch` patches and returns its undo. */
export interface Source {
  readonly id: string
  /** for messages: `a knex instance` */
  readonly what: string
  /** how it is watched, for health */
  readonly mechanism: string
  recognise(value: unknown): boolean
  /** @returns the undo, and the label that entries will carry */
  watch(target: never, label: Label, source: SourceContext): { undo: Undo; label: string }
}

/** A property read that never throws: shapes are asked of anything. */
export function read(value: unknown, key: PropertyKey): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  try {
    return look(value as Record<PropertyKey, unknown>, key)
  } catch {
    return undefined
  }
}

export function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function'
}
