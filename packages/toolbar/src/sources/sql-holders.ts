import { now } from '../core/clock.ts'
import type { RawPool, RawSql } from '../core/entries/sql.ts'
import type { RawEntry } from '../core/entry.ts'
import { inTransaction } from './sql-transactions.ts'

/** Who has the connections of a pool, so that a query that waits for one can say why. */
export class Holders {
  private readonly held = new Map<object, { request: string | null; sinceMs: number; last: RawEntry | null }>()

  /** @param request id of the request that got the connection */
  take(connection: object, request: string | null): void {
    this.held.set(connection, { request, sinceMs: now(), last: null })
  }

  release(connection: object): void {
    this.held.delete(connection)
  }

  /** the last statement on a connection */
  note(connection: object, entry: RawEntry): void {
    const holder = this.held.get(connection)
    if (holder !== undefined) holder.last = entry
  }

  /** A picture for somebody who has to wait now. */
  snapshot(max: number | null, used: number, pending: number): RawPool {
    const nowMs = now()
    const holders = [...this.held]
      .sort(([, a], [, b]) => a.sinceMs - b.sinceMs)
      .slice(0, 10)
      .map(([connection, { request, sinceMs, last }]) => ({
        request,
        heldMs: nowMs - sinceMs,
        sql: last === null ? '' : (last.data as RawSql).sql,
        transaction: inTransaction(connection),
        stack: last === null ? null : last.stack,
      }))
    return { max, used, pending, holders }
  }
}
