import { beginningOf } from '../core/cut-text.ts'
import { guard } from '../core/guard.ts'
import { patchMethod, type Undo } from '../core/patch.ts'
import { servingOf } from '../core/serving.ts'
import { isFunction } from './source.ts'

/**
 * JSON bodies, where Express has them as text: `res.json` ends in `res.send(text)`. At the socket they may be compressed.
 * The prototype is patched once per copy of Express.
 */
export function patchSend(res: object, keep: (undo: Undo) => void): void {
  let holder: object | null = Object.getPrototypeOf(res) as object | null
  while (holder !== null && !Object.hasOwn(holder, 'send')) holder = Object.getPrototypeOf(holder) as object | null
  if (holder === null || patched.has(holder) || !isFunction((holder as { send?: unknown }).send)) return
  patched.add(holder)
  const prototype = holder
  const undo = patchMethod(prototype, 'send', (original) => {
    return function send(this: Response, body: unknown, ...rest: unknown[]): unknown {
      if (typeof body === 'string') note(this, body)
      return original.call(this, body, ...rest)
    }
  })
  keep(() => {
    patched.delete(prototype)
    undo()
  })
}

interface Response {
  getHeader(name: string): unknown
}

const patched = new WeakSet<object>()

const note = guard('express.send', (res: Response, body: string): void => {
  const serving = servingOf(res)
  const record = serving === undefined ? null : serving.scope.record
  if (record === null || record.facts.body !== null || !/\bjson\b/i.test(String(res.getHeader('content-type') ?? ''))) return
  const { facts, limits } = record
  // a slice would keep all of a long text alive: a short copy of the beginning does not
  facts.body = {
    text: body.length <= limits.bodyBytes ? body : beginningOf(body, limits.bodyBytes),
    length: body.length,
  }
})
