/**
 * Changing a foreign object, and changing it back: the only place that does either.
 * The undo restores the property descriptor exactly, is idempotent, and does nothing where somebody patched on top of us
 * (taking our layer out from under theirs would drop theirs); ours then only passes through.
 */

export type Undo = () => void

// biome-ignore lint/suspicious/noExplicitAny: a foreign function has any signature
export type AnyFunction = (this: any, ...args: any[]) => any

const applied = new Set<Undo>()
/** what a replacement stands for; undos hold neither target nor replacement, since apps and emitters come and go */
const replaced = new WeakMap<AnyFunction, PropertyDescriptor | undefined>()
const gone = new FinalizationRegistry<Undo>((undo) => applied.delete(undo))

/**
 * Replaces `target[key]`, a function, by what `make(original)` returns. Name, length and own properties are kept.
 * @returns the undo; a no-op when there is nothing to replace or the property cannot be changed
 */
export function patchMethod(target: object, key: PropertyKey, make: (original: AnyFunction) => AnyFunction): Undo {
  const own = Object.getOwnPropertyDescriptor(target, key)
  const original = own === undefined ? (target as Record<PropertyKey, unknown>)[key] : own.value
  if (typeof original !== 'function' || (own !== undefined && !own.configurable && !own.writable) || !canDefine(target, own))
    return () => {}
  const replacement = make(original as AnyFunction)
  dressLike(replacement, original as AnyFunction)
  Object.defineProperty(target, key, {
    value: replacement,
    writable: own?.writable ?? true,
    enumerable: own?.enumerable ?? false,
    configurable: own?.configurable ?? true,
  })
  replaced.set(replacement, own)
  const undo = undoOf(new WeakRef(target), key, new WeakRef(replacement))
  applied.add(undo)
  gone.register(target, undo)
  return undo
}

function undoOf(targetRef: WeakRef<object>, key: PropertyKey, replacementRef: WeakRef<AnyFunction>): Undo {
  return function undo(): void {
    if (!applied.has(undo)) return
    const target = targetRef.deref()
    const replacement = replacementRef.deref()
    // somebody is on top of us: tried again when the last toolbar closes
    if (target !== undefined && (replacement === undefined || Object.getOwnPropertyDescriptor(target, key)?.value !== replacement)) return
    applied.delete(undo)
    if (target === undefined || replacement === undefined) return
    const own = replaced.get(replacement)
    if (own === undefined) delete (target as Record<PropertyKey, unknown>)[key]
    else Object.defineProperty(target, key, own)
  }
}

const shared = new Map<object, Map<PropertyKey, { uses: number; undo: Undo }>>()

/** `patchMethod` for a prototype that several watched instances have in common: patched once, undone with the last. */
export function patchShared(target: object, key: PropertyKey, make: (original: AnyFunction) => AnyFunction): Undo {
  let patches = shared.get(target)
  if (patches === undefined) {
    patches = new Map()
    shared.set(target, patches)
  }
  let patch = patches.get(key)
  if (patch === undefined) {
    patch = { uses: 0, undo: patchMethod(target, key, make) }
    patches.set(key, patch)
  }
  patch.uses++
  const used = patch
  const owner = patches
  let undone = false
  return () => {
    if (undone) return
    undone = true
    if (--used.uses > 0) return
    used.undo()
    owner.delete(key)
    if (owner.size === 0) shared.delete(target)
  }
}

/** The prototype that an instance has a method from. */
export function ownerOf(instance: object, key: PropertyKey): object {
  let prototype = Object.getPrototypeOf(instance) as object
  while (!Object.hasOwn(prototype, key) && Object.getPrototypeOf(prototype) !== null) prototype = Object.getPrototypeOf(prototype) as object
  return prototype
}

/** Replaces a method of one short-lived object, a stream or the like: it goes with the object, so there is nothing to undo. */
export function wrapOwn(target: object, key: string, make: (original: AnyFunction) => AnyFunction): void {
  const original = (target as Record<string, unknown>)[key]
  if (typeof original === 'function' && Object.isExtensible(target)) setOwn(target, key, make(original as AnyFunction))
}

/** Puts a function in the place of one of a short-lived object's; for shared functions that find the original by themselves. */
export function setOwn(target: object, key: string, value: (...args: never[]) => unknown): void {
  ;(target as Record<string, unknown>)[key] = value
}

/** How a method of ours stands on an object of the app: seen by nobody who lists what is there. One descriptor serves many objects. */
export const hiddenMethod = (value: AnyFunction): PropertyDescriptor => ({ value, writable: true, configurable: true, enumerable: false })

/** Puts a hidden method on a short-lived object that inherits one. In the place of one of its own it is seen as that was. */
export function putHidden(target: object, key: string, method: PropertyDescriptor, inPlace = false): void {
  if (inPlace) (target as Record<string, unknown>)[key] = method.value
  else Object.defineProperty(target, key, method)
}

/** Gives a foreign object a hidden property of ours, to be written to later. @returns false where that is not possible */
export function putSlot(target: object, key: symbol, value: unknown): boolean {
  if (!Object.isExtensible(target)) return false
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false })
  return true
}

/** Replaces a method that an object inherits, until it is called for the first time. @returns false where that is not possible */
export function wrapOnce(target: object, key: string, make: (original: AnyFunction) => AnyFunction): boolean {
  const original = (target as Record<string, unknown>)[key]
  if (typeof original !== 'function' || Object.hasOwn(target, key) || !Object.isExtensible(target)) return false
  const replacement = make(original as AnyFunction)
  Object.defineProperty(target, key, {
    configurable: true,
    writable: true,
    value(this: unknown, ...args: unknown[]): unknown {
      delete (target as Record<string, unknown>)[key]
      return replacement.apply(this, args)
    },
  })
  return true
}

/**
 * Tells when `target[key]`, which it inherits, is read for the first time. Nothing of the target's own changes: until then a prototype of
 * ours stands between it and its own. While `run` runs the key reads as `undefined`.
 * @returns false where that is not possible
 */
export function onFirstRead(target: object, key: PropertyKey, run: () => void): boolean {
  const prototype = Object.getPrototypeOf(target) as object
  let state: 'waiting' | 'telling' | 'told' = 'waiting'
  const leave = (): void => {
    state = 'told'
    if (Object.getPrototypeOf(target) === between) Reflect.setPrototypeOf(target, prototype)
  }
  const between: object = Object.create(prototype, {
    [key]: {
      configurable: true,
      get(this: unknown): unknown {
        if (state === 'telling') return undefined
        if (state === 'waiting' && this === target) {
          state = 'telling'
          try {
            run()
          } finally {
            leave()
          }
        }
        return Reflect.get(prototype, key, this)
      },
      set(this: unknown, value: unknown) {
        if (this === target) leave()
        Reflect.set(prototype, key, value, this)
      },
    },
  })
  return Reflect.setPrototypeOf(target, between)
}

/** Runs `run` while `target[key]` is `value`, then puts the property back as it was. One that cannot be changed stays meanwhile. */
export function whileReplaced<Result>(target: object, key: PropertyKey, value: unknown, run: () => Result): Result {
  const before = Object.getOwnPropertyDescriptor(target, key)
  if (before === undefined ? !Object.isExtensible(target) : !before.configurable) return run()
  // what is added last, and goes first, leaves the object's shape as it was
  if (before === undefined) (target as Record<PropertyKey, unknown>)[key] = value
  else Object.defineProperty(target, key, { value, configurable: true, writable: true, enumerable: before.enumerable === true })
  try {
    return run()
  } finally {
    if (before === undefined) delete (target as Record<PropertyKey, unknown>)[key]
    else Object.defineProperty(target, key, before)
  }
}

/** Undoes every patch still applied; for the last `close()`. */
export function undoAllPatches(): void {
  for (const undo of [...applied].reverse()) undo()
}

/** How many patches are applied now, for health and tests. */
export function patchCount(): number {
  return applied.size
}

function canDefine(target: object, own: PropertyDescriptor | undefined): boolean {
  return own !== undefined || Object.isExtensible(target)
}

/** Gives a replacement the name, length and own properties of what it stands for. */
export function dressLike(replacement: AnyFunction, original: AnyFunction): void {
  for (const key of Reflect.ownKeys(original)) {
    if (key === 'prototype' || key === 'arguments' || key === 'caller') continue
    const descriptor = Object.getOwnPropertyDescriptor(original, key)
    if (descriptor !== undefined) Object.defineProperty(replacement, key, { ...descriptor, configurable: true })
  }
}
