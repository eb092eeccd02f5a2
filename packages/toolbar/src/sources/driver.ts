import { bindTo, context, Frame, recordingFrame } from '../core/context.ts'
import type { RawSql, SqlTarget } from '../core/entries/sql.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { wrapOwn } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import type { Holders } from './sql-holders.ts'
import { type Acquired, beginStatement, bytesRead, noteNoConnection, roundMs } from './sql-recording.ts'

/** What the sources of drivers with callbacks and pools do alike. */

/** A watched driver. */
export interface DriverTarget extends SqlTarget {
  readonly holders: Holders
}

/** A statement on its way. */
export interface Sent {
  readonly record: RequestRecord
  readonly entry: RawEntry
}

/** Notes that a pooled connection was got, and how long that took. */
export const noteAcquired = guard(
  'driver.acquire',
  (target: DriverTarget, own: Frame | undefined, connection: object, waitMs: number, pool: Acquired['pool']): void => {
    target.holders.take(connection, own === undefined ? null : own.scope.id, roundMs(waitMs), pool)
  },
)

export const noteFailedAcquire = guard(
  'driver.acquire-failed',
  (target: DriverTarget, own: Frame | undefined, waitMs: number, pool: Acquired['pool'], error: unknown): void => {
    const frame = recordingFrame(own)
    const record = frame === null ? null : frame.scope.record
    if (frame !== null && record !== null) noteNoConnection(record, own, frame, target, { waitMs: roundMs(waitMs), pool }, error)
  },
)

/** Begins the entry of a statement and places it; its stack is for the hook to take. `undefined` when nothing records, or it failed. */
export const send = guard(
  'driver.send',
  (
    target: DriverTarget,
    connection: object,
    connectionId: string | null,
    socket: unknown,
    sql: string,
    params: readonly unknown[] | undefined,
  ): Sent | undefined => {
    const own = context.getStore()
    const frame = recordingFrame(own)
    const record = frame === null ? null : frame.scope.record
    if (frame === null || record === null) return undefined
    const got = target.holders.takeAcquired(connection)
    const entry = beginStatement(record, own, frame, target, connection, connectionId, sql, params, got)
    target.holders.note(connection, entry)
    const data = entry.data as RawSql
    // until it is answered: where the socket was
    data.bytes = -2 - bytesRead(socket)
    data.sql = record.locate(entry, sql, null, own?.origin)
    return { record, entry }
  },
)

/** Bytes that came since the statement was sent, -1 where that is not known. */
export function bytesSince(entry: RawEntry, socket: unknown): number {
  const atStart = -2 - (entry.data as RawSql).bytes
  const atEnd = atStart < 0 ? -1 : bytesRead(socket)
  return atEnd === -1 ? -1 : atEnd - atStart
}

/** A frame that remembers where a call was made that reaches the driver later; the frame itself where nothing is captured. */
export const frameOfCall = guard('driver.origin', (own: Frame | undefined, sql: unknown): Frame | undefined => {
  const base = recordingFrame(own)
  const record = base === null ? null : base.scope.record
  if (base === null || record === null) return own
  const origin = record.originOf(`call ${typeof sql === 'string' ? sql : ''}`, base.parentId)
  return origin === undefined ? own : new Frame(base.scope, base.parentId, '', origin, own)
})

/** Listeners of an emitter that a driver made for one statement run in the frame the statement was asked for in. */
export function keepContextOf(emitter: object, own: Frame | undefined): void {
  wrapOwn(emitter, 'emit', (original) => bindTo(own, original))
}
