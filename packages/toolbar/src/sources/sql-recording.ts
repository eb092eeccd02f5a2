import { transactionVerb } from '../contract/transactions.ts'
import { type Frame, outerOf } from '../core/context.ts'
import { beginningOf } from '../core/cut-text.ts'
import { type RawPool, type RawSql, type SqlTarget, sqlKind, transactionKind } from '../core/entries/sql.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard, isOff } from '../core/guard.ts'
import { ownText } from '../core/preview.ts'
import type { RequestRecord } from '../core/record.ts'
import { endTransaction, noteTransaction } from './sql-transactions.ts'

/** What all sources of SQL do alike: an entry when a statement is handed to its driver, closed when it is answered. */

const none: readonly unknown[] = Object.freeze([])

/** What an acquire of a pooled connection found out; the next statement on the connection takes it. */
export interface Acquired {
  readonly waitMs: number
  readonly pool: RawPool | null
}

/**
 * Appends the entry of a statement that is handed to the driver now.
 * @param own the frame it was asked for in, which may be that of a sealed request
 * @param frame where it is recorded
 * @param connection the driver's connection: transactions belong to it
 * @throws Error when statements cannot be closed any more, for the guard of the caller
 */
export function beginStatement(
  record: RequestRecord,
  own: Frame | undefined,
  frame: Frame,
  target: SqlTarget,
  connection: object,
  connectionId: string | null,
  sql: string,
  params: readonly unknown[] | undefined,
  acquired: Acquired | undefined,
): RawEntry {
  if (isOff('sql')) throw new Error('statements cannot be closed any more')
  const transaction = transactionVerb(sql) !== null
  const data: RawSql = {
    sql,
    params: params ?? none,
    database: target,
    connectionId,
    transaction,
    rows: -1,
    error: null,
    transactionId: null,
    savepoint: null,
    waitMs: acquired === undefined ? 0 : acquired.waitMs,
    bytes: -1,
    columns: -1,
    pool: acquired === undefined ? null : acquired.pool,
    after: lateOf(own),
    duplicateGroup: 0,
    similarGroup: 0,
  }
  noteTransaction(connection, data)
  return record.begin(transaction ? transactionKind : sqlKind, '', frame.parentId, data)
}

/** id of the request that asks after it was sealed, else `null`. */
function lateOf(own: Frame | undefined): string | null {
  const asking = outerOf(own)
  return asking !== undefined && asking.scope.record === null ? asking.scope.id : null
}

/** A statement that came to nothing, since no connection could be had: a point in time with its error. */
export function noteNoConnection(
  record: RequestRecord,
  own: Frame | undefined,
  frame: Frame,
  target: SqlTarget,
  acquired: Acquired,
  error: unknown,
): void {
  const data: RawSql = {
    sql: '-- no connection',
    params: none,
    database: target,
    connectionId: null,
    transaction: false,
    rows: -1,
    error: toSqlError(error),
    transactionId: null,
    savepoint: null,
    waitMs: acquired.waitMs,
    bytes: -1,
    columns: -1,
    pool: acquired.pool,
    after: lateOf(own),
    duplicateGroup: 0,
    similarGroup: 0,
  }
  record.point(sqlKind, '', frame.parentId, data).status = 'error'
}

/** The statement was answered; one that is closed is left alone, and one that is sealed closes its transaction only. Rows and columns of -1 are not known. */
export const finishStatement = guard(
  'sql.finish',
  (record: RequestRecord, entry: RawEntry, connection: object, rows: number, columns: number, bytes: number): void => {
    if (entry.endMs !== -1) return
    const data = entry.data as RawSql
    endTransaction(connection, data, null)
    if (!record.isOpen(entry)) return
    if (!data.transaction) data.rows = rows
    data.columns = columns
    data.bytes = bytes
    record.finish(entry, 'ok')
  },
)

/** The statement failed; a commit that fails has closed its transaction too. */
export const failStatement = guard('sql.fail', (record: RequestRecord, entry: RawEntry, connection: object, error: unknown): void => {
  if (entry.endMs !== -1) return
  const data = entry.data as RawSql
  const failure = toSqlError(error)
  endTransaction(connection, data, failure)
  if (!record.isOpen(entry)) return
  data.error = failure
  data.bytes = -1
  record.finish(entry, 'error')
})

function toSqlError(error: unknown): NonNullable<RawSql['error']> {
  const own = (key: string): string | null => (typeof error === 'object' && error !== null ? ownText(error, key) : null)
  const message = own('message')
  return {
    message: message === null ? 'a value that is not an Error' : beginningOf(message, 2_000),
    code: (own('code') ?? own('errno'))?.slice(0, 60) ?? null,
  }
}

/** Rounded to microseconds. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}

/** About the bytes of a row that the driver made: a plain object or an array of plain values. */
export function sizeOfRow(row: unknown): number {
  if (typeof row !== 'object' || row === null) return typeof row === 'string' ? row.length : 8
  let bytes = 0
  for (const key in row) {
    const value = (row as Record<string, unknown>)[key]
    if (typeof value === 'string') bytes += value.length
    else if (typeof value === 'object' && value !== null) bytes += value instanceof Uint8Array ? value.length : 16
    else bytes += 8
  }
  return bytes
}

/** How many columns a row that the driver made has. */
export function columnsOfRow(row: unknown): number {
  if (Array.isArray(row)) return row.length
  if (typeof row !== 'object' || row === null) return 1
  let columns = 0
  for (const _key in row) columns++
  return columns
}

/** Bytes read so far from the server by the driver's socket, -1 where there is none. */
export function bytesRead(stream: unknown): number {
  const bytes = stream === undefined || stream === null ? undefined : (stream as { bytesRead?: unknown }).bytesRead
  return typeof bytes === 'number' ? bytes : -1
}

let depth = 0

/**
 * A statement is handed to a driver that may be watched as well, and is recorded already. The hook calls the driver itself: a frame
 * more of ours is one less of the app's in the stack of an error.
 */
export function enterDriver(): void {
  depth++
}

export function leaveDriver(): void {
  depth--
}

/** Whether a layer above has recorded the statement that is handed over now. */
export function isOnBehalf(): boolean {
  return depth > 0
}
