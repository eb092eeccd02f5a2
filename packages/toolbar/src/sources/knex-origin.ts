import { context, enterFrame, Frame, outerOf, recordingFrame } from '../core/context.ts'
import { guard } from '../core/guard.ts'
import { type AnyFunction, patchMethod, type Undo } from '../core/patch.ts'
import { takeStack } from '../core/stacks.ts'
import { keepContextOf } from './driver.ts'
import { Keys } from './keys.ts'
import { type Client, targetOf } from './knex-client.ts'
import { isFunction, read } from './source.ts'

/**
 * `db('books').then(show)` leaves nothing of the app on the stack when the query is sent, after a connection was acquired.
 * So a second, short stack is taken where the builder was started; it is the place where the first one has none.
 */

/** `run` of the runner is called by `then` of every builder, `stream` by its own method, each in the turn of the app's call. */
export function patchRunner(client: Client): Undo {
  const runner: unknown = isFunction(client.runner) ? client.runner({}) : undefined
  const prototype: unknown = runner === undefined ? undefined : Object.getPrototypeOf(runner)
  if (typeof prototype !== 'object' || prototype === null || !isFunction(read(prototype, 'run'))) return () => {}
  const undos = (['run', 'stream'] as const).map((method) =>
    patchMethod(prototype, method, (original) => {
      return function start(this: { client: Client; builder: unknown }, ...args: unknown[]): unknown {
        const own = context.getStore()
        const within = targetOf(this.client) === undefined ? undefined : enter(own, this.builder)
        if (within === undefined) return original.apply(this, args)
        takeStack(within.origin?.stack ?? null)
        const answer = startIn(within, original, this, args)
        // what listens to the rows was not started here
        if (method === 'stream' && isFunction(read(answer, 'emit'))) keepContextOf(answer as object, own)
        return answer
      }
    }),
  )
  return () => {
    for (const undo of undos) undo()
  }
}

function startIn(within: Frame, run: AnyFunction, self: object, args: unknown[]): unknown {
  const before = enterFrame(within)
  try {
    return run.apply(self, args)
  } finally {
    enterFrame(before)
  }
}

const enter = guard('knex.origin', (own: Frame | undefined, builder: unknown): Frame | undefined => {
  const frame = recordingFrame(own)
  const record = frame === null ? null : frame.scope.record
  if (frame === null || record === null) return undefined
  const origin = record.originOf(keyOf(builder), frame.parentId)
  return origin === undefined ? undefined : new Frame(frame.scope, frame.parentId, '', origin, outerOf(own))
})

const keys = new Keys('knex ')

/** What makes two builders likely to be of the same line, as far as is known before there is SQL: the table, the text of a raw query. */
function keyOf(builder: unknown): string {
  const name = read(read(builder, '_single'), 'table') ?? read(builder, 'sql')
  return typeof name === 'string' ? keys.of(name) : 'knex'
}
