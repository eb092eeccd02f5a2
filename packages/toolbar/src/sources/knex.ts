import { context, type Frame, recordingFrame } from '../core/context.ts'
import type { RawSql } from '../core/entries/sql.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { patchMethod, type Undo, wrapOwn } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import { takeStack } from '../core/stacks.ts'
import { answerOf } from './knex-answers.ts'
import { type Client, type Connection, isKnex, setTarget, targetOf, toConsole, type Watched } from './knex-client.ts'
import { databaseName, toDialect } from './knex-names.ts'
import { patchRunner } from './knex-origin.ts'
import { patchPool } from './knex-pool.ts'
import { isFunction, type Label, read, type Source } from './source.ts'
import { Holders } from './sql-holders.ts'
import { beginStatement, bytesRead, enterDriver, failStatement, finishStatement, leaveDriver } from './sql-recording.ts'

/**
 * knex, any dialect. The prototype that holds `query` is patched once per copy of knex, because the client of a transaction is made
 * from the prototype, not from the instance; only clients whose config is watched are recorded.
 */

interface QueryObject {
  sql: string
  bindings?: readonly unknown[]
}

const patchedPrototypes = new Map<object, { undo: Undo; uses: number }>()

export const knexSource: Source = {
  id: 'knex',
  what: 'a knex instance',
  mechanism: 'prototype of the client, once per copy of knex',
  recognise: isKnex,
  watch(instance: never, label: Label) {
    const client = read(instance, 'client') as Client
    const known = targetOf(client)
    const name = label ?? known?.label ?? databaseName(client)
    const target: Watched = known ?? {
      label: name,
      dialect: toDialect(client.dialect),
      console: toConsole(client),
      holders: new Holders(),
      uses: 0,
    }
    target.label = name
    target.uses++
    setTarget(client, target)
    const unpatch = patchPrototype(client)
    let undone = false
    return {
      label: name,
      undo() {
        if (undone) return
        undone = true
        if (--target.uses === 0) target.console = null
        unpatch()
      },
    }
  },
}

function patchPrototype(client: Client): Undo {
  let prototype = Object.getPrototypeOf(client) as object
  while (Object.getPrototypeOf(prototype) !== null && !Object.hasOwn(prototype, 'query'))
    prototype = Object.getPrototypeOf(prototype) as object
  let patched = patchedPrototypes.get(prototype)
  if (patched === undefined) {
    const undos = [patchQuery(prototype, 'query'), patchQuery(prototype, 'stream'), patchPool(prototype), patchRunner(client)]
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
      const target = targetOf(this)
      if (target === undefined) return original.call(this, connection, ...rest)
      const own = context.getStore()
      const frame = recordingFrame(own)
      const record = frame === null ? null : frame.scope.record
      if (frame === null || record === null) return original.call(this, connection, ...rest)
      const entry = begin(record, own, frame, target, connection, rest[0])
      if (method === 'stream' && entry !== undefined) followStream(record, entry, connection, rest[1])
      let promise: unknown
      enterDriver()
      try {
        promise = rest.length === 1 ? original.call(this, connection, rest[0]) : original.call(this, connection, ...rest)
      } catch (error) {
        if (entry !== undefined) failStatement(record, entry, connection, error)
        throw error
      } finally {
        leaveDriver()
      }
      if (entry === undefined) return promise
      afterCall(record, entry, rest[0])
      takeStack(entry.stack)
      return settle(record, entry, promise, connection)
    }
  })
}

const begin = guard(
  'knex.begin',
  (record: RequestRecord, own: Frame | undefined, frame: Frame, target: Watched, connection: Connection, asked: unknown): RawEntry => {
    const sql = typeof asked === 'string' ? asked : (asked as QueryObject).sql
    const entry = beginStatement(
      record,
      own,
      frame,
      target,
      connection,
      connection.__knexUid ?? null,
      sql,
      undefined,
      target.holders.takeAcquired(connection),
    )
    target.holders.note(connection, entry)
    // until it is answered: where the socket was
    ;(entry.data as RawSql).bytes = -2 - bytesRead(streamOf(connection))
    return entry
  },
)

const streamOf = (connection: Connection): unknown => connection.stream ?? connection.connection?.stream

/** knex has written the final SQL and bindings into the query object by now. */
const afterCall = guard('knex.call', (record: RequestRecord, entry: RawEntry, asked: unknown): void => {
  const data = entry.data as RawSql
  if (typeof asked === 'object' && asked !== null) {
    const { sql, bindings } = asked as QueryObject
    data.sql = sql
    if (bindings !== undefined) data.params = bindings
  }
  data.sql = record.locate(entry, data.sql, null, context.getStore()?.origin)
})

/** The promise that the app gets instead settles the same way: one that is only listened to would count as handled. */
function settle(record: RequestRecord, entry: RawEntry, promise: unknown, connection: Connection): unknown {
  if (!(promise instanceof Promise)) {
    finish(record, entry, undefined, connection)
    return promise
  }
  return promise.then(
    (answer: unknown) => {
      finish(record, entry, answer, connection)
      return answer
    },
    (error: unknown) => {
      failStatement(record, entry, connection, error)
      throw error
    },
  )
}

const finish = guard('knex.finish', (record: RequestRecord, entry: RawEntry, answer: unknown, connection: Connection): void => {
  const data = entry.data as RawSql
  const { rows, columns, bytes } = answerOf(answer)
  const atStart = -2 - data.bytes
  const atEnd = atStart < 0 ? -1 : bytesRead(streamOf(connection))
  finishStatement(record, entry, connection, data.rows === -1 ? rows : data.rows, columns, atEnd === -1 ? bytes : atEnd - atStart)
}) as (record: RequestRecord, entry: RawEntry, answer: unknown, connection: Connection) => void

/** Rows are counted as the driver writes them; a reader that stops early closes the stream, and the driver's promise may never settle. */
const followStream = guard('knex.stream', (record: RequestRecord, entry: RawEntry, connection: Connection, stream: unknown): void => {
  if (typeof stream !== 'object' || stream === null || !isFunction(read(stream, 'once'))) return
  const data = entry.data as RawSql
  data.rows = 0
  wrapOwn(stream, 'write', (original) => {
    return function write(this: unknown, ...args: unknown[]): unknown {
      if (record.isOpen(entry)) data.rows++
      return original.apply(this, args)
    }
  })
  ;(stream as NodeJS.EventEmitter).once('close', () => finish(record, entry, undefined, connection))
})
