import { ServerResponse } from 'node:http'
import { type AnyFunction, patchMethod, putHidden, type Undo } from '../core/patch.ts'

/**
 * The methods of a response that ours stand in front of. Node's own are replaced on its prototype, once: nothing is put on a response that
 * has them from there. What somebody had put on the response itself, or before Node's in its prototypes, stays the one that is called, by
 * ours in front of it; that is looked up at the call: Express gives a response another prototype in each app that is mounted, and others
 * patch prototypes.
 */

export interface Methods {
  writeHead: AnyFunction
  write: AnyFunction
  end: AnyFunction
  destroy: AnyFunction
  emit: AnyFunction
}
export type MethodName = keyof Methods

/** What is below our methods, of one response. */
export interface Below extends Methods {
  readonly res: ServerResponse
  /** methods that ours stand before on the response itself; `null` for none: ours on Node's prototype pass those on */
  here: Set<MethodName> | null
  /** those of them that were the response's own; `null` for none */
  own: Set<MethodName> | null
  /** a call of a method that the prototype did not have at the beginning, as long as it runs */
  changed: { readonly name: MethodName; readonly args: readonly unknown[] } | null
}

/** Ours for a response itself. */
export type OwnMethods = Readonly<Record<MethodName, PropertyDescriptor>>

const names: readonly MethodName[] = ['writeHead', 'write', 'end', 'destroy', 'emit']

/** Ours on Node's prototype, and what they replaced. */
let fronts: Partial<Methods> = {}
let originals: Partial<Methods> = {}

/** Replaces Node's own methods of HTTP/1 responses. @param make makes ours, of its name and Node's own */
export function patchResponses(make: (name: MethodName, original: AnyFunction) => AnyFunction): Undo {
  const undos = names.map((name) =>
    patchMethod(ServerResponse.prototype, name, (original) => {
      const front = make(name, original)
      fronts[name] = front
      originals[name] = original
      return front
    }),
  )
  return () => {
    fronts = {}
    originals = {}
    for (const undo of undos) undo()
  }
}

/** Puts our methods in front of those that do not come from Node's prototype. */
export function putMethods(below: Below, ours: OwnMethods): void {
  for (const name of names) {
    if (below[name] === fronts[name]) below[name] = originals[name] as AnyFunction
    else put(below, name, ours[name])
  }
}

/** The same for a prototype that came later. */
export function putMethodsAgain(below: Below, ours: OwnMethods): void {
  for (const name of names) {
    const found = below.res[name] as AnyFunction
    if (found === fronts[name] || below.here?.has(name) === true) continue
    below[name] = found
    put(below, name, ours[name])
  }
}

function put(below: Below, name: MethodName, method: PropertyDescriptor): void {
  const { res } = below
  const isOwn = Object.hasOwn(res, name)
  putHidden(res, name, method, isOwn)
  below.here ??= new Set()
  below.here.add(name)
  if (!isOwn) return
  below.own ??= new Set()
  below.own.add(name)
}

/** Puts ours on a response that had them from Node's prototype, when they are about to leave it: what began is brought to its end. */
export function keepMethods(below: Below, ours: OwnMethods): void {
  for (const name of names) if (below.here?.has(name) !== true && Object.isExtensible(below.res)) put(below, name, ours[name])
}

/** Calls what is below our method. */
export function callBelow(self: unknown, below: Below, name: MethodName, args: readonly unknown[]): unknown {
  const first = below[name]
  // a named look at `apply` misses V8's caches: these are functions of many shapes
  if (below.here === null || !below.here.has(name) || below.own?.has(name) === true) return Reflect.apply(first, self, args)
  const inherited = (Object.getPrototypeOf(below.res) as Partial<Methods>)[name]
  if (inherited === first || inherited === undefined) return first.apply(self, args as unknown[])
  const { changed } = below
  // it was made around our method, and has come back to it
  if (changed !== null && changed.name === name && isSame(changed.args, args)) return first.apply(self, args as unknown[])
  below.changed = { name, args }
  try {
    return inherited.apply(self, args as unknown[])
  } finally {
    below.changed = changed
  }
}

const isSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((value, index) => value === other[index])

/** Our method was taken to an object that is not observed: there it is what that object inherits. */
export function callInherited(self: object, name: MethodName, ours: AnyFunction, args: readonly unknown[]): unknown {
  let prototype = Object.getPrototypeOf(self) as Partial<Methods> | null
  while (prototype?.[name] === ours) prototype = Object.getPrototypeOf(prototype) as Partial<Methods> | null
  return (prototype as Methods)[name].apply(self, args as unknown[])
}

/** Node's own method of a response, whatever stands before it: on the response, or in prototypes of a framework. */
export function nodesOwn(res: ServerResponse, name: 'writeHead' | 'write' | 'end'): AnyFunction {
  let found = res[name] as AnyFunction
  for (let at = Object.getPrototypeOf(res) as object | null; at !== null; at = Object.getPrototypeOf(at) as object | null)
    if (Object.hasOwn(at, name)) found = (at as Methods)[name]
  return found
}
