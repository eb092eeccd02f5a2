import type { ServerResponse } from 'node:http'
import { type AnyFunction, putHidden } from '../core/patch.ts'

/**
 * The methods of a response that ours stand in front of. What somebody had put on the response itself stays the one that is called. What it
 * inherited is looked up at the call: Express gives a response another prototype in each app that is mounted, and others patch prototypes.
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
  /** methods that were the response's own; `null` for none */
  own: Set<MethodName> | null
  /** a call of a method that the prototype did not have at the beginning, as long as it runs */
  changed: { readonly name: MethodName; readonly args: readonly unknown[] } | null
}

/** Puts our methods in front. */
export function putMethods(below: Below, ours: Readonly<Record<MethodName, PropertyDescriptor>>): void {
  const prototype = Object.getPrototypeOf(below.res) as ServerResponse
  put(below, 'writeHead', ours.writeHead, below.writeHead !== prototype.writeHead)
  put(below, 'write', ours.write, below.write !== prototype.write)
  put(below, 'end', ours.end, below.end !== prototype.end)
  put(below, 'destroy', ours.destroy, below.destroy !== prototype.destroy)
  put(below, 'emit', ours.emit, below.emit !== prototype.emit)
}

function put(below: Below, name: MethodName, method: PropertyDescriptor, isOwn: boolean): void {
  if (isOwn) {
    below.own ??= new Set()
    below.own.add(name)
  }
  putHidden(below.res, name, method, isOwn)
}

/** Calls what is below our method. */
export function callBelow(self: unknown, below: Below, name: MethodName, args: readonly unknown[]): unknown {
  const first = below[name]
  if (below.own?.has(name) === true) return first.apply(self, args as unknown[])
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
