import { ownerOf, type Undo } from '../core/patch.ts'
import type { SqlConsole } from '../core/sql/console.ts'
import type { DriverTarget } from './driver.ts'
import {
  type MysqlConnection,
  type MysqlPool,
  patchConnection,
  patchMysqlPool,
  targetsOfConnections,
  targetsOfPools,
} from './mysql2-patches.ts'
import { isFunction, type Label, read, type Source } from './source.ts'
import { Holders } from './sql-holders.ts'

/**
 * mysql2 without a query builder, with callbacks or promises: a pool or a connection. The promise API is a shell around the other;
 * what is watched is the core inside. Every statement is a command that is added to a connection.
 */

const isCorePool = (value: unknown): value is MysqlPool =>
  isFunction(read(value, 'getConnection')) &&
  isFunction(read(value, 'execute')) &&
  typeof read(read(value, 'config'), 'connectionConfig') === 'object'

const isCoreConnection = (value: unknown): value is MysqlConnection =>
  isFunction(read(value, 'addCommand')) && isFunction(read(value, 'query')) && isFunction(read(value, 'execute'))

/** The core of a promise pool or connection, or the thing itself. */
function coreOf(value: unknown): MysqlPool | MysqlConnection | null {
  for (const candidate of [value, read(value, 'pool'), read(value, 'connection')])
    if (isCorePool(candidate) || isCoreConnection(candidate)) return candidate
  return null
}

export const mysql2Source: Source = {
  id: 'mysql2',
  what: 'a mysql2 pool or connection',
  mechanism: 'prototypes of the connection and the pool, once per copy of mysql2',
  recognise: (value) => coreOf(value) !== null,
  watch(instance: never, label: Label) {
    const core = coreOf(instance) as MysqlPool | MysqlConnection
    const config = isCorePool(core) ? core.config.connectionConfig : core.config
    const database: unknown = read(config, 'database')
    const target: DriverTarget = {
      label: label ?? (typeof database === 'string' && database !== '' ? database : 'mysql'),
      dialect: 'mysql',
      console: null,
      holders: new Holders(),
    }
    const undos: Undo[] = []
    let connections: MysqlConnection | null = isCorePool(core) ? null : core
    target.console = toConsole(() => connections)
    if (isCorePool(core)) {
      targetsOfPools.set(core, target)
      // the class of its connections is known with the first of them
      const onConnection = (connection: MysqlConnection): void => {
        if (connections === null) undos.push(patchConnection(ownerOf(connection, 'addCommand')))
        connections = connection
      }
      undos.push(patchMysqlPool(core, onConnection), () => targetsOfPools.delete(core))
      // one that was given out before
      const made = core._allConnections?.peekFront?.()
      if (made !== undefined) onConnection(made)
    } else {
      targetsOfConnections.set(core, target)
      undos.push(patchConnection(ownerOf(core, 'addCommand')), () => targetsOfConnections.delete(core))
    }
    return {
      label: target.label,
      undo() {
        target.console = null
        for (const undo of undos.splice(0).reverse()) undo()
      },
    }
  },
}

/** A connection of our own is one of the same class with a copy of the settings; the class behind the pool's is that of plain connections. */
function toConsole(newest: () => MysqlConnection | null): SqlConsole {
  return {
    driver: 'mysql2',
    async connect() {
      const connection = newest()
      if (connection === null) throw new Error('no connection was made yet')
      const Connection = ownerOf(connection, 'promise').constructor as new (options: object) => MysqlConnection
      const Plain = (isFunction(read(connection, '_removeFromPool')) ? Object.getPrototypeOf(Connection) : Connection) as typeof Connection
      const config: unknown = Object.create(
        Object.getPrototypeOf(connection.config) as object,
        Object.getOwnPropertyDescriptors(connection.config),
      )
      const own = new Plain({ config })
      await new Promise<void>((resolve, reject) => {
        own.connect((error: unknown) => (error ? reject(error as Error) : resolve()))
      })
      return own
    },
  }
}
