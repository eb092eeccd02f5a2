import { now } from '../core/clock.ts'
import { context, type Frame, noteLate } from '../core/context.ts'
import { isTransactionStatement, type RawSql, sqlKind, transactionKind } from '../core/entries/sql.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { patchMethod, type Undo, wrapOwn } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import { databaseName, toDialect } from './knex-names.ts'
import { endTransaction, noteTransaction } from './knex-transactions.ts'
import { isFunction, type Label, read, type Source } from './source.ts'

/**
 * knex, any dialect. The prototype that holds `query` is patched once per copy of knex, because the client of a transaction is made
 * from the prototype, not from the instance; only clients whose config is watched are recorded.
 */

interface Client {
  config: object & { connection?: unknown }
  dialect: string
  transacting?: boolean
}

interface Connection {
  __knexUid?: string
}

interface QueryObject {
  sql: string
  bindings?: readonly unknown[]
  response?: unknown
  context?: { changes?: number }
}

interface Watched {
  label: string
  dialect: string
  uses: number
}

const watched = new WeakMap<object, Watched>()
/** by pooled connection: how long the last acquire waited, until a query takes it */
const waits = new WeakMap<object, number>()
const patchedPrototypes = new Map<object, { undo: Undo; uses: number }>()

export const knexSource: Source = {
  id: 'knex',
  what: 'a knex instance',
  mechanism: 'prototype of the client, once per copy of knex',
  recognise: (value) =>
    isFunction(read(value, 'raw')) &&
    isFunction(read(value, 'transaction')) &&
    isFunction(read(read(value, 'client'), 'acquireConnection')),
  watch(target: never, label: Label) {
    const client = read(target, 'client') as Client
    const known = watched.get(client.config)
    const name = label ?? known?.label ?? databaseName(client)
    watched.set(client.config, { label: name, dialect: toDialect(client.dialect), uses: (known?.uses ?? 0) + 1 })
    const unpatch = patchPrototype(client)
    let undone = false
    return {
      label: name,
      undo() {
        if (undone) return
        undone = true
        const entry = watched.get(client.config)
        if (entry !== undefined && --entry.uses === 0) watched.delete(client.config)
        unpatch()
      },
    }
  },
}

function patchPrototype(client: object): Undo {
  let prototype = Object.getPrototypeOf(client) as object
  while (Object.getPrototypeOf(prototype) !== null && !Object.hasOwn(prototype, 'query'))
    prototype = Object.getPrototypeOf(prototype) as object
  let patched = patchedPrototypes.get(prototype)
  if (patched === undefined) {
    const undos = [patchQuery(prototype, 'query'), patchQuery(prototype, 'stream'), patchAcquire(prototype)]
    patched = { undo: () => undos.splice(0).map((undo) => undo()), uses: 0 }
    patchedPrototypes.set(prototype, patched)
  }
  patched.uses++
  return () => {
    if (--patched.uses > 0) return
    patched.undo()
    patchedPrototypes.delete(prototype)
  }
}

/** `query(connection, object | string)` and `stream(connection, object | string, stream, options)` return promises. */
function patchQuery(prototype: object, method: 'query' | 'stream'): Undo {
  return patchMethod(prototype, method, (original) => {
    return function query(this: Client, connection: Connection, ...rest: unknown[]): unknown {
      const frame = context.getStore()
      const target = watched.get(this.config)
      if (target === undefined) return original.call(this, connection, ...rest)
      const record = frame === undefined ? null : frame.scope.record
      if (frame === undefined || record === null) {
        if (frame !== undefined) noteLate(frame.scope)
        return unrecorded(connection, rest[0], original.call(this, connection, ...rest))
      }
      const entry = begin(record, frame, target, connection, rest[0])
      if (method === 'stream' && entry !== undefined) followStream(record, entry, rest[1])
      let promise: unknown
      try {
        promise = original.call(this, connection, ...rest)
      } catch (error) {
        if (entry !== undefined) fail(record, entry, error)
        throw error
      }
      if (entry !== undefined) {
        afterCall(record, entry, rest[0], query)
        settle(record, entry, promise, connection)
      }
      return promise
    }
  })
}

/** Nobody's query. Its transaction is followed all the same: the next query on the connection may be somebody's. */
function unrecorded(connection: Connection, asked: unknown, promise: unknown): unknown {
  followTransaction(connection, asked, promise)
  return promise
}

const followTransaction = guard('knex.unrecorded', (connection: Connection, asked: unknown, promise: unknown): void => {
  const sql = typeof asked === 'string' ? asked : (asked as QueryObject).sql
  if (!isTransactionStatement(sql)) return
  noteTransaction(connection, { sql, transaction: true, transactionId: null, savepoint: null })
  const ended = (): void => endTransaction(connection, sql)
  if (isFunction(read(promise, 'then'))) (promise as Promise<unknown>).then(ended, ended)
})

const begin = guard(
  'knex.begin',
  (record: RequestRecord, frame: Frame, target: Watched, connection: Connection, asked: unknown): RawEntry => {
    const sql = typeof asked === 'string' ? asked : (asked as QueryObject).sql
    const transaction = isTransactionStatement(sql)
    const data: RawSql = {
      sql,
      params: none,
      dialect: target.dialect,
      connection: target.label,
      connectionId: connection.__knexUid ?? null,
      transaction,
      rows: -1,
      error: null,
      transactionId: null,
      savepoint: null,
      waitMs: takeWait(connection),
      duplicateGroup: 0,
      similarGroup: 0,
    }
    noteTransaction(connection, data)
    return record.begin(transaction ? transactionKind : sqlKind, '', frame.parentId, data)
  },
)

const none: readonly unknown[] = Object.freeze([])

/** knex has written the final SQL and bindings into the query object by now. */
const afterCall = guard(
  'knex.call',
  (record: RequestRecord, entry: RawEntry, asked: unknown, below: (...args: never[]) => unknown): void => {
    const data = entry.data as RawSql
    if (typeof asked === 'object' && asked !== null) {
      const { sql, bindings } = asked as QueryObject
      data.sql = sql
      data.params = bindings ?? none
    }
    data.sql = record.locate(entry, data.sql, below)
  },
)

function settle(record: RequestRecord, entry: RawEntry, promise: unknown, connection: Connection): void {
  if (!isFunction(read(promise, 'then'))) {
    finish(record, entry, undefined, connection)
    return
  }
  ;(promise as Promise<unknown>).then(
    (answer) => finish(record, entry, answer, connection),
    (error: unknown) => {
      fail(record, entry, error)
      if ((entry.data as RawSql).transaction) endTransaction(connection, (entry.data as RawSql).sql)
    },
  )
}

/** Rows are counted as the driver writes them; a reader that stops early closes the stream, and the driver's promise may never settle. */
const followStream = guard('knex.stream', (record: RequestRecord, entry: RawEntry, stream: unknown): void => {
  if (typeof stream !== 'object' || stream === null || !isFunction(read(stream, 'once'))) return
  const data = entry.data as RawSql
  data.rows = 0
  wrapOwn(stream, 'write', (original) => {
    return function write(this: unknown, ...args: unknown[]): unknown {
      data.rows++
      return original.apply(this, args)
    }
  })
  ;(stream as NodeJS.EventEmitter).once('close', () => record.finish(entry, 'ok'))
})

const finish = guard('knex.finish', (record: RequestRecord, entry: RawEntry, answer: unknown, connection: Connection): void => {
  const data = entry.data as RawSql
  if (!data.transaction && data.rows === -1) data.rows = rowsOf(answer as QueryObject | undefined)
  else endTransaction(connection, data.sql)
  record.finish(entry, 'ok')
}) as (record: RequestRecord, entry: RawEntry, answer: unknown, connection: Connection) => void

const fail = guard('knex.fail', (record: RequestRecord, entry: RawEntry, error: unknown): void => {
  ;(entry.data as RawSql).error = toSqlError(error)
  record.finish(entry, 'error')
})

function toSqlError(error: unknown): NonNullable<RawSql['error']> {
  const message = read(error, 'message')
  const code = read(error, 'code') ?? read(error, 'errno')
  return {
    message: typeof message === 'string' ? message.slice(0, 2_000) : 'a value that is not an Error',
    code: code === undefined ? null : String(code).slice(0, 60),
  }
}

/** Rows returned, else rows affected; -1 when the answer does not say. Shapes: pg Result, mysql2 [rows, fields] or [header], SQLite rows or { changes }. */
function rowsOf(answer: QueryObject | undefined): number {
  const response = answer?.response
  if (Array.isArray(response)) {
    const [first] = response as unknown[]
    if (response.length === 2 && Array.isArray(first)) return first.length
    if (response.length >= 1 && typeof read(first, 'affectedRows') === 'number' && read(first, 'fieldCount') !== undefined)
      return read(first, 'affectedRows') as number
    return response.length
  }
  const count = read(response, 'rowCount') ?? read(response, 'changes') ?? answer?.context?.changes
  if (typeof count === 'number') return count
  const rows = read(response, 'rows')
  return Array.isArray(rows) ? rows.length : -1
}

/** Waiting for a pooled connection is time of its own; an acquire that fails is an entry with its error. */
function patchAcquire(prototype: object): Undo {
  return patchMethod(prototype, 'acquireConnection', (original) => {
    return function acquireConnection(this: Client, ...args: unknown[]): unknown {
      const frame = context.getStore()
      const target = frame === undefined ? undefined : watched.get(this.config)
      const record = frame?.scope.record ?? null
      if (frame === undefined || target === undefined || record === null) return original.apply(this, args)
      const askedMs = now()
      const promise = original.apply(this, args) as Promise<Connection>
      promise.then(
        (connection) => noteWait(connection, now() - askedMs),
        (error: unknown) => noteFailedAcquire(record, frame, target, now() - askedMs, error),
      )
      return promise
    }
  })
}

const noteWait = guard('knex.acquire', (connection: Connection, waitMs: number): void => {
  if (typeof connection === 'object' && connection !== null) waits.set(connection, waitMs)
})

const noteFailedAcquire = guard(
  'knex.acquire-failed',
  (record: RequestRecord, frame: Frame, target: Watched, waitMs: number, error: unknown): void => {
    const data: RawSql = {
      sql: '-- no connection',
      params: none,
      dialect: target.dialect,
      connection: target.label,
      connectionId: null,
      transaction: false,
      rows: -1,
      error: toSqlError(error),
      transactionId: null,
      savepoint: null,
      waitMs: Math.round(waitMs * 1_000) / 1_000,
      duplicateGroup: 0,
      similarGroup: 0,
    }
    record.point(sqlKind, '', frame.parentId, data).status = 'error'
  },
)

function takeWait(connection: Connection): number {
  const waitMs = waits.get(connection)
  if (waitMs === undefined) return 0
  waits.delete(connection)
  return Math.round(waitMs * 1_000) / 1_000
}
