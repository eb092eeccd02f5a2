import path from 'node:path'
import type { SqlTarget } from '../core/entries/sql.ts'
import { ownerOf, patchShared, type Undo } from '../core/patch.ts'
import { Depth } from '../core/stacks.ts'
import { isFunction, type Label, read, type Source } from './source.ts'
import { isOnBehalf } from './sql-recording.ts'
import { runStatement, toParams } from './sqlite.ts'

const depth = new Depth()

/** better-sqlite3 without a query builder. A statement knows its database; the statements of `transaction()` and `pragma()` are statements as well. */

interface Database {
  name: string
  prepare(sql: string): object
}

interface Statement {
  database: object
  source: string
}

const targets = new WeakMap<object, SqlTarget>()
/** parameters of `statement.bind()` */
const bound = new WeakMap<object, readonly unknown[]>()

export const betterSqlite3Source: Source = {
  id: 'better-sqlite3',
  what: 'a better-sqlite3 database',
  mechanism: 'prototypes of Statement and Database, once per copy of better-sqlite3',
  recognise: (value) =>
    isFunction(read(value, 'prepare')) &&
    isFunction(read(value, 'pragma')) &&
    isFunction(read(value, 'transaction')) &&
    typeof read(value, 'inTransaction') === 'boolean',
  watch(instance: never, label: Label) {
    const database: Database = instance
    const target: SqlTarget = {
      label: label ?? nameOf(database),
      dialect: 'sqlite',
      console: { driver: 'better-sqlite3', file: database.name, Database: (database as object).constructor },
    }
    targets.set(database, target)
    const statement = ownerOf(database.prepare('select 1'), 'all')
    const undos: Undo[] = [
      ...(['run', 'get', 'all', 'iterate'] as const).map((method) => patchStatement(statement, method)),
      patchBind(statement),
    ]
    undos.push(
      patchShared(ownerOf(database, 'exec'), 'exec', (original) => {
        return function exec(this: object, ...args: unknown[]): unknown {
          const watched = isOnBehalf() ? undefined : targets.get(this)
          if (watched === undefined) return original.apply(this, args)
          return runStatement(original, this, args, 'exec', watched, this, args[0], [], depth)
        }
      }),
    )
    return {
      label: target.label,
      undo() {
        targets.delete(database)
        target.console = null
        for (const undo of undos.splice(0)) undo()
      },
    }
  },
}

function nameOf({ name }: Database): string {
  return name === '' || name.startsWith(':') ? ':memory:' : path.basename(name)
}

function patchStatement(prototype: object, method: 'run' | 'get' | 'all' | 'iterate'): Undo {
  return patchShared(prototype, method, (original) => {
    return function statement(this: Statement, ...args: unknown[]): unknown {
      const { database } = this
      const target = isOnBehalf() ? undefined : targets.get(database)
      if (target === undefined) return original.apply(this, args)
      const params = args.length === 0 ? (bound.get(this) ?? args) : toParams(args)
      return runStatement(original, this, args, method, target, database, this.source, params, depth)
    }
  })
}

function patchBind(prototype: object): Undo {
  return patchShared(prototype, 'bind', (original) => {
    return function bind(this: Statement, ...args: unknown[]): unknown {
      const answer: unknown = original.apply(this, args)
      if (targets.has(this.database)) bound.set(this, toParams(args))
      return answer
    }
  })
}
