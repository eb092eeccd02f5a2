import type { MiddlewareData } from '../../contract/types.ts'
import { defineKind } from '../entry.ts'
import { placeOfFunction } from '../function-places.ts'

export interface RawMiddleware extends MiddlewareData {
  /** the function itself, weakly: its place is looked up when somebody reads */
  target: WeakRef<object> | null
}

export const middlewareKind = defineKind({
  type: 'middleware',
  seal: () => 120,
  site: (entry) => placeOfFunction((entry.data as RawMiddleware).target?.deref()),
  toData(entry): MiddlewareData {
    const { kind, path, method } = entry.data as RawMiddleware
    return { kind, path, method }
  },
})
