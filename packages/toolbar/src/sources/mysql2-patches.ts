import { now } from '../core/clock.ts'
import { bindTo, context, type Frame, outerOf } from '../core/context.ts'
import type { RawSql } from '../core/entries/sql.ts'
import { guard } from '../core/guard.ts'
import { ownerOf, patchShared, setOwn, type Undo, wrapOwn } from '../core/patch.ts'
import { takeStack } from '../core/stacks.ts'
import { bytesSince, type DriverTarget, frameOfCall, noteAcquired, noteFailedAcquire, type Sent, send } from './driver.ts'
import { isFunction, read } from './source.ts'
import { failStatement, finishStatement, isOnBehalf } from './sql-recording.ts'

/** What is used of mysql2's core; the names with an underscore are not public, and without them less is known. */

export interface MysqlConnection {
  config: object
  threadId?: number | null
  stream?: unknown
  _pool?: MysqlPool | null
  addCommand(command: object): unknown
  connect(callback: (error: unknown) => void): void
}

export interface MysqlPool {
  config: { connectionConfig: object; connectionLimit?: number }
  _allConnections?: { length: number; peekFront?(): MysqlConnection | undefined }
  _freeConnections?: { length: number }
  _connectionQueue?: { length: number }
}

/** A statement inside of mysql2: it emits `end` when it is over, whatever became of it. */
interface Command {
  sql?: unknown
  values?: unknown
  parameters?: unknown
  statement?: unknown
  onResult?: Callback
  _queryOptions?: unknown
  _rows?: unknown
  _fields?: unknown
}

type Callback = (this: unknown, ...args: unknown[]) => unknown

export const targetsOfPools = new WeakMap<MysqlPool, DriverTarget>()
export const targetsOfConnections = new WeakMap<MysqlConnection, DriverTarget>()

function targetOf(connection: MysqlConnection): DriverTarget | undefined {
  const own = targetsOfConnections.get(connection)
  return own !== undefined || connection._pool == null ? own : targetsOfPools.get(connection._pool)
}

/** `addCommand` is where query, execute and prepared statements meet, in the call of the app's. */
export function patchConnection(prototype: object): Undo {
  return patchShared(prototype, 'addCommand', (original) => {
    return function addCommand(this: MysqlConnection, command: Command, ...rest: unknown[]): unknown {
      const target = isOnBehalf() ? undefined : targetOf(this)
      if (target !== undefined) begin(target, this, command)
      return original.call(this, command, ...rest)
    }
  })
}

const begin = guard('mysql2.command', (target: DriverTarget, connection: MysqlConnection, command: Command): void => {
  const own = context.getStore()
  if ('parameterDefinitions' in command && command.onResult !== undefined)
    setOwn(command, 'onResult', prepared(bindTo(own, command.onResult)))
  if (!('_rows' in command) || !('onResult' in command)) return
  // texts of `query` have their values in them by now; the options have them apart
  const text = read(command._queryOptions, 'sql') ?? command.sql ?? read(command.statement, 'query')
  const params = read(command._queryOptions, 'values') ?? command.values ?? command.parameters
  const sent =
    typeof text !== 'string'
      ? undefined
      : send(
          target,
          connection,
          connection.threadId == null ? null : `thread ${connection.threadId}`,
          connection.stream,
          text,
          Array.isArray(params) ? params : params === undefined ? undefined : [params],
        )
  takeStack(sent?.entry.stack ?? null, 4)
  const callback = command.onResult
  if (callback !== undefined) {
    const bound = bindTo(own, callback)
    setOwn(command, 'onResult', function onResult(this: unknown, ...args: unknown[]): unknown {
      if (sent !== undefined && args[0]) failStatement(sent.record, sent.entry, connection, args[0])
      return bound.apply(this, args)
    })
  }
  wrapOwn(command, 'emit', (original) => {
    const emit = bindTo(own, original)
    return function emitted(this: unknown, ...args: unknown[]): unknown {
      if (sent !== undefined) hear(connection, command, sent, args[0], args[1])
      return emit.apply(this, args)
    }
  })
})

let prepareError: unknown = null

/** A statement that cannot be prepared ends its `execute` from within the callback of the preparation, without a word about the error. */
function prepared(callback: Callback): Callback {
  return function onPrepared(this: unknown, ...args: unknown[]): unknown {
    prepareError = args[0] ?? null
    try {
      return callback.apply(this, args)
    } finally {
      prepareError = null
    }
  }
}

/** `result` comes per row where there is no callback; the rows of one with a callback are kept by the command until it is over. */
const hear = guard(
  'mysql2.event',
  (connection: MysqlConnection, command: Command, { record, entry }: Sent, event: unknown, value: unknown): void => {
    const data = entry.data as RawSql
    if (event === 'result') {
      if (data.transaction || !record.isOpen(entry)) return
      const affected = read(value, 'affectedRows')
      const isHeader = typeof affected === 'number' && read(value, 'fieldCount') !== undefined
      if (command.onResult === undefined || isHeader) data.rows = Math.max(0, data.rows) + (isHeader ? affected : 1)
    } else if (event === 'error') failStatement(record, entry, connection, value)
    else if (event === 'end' && prepareError !== null) failStatement(record, entry, connection, prepareError)
    else if (event === 'end') {
      const { rows, columns } = answered(command)
      finishStatement(record, entry, connection, data.rows === -1 ? rows : data.rows, columns, bytesSince(entry, connection.stream))
    }
  },
)

function answered({ _rows: sets, _fields: fields }: Command): { rows: number; columns: number } {
  let rows = -1
  let columns = -1
  if (Array.isArray(sets)) for (const set of sets) if (Array.isArray(set)) rows = Math.max(0, rows) + set.length
  if (Array.isArray(fields)) for (const set of fields) if (Array.isArray(set) && set.length > 0) columns = set.length
  return { rows, columns }
}

/** Waiting for a connection, and `pool.query` and `pool.execute`, which ask for one first. */
export function patchMysqlPool(pool: MysqlPool, onConnection: (connection: MysqlConnection) => void): Undo {
  hooks.set(pool, guard('mysql2.connection', onConnection))
  const undos: Undo[] = [
    patchShared(ownerOf(pool, 'getConnection'), 'getConnection', (original) => {
      return function getConnection(this: MysqlPool, callback: Callback): unknown {
        const target = targetsOfPools.get(this)
        if (target === undefined || !isFunction(callback)) return original.call(this, callback)
        const own = context.getStore()
        return original.call(this, connected(this, target, own, now(), look(this, target) ?? null, callback))
      }
    }),
    patchShared(ownerOf(pool, 'releaseConnection'), 'releaseConnection', (original) => {
      return function releaseConnection(this: MysqlPool, connection: object, ...rest: unknown[]): unknown {
        targetsOfPools.get(this)?.holders.release(connection)
        return original.call(this, connection, ...rest)
      }
    }),
  ]
  for (const method of ['query', 'execute'])
    undos.push(
      patchShared(ownerOf(pool, method), method, (original) => {
        return function query(this: MysqlPool, ...args: unknown[]): unknown {
          const own = context.getStore()
          if (!targetsOfPools.has(this)) return original.apply(this, args)
          const frame = frameOfCall(own, typeof args[0] === 'string' ? args[0] : read(args[0], 'sql'))
          if (frame !== own) takeStack(frame?.origin?.stack ?? null)
          return frame === undefined || frame === own ? original.apply(this, args) : context.run(frame, () => original.apply(this, args))
        }
      }),
    )
  return () => {
    hooks.delete(pool)
    for (const undo of undos.splice(0)) undo()
  }
}

const hooks = new WeakMap<MysqlPool, (connection: MysqlConnection) => void>()

/** A queued callback is called by whoever releases a connection: it is brought back to where it was given. */
function connected(
  pool: MysqlPool,
  target: DriverTarget,
  own: Frame | undefined,
  askedMs: number,
  exhausted: ReturnType<typeof target.holders.snapshot> | null,
  callback: Callback,
): Callback {
  return function back(this: unknown, ...args: unknown[]): unknown {
    const [error, connection] = args
    if (error) noteFailedAcquire(target, own, now() - askedMs, exhausted ?? look(pool, target) ?? null, error)
    else if (typeof connection === 'object' && connection !== null) {
      hooks.get(pool)?.(connection as MysqlConnection)
      noteAcquired(target, outerOf(own), connection, now() - askedMs, exhausted)
    }
    return context.run(own as Frame, () => callback.apply(this, args))
  }
}

const look = guard('mysql2.pool', (pool: MysqlPool, target: DriverTarget) => {
  const max = pool.config.connectionLimit ?? 0
  const all = pool._allConnections?.length ?? 0
  if (max === 0 || all < max || (pool._freeConnections?.length ?? 0) > 0) return null
  return target.holders.snapshot(max, all, (pool._connectionQueue?.length ?? 0) + 1)
})
