import type { SqlTarget } from '../core/entries/sql.ts'
import type { SqlConsole } from '../core/sql/console.ts'
import { isFunction, read } from './source.ts'
import type { Holders } from './sql-holders.ts'

/** What is used of knex's own objects, none of it public; a knex without it is recorded with less. */

/** tarn's */
export interface Pool {
  max?: number
  numUsed?(): number
  numFree?(): number
  numPendingAcquires?(): number
  on?(event: string, listener: (...args: never[]) => void): unknown
  removeListener?(event: string, listener: (...args: never[]) => void): unknown
}

export interface Client {
  config: object & { connection?: unknown }
  dialect: string
  driver?: unknown
  logger?: object
  transacting?: boolean
  pool?: Pool
  connectionSettings?: unknown
  acquireRawConnection?(): Promise<object>
  runner?(builder: unknown): object
}

export interface Connection {
  __knexUid?: string
  /** mysql2's socket */
  stream?: unknown
  /** pg's */
  connection?: { stream?: unknown }
}

export interface Watched extends SqlTarget {
  readonly holders: Holders
  uses: number
}

/** by the config that a client shares with the clients of its transactions, and by its logger, which those of `withUserParams` and of migrations have, too */
const watched = new WeakMap<object, Watched>()

/** The watched database of a client, `undefined` for others. */
export function targetOf(client: Client): Watched | undefined {
  let target = watched.get(client.config)
  if (target === undefined && client.logger !== undefined) {
    target = watched.get(client.logger)
    if (target !== undefined) watched.set(client.config, target)
  }
  return target !== undefined && target.uses > 0 ? target : undefined
}

export function setTarget(client: Client, target: Watched): void {
  watched.set(client.config, target)
  if (client.logger !== undefined) watched.set(client.logger, target)
}

export const isKnex = (value: unknown): boolean =>
  isFunction(read(value, 'raw')) && isFunction(read(value, 'transaction')) && isFunction(read(read(value, 'client'), 'acquireConnection'))

/** How to connect beside the pool. `acquireRawConnection` is what knex's pool itself makes connections with. */
export function toConsole(client: Client): SqlConsole | null {
  const connect = (): Promise<object> => (client.acquireRawConnection as () => Promise<object>).call(client)
  const driver = read(client, 'driverName')
  if (!isFunction(client.acquireRawConnection)) return null
  if (driver === 'pg') return { driver: 'pg', connect }
  if (driver === 'mysql2') return { driver: 'mysql2', connect }
  if (driver === 'better-sqlite3')
    return { driver: 'better-sqlite3', file: String(read(client.connectionSettings, 'filename') ?? ''), Database: client.driver }
  return null
}
