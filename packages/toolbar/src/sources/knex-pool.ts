import { now } from '../core/clock.ts'
import { context, type Frame, outerOf, recordingFrame } from '../core/context.ts'
import type { RawPool } from '../core/entries/sql.ts'
import { guard } from '../core/guard.ts'
import { patchMethod, type Undo } from '../core/patch.ts'
import { type Client, type Connection, targetOf, type Watched } from './knex-client.ts'
import { type Acquired, noteNoConnection, roundMs } from './sql-recording.ts'

/** Waiting for a pooled connection is time of its own, and who has the connections is its reason. */

const acquired = new WeakMap<object, Acquired>()

/** What the last acquire of this connection found out, once. */
export function takeAcquired(connection: object): Acquired | undefined {
  const found = acquired.get(connection)
  if (found !== undefined) acquired.delete(connection)
  return found
}

export function patchPool(prototype: object): Undo {
  const undoAcquire = patchMethod(prototype, 'acquireConnection', (original) => {
    return function acquireConnection(this: Client, ...args: unknown[]): unknown {
      const target = targetOf(this)
      if (target === undefined) return original.apply(this, args)
      const own = context.getStore()
      const askedMs = now()
      const pool = look(this, target) ?? null
      const promise = original.apply(this, args) as Promise<Connection>
      // a promise that settles the same way: one that is only listened to would count as handled
      return promise.then(
        (connection) => {
          noteAcquired(target, own, connection, now() - askedMs, pool)
          return connection
        },
        (error: unknown) => {
          // whoever has the connections now may have got them since
          noteFailed(target, own, now() - askedMs, pool ?? look(this, target) ?? null, error)
          throw error
        },
      )
    }
  })
  const undoRelease = patchMethod(prototype, 'releaseConnection', (original) => {
    return function releaseConnection(this: Client, connection: object, ...rest: unknown[]): unknown {
      noteReleased(this, connection)
      return original.call(this, connection, ...rest)
    }
  })
  return () => {
    undoRelease()
    undoAcquire()
  }
}

/** Only a pool that has no connection to give makes anybody wait. */
const look = guard('knex.pool', (client: Client, target: Watched): RawPool | null => {
  const { pool } = client
  const used = pool?.numUsed?.()
  if (pool === undefined || used === undefined || pool.max === undefined || used < pool.max) return null
  return target.holders.snapshot(pool.max, used, (pool.numPendingAcquires?.() ?? 0) + 1)
})

const noteAcquired = guard(
  'knex.acquire',
  (target: Watched, own: Frame | undefined, connection: Connection, waitMs: number, pool: RawPool | null): void => {
    if (typeof connection !== 'object' || connection === null) return
    acquired.set(connection, { waitMs: roundMs(waitMs), pool })
    target.holders.take(connection, outerOf(own)?.scope.id ?? null)
  },
)

const noteReleased = guard('knex.release', (client: Client, connection: object): void => {
  targetOf(client)?.holders.release(connection)
})

const noteFailed = guard(
  'knex.acquire-failed',
  (target: Watched, own: Frame | undefined, waitMs: number, pool: RawPool | null, error: unknown): void => {
    const frame = recordingFrame(own)
    const record = frame === null ? null : frame.scope.record
    if (frame !== null && record !== null) noteNoConnection(record, own, frame, target, { waitMs: roundMs(waitMs), pool }, error)
  },
)
