import { now } from '../core/clock.ts'
import { context, type Frame, outerOf, recordingFrame } from '../core/context.ts'
import type { RawPool } from '../core/entries/sql.ts'
import { guard } from '../core/guard.ts'
import { patchMethod, type Undo } from '../core/patch.ts'
import { type Client, type Connection, type Pool, targetOf, type Watched } from './knex-client.ts'
import { noteNoConnection, roundMs } from './sql-recording.ts'

/** Waiting for a pooled connection is time of its own, and who has the connections is its reason. */

/** Somebody who asks for a connection of a pool that has one to give. */
interface Asking {
  readonly target: Watched
  readonly own: Frame | undefined
  readonly askedMs: number
}

/** Who has asked a pool and was not answered yet, by the pool's id. Nearly always one: a map that is emptied each time shrinks each time. */
class Askings {
  private id: unknown = undefined
  private one: Asking | undefined = undefined
  private readonly others = new Map<unknown, Asking>()

  add(id: unknown, asking: Asking): void {
    if (this.one !== undefined) this.others.set(id, asking)
    else {
      this.id = id
      this.one = asking
    }
  }

  take(id: unknown): Asking | undefined {
    const { one } = this
    if (one !== undefined && this.id === id) {
      this.one = undefined
      return one
    }
    const found = this.others.get(id)
    if (found !== undefined) this.others.delete(id)
    return found
  }
}

/** who asks just now */
let asking: Asking | null = null
const heard = new WeakMap<Pool, Undo>()

/**
 * The pool itself tells what became of whom it has a connection for: a promise of ours for each, as those who wait get it, takes longer
 * than all the rest that is done for a query.
 */
const hear = guard('knex.pool-events', (pool: Pool, keep: (undo: Undo) => void): void => {
  if (heard.has(pool)) return
  const asked = new Askings()
  const listeners = {
    acquireRequest(id: unknown): void {
      if (asking !== null) asked.add(id, asking)
      asking = null
    },
    acquireSuccess(id: unknown, connection: unknown): void {
      const found = asked.take(id)
      if (found !== undefined) noteAcquired(found.target, found.own, connection as Connection, now() - found.askedMs, null)
    },
    acquireFail(id: unknown, error: unknown): void {
      const found = asked.take(id)
      if (found !== undefined) noteFailed(found.target, found.own, now() - found.askedMs, null, error)
    },
  }
  for (const [event, listener] of Object.entries(listeners)) pool.on?.(event, listener)
  const ref = new WeakRef(pool)
  const undo = (): void => {
    const still = ref.deref()
    if (still === undefined) return
    heard.delete(still)
    for (const [event, listener] of Object.entries(listeners)) still.removeListener?.(event, listener)
  }
  heard.set(pool, undo)
  keep(undo)
})

const hasFree = guard('knex.pool-free', (pool: Pool | undefined): boolean => pool?.on !== undefined && (pool.numFree?.() ?? 0) > 0)

export function patchPool(prototype: object): Undo {
  const undos: Undo[] = []
  const keep = (undo: Undo): void => void undos.push(undo)
  const undoAcquire = patchMethod(prototype, 'acquireConnection', (original) => {
    return function acquireConnection(this: Client, ...args: unknown[]): unknown {
      const target = targetOf(this)
      if (target === undefined) return original.apply(this, args)
      const own = context.getStore()
      const askedMs = now()
      if (hasFree(this.pool) === true) {
        hear(this.pool as Pool, keep)
        asking = { target, own, askedMs }
        try {
          return original.apply(this, args)
        } finally {
          asking = null
        }
      }
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
    for (const undo of undos.splice(0)) undo()
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
    target.holders.take(connection, outerOf(own)?.scope.id ?? null, roundMs(waitMs), pool)
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
