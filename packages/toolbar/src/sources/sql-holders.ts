import { now } from '../core/clock.ts'
import type { RawPool, RawSql } from '../core/entries/sql.ts'
import type { RawEntry } from '../core/entry.ts'
import type { Acquired } from './sql-recording.ts'
import { inTransaction } from './sql-transactions.ts'

/** Who has a connection. One per connection, written anew by each who gets it. */
class Holder implements Acquired {
  /** while it is held */
  connection: object | null = null
  /** where it is among those that are held, while it is */
  place = -1
  /** id of the request, `null` for none */
  request: string | null = null
  sinceMs = 0
  waitMs = 0
  pool: RawPool | null = null
  /** the last statement */
  last: RawEntry | null = null
  /** no statement has taken what the acquire found out */
  isFresh = false
}

/** Who has the connections of a pool, so that a query that waits for one can say why. */
export class Holders {
  private readonly known = new WeakMap<object, Holder>()
  /** With gaps: a list or a map that is emptied and filled again by each query gives its memory back each time. */
  private readonly held: (Holder | null)[] = []

  /**
   * @param request id of the request that got the connection
   * @param waitMs how long it waited
   * @param pool who had the connections meanwhile
   */
  take(connection: object, request: string | null, waitMs: number, pool: RawPool | null): void {
    let holder = this.known.get(connection)
    if (holder === undefined) {
      holder = new Holder()
      this.known.set(connection, holder)
    }
    holder.request = request
    holder.sinceMs = now()
    holder.waitMs = waitMs
    holder.pool = pool
    holder.last = null
    holder.isFresh = true
    holder.connection = connection
    if (holder.place !== -1) return
    const gap = this.held.indexOf(null)
    holder.place = gap === -1 ? this.held.length : gap
    this.held[holder.place] = holder
  }

  release(connection: object): void {
    const holder = this.known.get(connection)
    if (holder === undefined || holder.place === -1) return
    holder.last = null
    holder.pool = null
    holder.connection = null
    this.held[holder.place] = null
    holder.place = -1
  }

  /** What the last acquire of a connection found out, once. */
  takeAcquired(connection: object): Acquired | undefined {
    const holder = this.known.get(connection)
    if (holder === undefined || !holder.isFresh) return undefined
    holder.isFresh = false
    return holder
  }

  /** the last statement on a connection */
  note(connection: object, entry: RawEntry): void {
    const holder = this.known.get(connection)
    if (holder !== undefined && holder.place !== -1) holder.last = entry
  }

  /** A picture for somebody who has to wait now. */
  snapshot(max: number | null, used: number, pending: number): RawPool {
    const nowMs = now()
    const holders = this.held
      .filter((holder) => holder !== null)
      .sort((a, b) => a.sinceMs - b.sinceMs)
      .slice(0, 10)
      .map(({ connection, request, sinceMs, last }) => ({
        request,
        heldMs: nowMs - sinceMs,
        sql: last === null ? '' : (last.data as RawSql).sql,
        transaction: inTransaction(connection as object),
        stack: last === null ? null : last.stack,
      }))
    return { max, used, pending, holders }
  }
}
