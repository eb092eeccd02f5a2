/** What stands for a property whose reading would run code of the app's. */
export const accessor: unique symbol = Symbol('accessor')

const hasOwnKey = Object.prototype.hasOwnProperty
// Annex B of the language; a property descriptor for each value would be most of what a picture allocates, and of an array's item it is slow
const lookupGetter = (Object.prototype as unknown as { __lookupGetter__(this: object, key: PropertyKey): unknown }).__lookupGetter__

/**
 * An own property, read without running code of the app's: `accessor` for a getter or a setter, `undefined` also where there is none.
 * @param holder no proxy
 */
export function ownValue(holder: object, key: string | number): unknown {
  // own first: what is looked up next would go on to the prototypes, and one of them may be a proxy
  return hasOwn(holder, key) ? presentValue(holder, key) : undefined
}

/** `ownValue` of a key that is known to be its own. */
export function presentValue(holder: object, key: string | number): unknown {
  if (lookupGetter.call(holder, key) !== undefined) return accessor
  const value = (holder as Record<string | number, unknown>)[key]
  if (value !== undefined) return value
  return Object.getOwnPropertyDescriptor(holder, key)?.set === undefined ? undefined : accessor
}

/** `Object.hasOwn`, kept from before the app could replace it. */
export const hasOwn = (holder: object, key: string | number): boolean => hasOwnKey.call(holder, key)
