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
    return function send(this: object, body: unknown, ...rest: unknown[]): unknown {
      if (typeof body === 'string') note(this, body)
      return original.call(this, body, ...rest)
    }
  })
  keep(() => {
    patched.delete(prototype)
    undo()
  })
}

const patched = new WeakSet<object>()

const note = guard('express.send', (res: object, body: string): void => {
  const serving = servingOf(res)
  if (serving !== undefined) serving.text ??= body
})
