import { types } from 'node:util'
import { context, recordingFrame } from '../core/context.ts'
import type { RawSql, SqlTarget } from '../core/entries/sql.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { type AnyFunction, wrapOwn } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import { type Depth, takeStack } from '../core/stacks.ts'
import { isFunction, read } from './source.ts'
import { beginStatement, columnsOfRow, failStatement, finishStatement, sizeOfRow } from './sql-recording.ts'

/** What the two synchronous SQLite drivers do alike: a statement is over when its call returns. */

export type SqliteMethod = 'run' | 'get' | 'all' | 'iterate' | 'exec'

/** Runs one statement and records it; to be called by the method that the app called. @param bound what was bound to it before, in its place when the call has no parameters */
export function runStatement(
  original: AnyFunction,
  self: object,
  args: unknown[],
  method: SqliteMethod,
  target: SqlTarget,
  database: object,
  sql: unknown,
  params: readonly unknown[],
  depth: Depth,
): unknown {
  const begun = begin(target, database, sql, params, depth)
  if (begun === undefined) return original.apply(self, args)
  const { record, entry } = begun
  takeStack(entry.stack, 3)
  let answer: unknown
  try {
    answer = original.apply(self, args)
  } catch (error) {
    failStatement(record, entry, database, error)
    throw error
  }
  if (method === 'iterate') followRows(record, entry, database, answer)
  else finish(record, entry, database, method, answer)
  return answer
}

const begin = guard(
  'sqlite.begin',
  (
    target: SqlTarget,
    database: object,
    sql: unknown,
    params: readonly unknown[],
    depth: Depth,
  ): { record: RequestRecord; entry: RawEntry } | undefined => {
    const own = context.getStore()
    const frame = recordingFrame(own)
    const record = frame === null ? null : frame.scope.record
    if (frame === null || record === null || typeof sql !== 'string') return undefined
    const entry = beginStatement(record, own, frame, target, database, null, sql, params, undefined)
    const data = entry.data as RawSql
    data.sql = record.locate(entry, sql, depth)
    return { record, entry }
  },
)

const finish = guard(
  'sqlite.finish',
  (record: RequestRecord, entry: RawEntry, database: object, method: SqliteMethod, answer: unknown): void => {
    if (method === 'all' && Array.isArray(answer)) {
      const [first] = answer as unknown[]
      const rows = answer.length
      finishStatement(record, entry, database, rows, rows === 0 ? -1 : columnsOfRow(first), rows === 0 ? 0 : rows * sizeOfRow(first))
    } else if (method === 'get') {
      const none = answer === undefined || answer === null
      finishStatement(record, entry, database, none ? 0 : 1, none ? -1 : columnsOfRow(answer), none ? 0 : sizeOfRow(answer))
    } else {
      const changes = read(answer, 'changes')
      finishStatement(record, entry, database, typeof changes === 'number' || typeof changes === 'bigint' ? Number(changes) : -1, -1, -1)
    }
  },
)

/** Rows are read one by one, by the app: the statement is over when there are no more, or the reader stops. */
const followRows = guard('sqlite.iterate', (record: RequestRecord, entry: RawEntry, database: object, iterator: unknown): void => {
  let rows = 0
  let columns = -1
  let bytes = 0
  const end = (): void => void finishStatement(record, entry, database, rows, columns, bytes)
  if (typeof iterator !== 'object' || iterator === null || !isFunction(read(iterator, 'next'))) {
    end()
    return
  }
  wrapOwn(iterator, 'next', (original) => {
    return function next(this: unknown, ...args: unknown[]): unknown {
      let step: unknown
      try {
        step = original.apply(iterator, args)
      } catch (error) {
        failStatement(record, entry, database, error)
        throw error
      }
      if (read(step, 'done') === true) end()
      else {
        const row = read(step, 'value')
        rows++
        if (columns === -1) columns = columnsOfRow(row)
        bytes += sizeOfRow(row)
      }
      return step
    }
  })
  wrapOwn(iterator, 'return', (original) => {
    return function stop(this: unknown, ...args: unknown[]): unknown {
      end()
      return original.apply(iterator, args)
    }
  })
})

const none: readonly unknown[] = Object.freeze([])

/** `get(1, 2)`, `get([1, 2])` and `get({ id: 1 })` as one list. */
export function toParams(args: readonly unknown[]): readonly unknown[] {
  if (args.length === 0) return none
  const [first] = args
  return args.length === 1 && !types.isProxy(first) && Array.isArray(first) ? first : args
}
