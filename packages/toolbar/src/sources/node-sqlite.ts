import path from 'node:path'
import type { SqlTarget } from '../core/entries/sql.ts'
import { ownerOf, patchShared, type Undo, wrapOwn } from '../core/patch.ts'
import { Depth } from '../core/stacks.ts'
import { isFunction, type Label, read, type Source } from './source.ts'
import { isOnBehalf } from './sql-recording.ts'
import { runStatement, toParams } from './sqlite.ts'

const depth = new Depth()

/** `node:sqlite` of Node 22 and newer. A statement does not know its database: those prepared while it is watched are recorded. */

interface Database {
  location?(): string | null
  prepare(sql: string): object
}

const targets = new WeakMap<object, SqlTarget>()
const databases = new WeakMap<object, object>()
const methods = ['run', 'get', 'all', 'iterate'] as const

export const nodeSqliteSource: Source = {
  id: 'node:sqlite',
  what: 'a DatabaseSync of node:sqlite',
  mechanism: 'prototypes of DatabaseSync and StatementSync',
  recognise: (value) =>
    isFunction(read(value, 'prepare')) && isFunction(read(value, 'exec')) && read(read(value, 'constructor'), 'name') === 'DatabaseSync',
  watch(instance: never, label: Label) {
    const database: Database = instance
    const file = database.location?.() ?? ''
    const target: SqlTarget = {
      label: label ?? (file === '' ? ':memory:' : path.basename(file)),
      dialect: 'sqlite',
      console: { driver: 'node:sqlite', file },
    }
    targets.set(database, target)
    const statement = ownerOf(database.prepare('select 1'), 'all')
    const undos: Undo[] = methods.map((method) => patchStatement(statement, method))
    undos.push(patchPrepare(ownerOf(database, 'prepare')), patchExec(ownerOf(database, 'exec')))
    if (isFunction(read(database, 'createTagStore'))) undos.push(patchTagStore(ownerOf(database, 'createTagStore')))
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

function patchPrepare(prototype: object): Undo {
  return patchShared(prototype, 'prepare', (original) => {
    return function prepare(this: object, ...args: unknown[]): unknown {
      const statement: unknown = original.apply(this, args)
      if (targets.has(this) && typeof statement === 'object' && statement !== null) databases.set(statement, this)
      return statement
    }
  })
}

function patchStatement(prototype: object, method: (typeof methods)[number]): Undo {
  return patchShared(prototype, method, (original) => {
    return function statement(this: { sourceSQL: string }, ...args: unknown[]): unknown {
      const database = databases.get(this)
      const target = database === undefined || isOnBehalf() ? undefined : targets.get(database)
      if (database === undefined || target === undefined) return original.apply(this, args)
      return runStatement(original, this, args, method, target, database, this.sourceSQL, toParams(args), depth)
    }
  })
}

function patchExec(prototype: object): Undo {
  return patchShared(prototype, 'exec', (original) => {
    return function exec(this: object, ...args: unknown[]): unknown {
      const target = isOnBehalf() ? undefined : targets.get(this)
      if (target === undefined) return original.apply(this, args)
      return runStatement(original, this, args, 'exec', target, this, args[0], [], depth)
    }
  })
}

/** Statements of tagged templates are prepared inside: their store is watched instead. */
function patchTagStore(prototype: object): Undo {
  return patchShared(prototype, 'createTagStore', (original) => {
    return function createTagStore(this: object, ...args: unknown[]): unknown {
      const store: unknown = original.apply(this, args)
      if (!targets.has(this) || typeof store !== 'object' || store === null) return store
      const database = this
      for (const method of methods)
        wrapOwn(store, method, (tagged) => {
          return function tag(this: object, ...parts: unknown[]): unknown {
            const target = targets.get(database)
            const [strings, ...values] = parts
            if (target === undefined || !Array.isArray(strings)) return tagged.apply(this, parts)
            return runStatement(tagged, this, parts, method, target, database, strings.join('?'), values, depth)
          }
        })
      return store
    }
  })
}
