import type { ServerResponse } from 'node:http'
import { context, type Scope } from './context.ts'
import { look } from './look.ts'
import { putSlot } from './patch.ts'

/** What is known of a response being served, reachable from the response itself: contexts get lost, `res` does not. */
export interface Serving {
  readonly res: ServerResponse
  /** its record, until that is sealed: an app may keep a response for ever */
  readonly scope: Scope
  /** the app called `end` */
  ended: boolean
  /** it is over, whichever way */
  closed: boolean
  /** a body that the app gave as text, until its head is made: only then it is known whether it is JSON */
  text: string | null
  /** what the framework's sources keep with it */
  framework: object | null
  /** what the response inherited from when it was looked at last */
  prototype: object
  /** told that it inherits from something else now, as in each app that Express mounts */
  readonly refit: (serving: Serving) => void
}

const slot = Symbol('debug-toolbar.serving')
type Socket = { [slot]?: Serving }
type Response = { req?: { socket?: Socket | null; httpVersionMajor?: number } | null }

/** Responses whose socket serves others at the same time, as with pipelining and HTTP/2. */
const others = new WeakMap<object, Serving>()
let hasOthers = false

/**
 * Ties a response to its record, by the context it is served in and by its socket. Not by a property of the response: once Express has
 * given it another prototype, V8 shares no shape between responses any more, and each property that is added takes 2 µs and 1.5 KB. Not by
 * a WeakMap: a scavenge takes its values for alive, and all of a request with them.
 * @param socket of HTTP/1; else `null`
 */
export function bindServing(serving: Serving, socket: object | null): void {
  serving.scope.serving = serving
  if (socket !== null) {
    const holder = socket as Socket
    const last = holder[slot]
    if (last === undefined && putSlot(socket, slot, serving)) return
    if (last?.closed === true) {
      holder[slot] = serving
      return
    }
  }
  hasOthers = true
  others.set(serving.res, serving)
}

/** The record a response belongs to, or `undefined` when it is not recorded. */
export function servingOf(res: object): Serving | undefined {
  const current = context.getStore()
  if (current !== undefined) {
    const { serving } = current.scope
    if (serving !== null && serving.res === res) return serving
  }
  return servingOn(socketOf(res), res)
}

/** The same, where the socket is known. @param socket of HTTP/1; else `null` */
export function servingOn(socket: object | null, res: object): Serving | undefined {
  const serving = (socket as Socket | null)?.[slot]
  if (serving !== undefined && serving.res === res) return serving
  return hasOthers ? others.get(res) : undefined
}

/** Of HTTP/1: what HTTP/2 has in its place is made anew at each look, and may throw. */
function socketOf(res: object): Socket | null {
  const req = look(res as Response, 'req')
  return req != null && look(req, 'httpVersionMajor') === 1 ? (look(req, 'socket') ?? null) : null
}
