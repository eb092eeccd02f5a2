import { ownerOf, type Undo } from '../core/patch.ts'
import type { SqlConsole } from '../core/sql/console.ts'
import type { DriverTarget } from './driver.ts'
import { type PgClient, type PgPool, patchClient, patchPgPool, targetsOfClients, targetsOfPools } from './pg-patches.ts'
import { isFunction, type Label, read, type Source } from './source.ts'
import { Holders } from './sql-holders.ts'

/**
 * pg without a query builder: a Pool, or a Client. The prototypes are patched once per copy; only watched instances, and the clients of
 * watched pools, are recorded.
 */

const isPool = (value: unknown): value is PgPool =>
  isFunction(read(value, 'connect')) &&
  isFunction(read(value, 'query')) &&
  isFunction(read(value, 'Client')) &&
  typeof read(value, 'totalCount') === 'number'

const isClient = (value: unknown): value is PgClient =>
  isFunction(read(value, 'connect')) && isFunction(read(value, 'query')) && typeof read(value, 'connectionParameters') === 'object'

export const pgSource: Source = {
  id: 'pg',
  what: 'a pg Pool or Client',
  mechanism: 'prototypes of Client and Pool, once per copy of pg',
  recognise: (value) => isPool(value) || isClient(value),
  watch(instance: never, label: Label) {
    const watched: unknown = instance
    const target: DriverTarget = {
      label: label ?? databaseOf(watched) ?? 'postgresql',
      dialect: 'postgresql',
      console: toConsole(watched),
      holders: new Holders(),
    }
    const undos: Undo[] = []
    if (isPool(watched)) {
      targetsOfPools.set(watched, target)
      // those that are checked out already
      for (const client of watched._clients ?? []) targetsOfClients.set(client, target)
      undos.push(patchPgPool(watched), patchClient(ownerOf(Object.create(watched.Client.prototype) as object, 'query')), () =>
        forget(watched),
      )
    } else {
      const client = watched as PgClient
      targetsOfClients.set(client, target)
      undos.push(patchClient(ownerOf(client, 'query')), () => targetsOfClients.delete(client))
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

/** The name of the database, never a host, user or password. */
function databaseOf(watched: unknown): string | null {
  const settings = isPool(watched) ? watched.options : read(watched, 'connectionParameters')
  const named = read(settings, 'database') ?? fromUrl(read(settings, 'connectionString'))
  return typeof named === 'string' && named !== '' ? named : null
}

function fromUrl(url: unknown): string | null {
  if (typeof url !== 'string') return null
  try {
    return decodeURIComponent(new URL(url).pathname.slice(1)) || null
  } catch {
    return null
  }
}

/** Clients of our own are made by the same class, with the same settings. */
function toConsole(watched: unknown): SqlConsole {
  return {
    driver: 'pg',
    async connect() {
      const client = isPool(watched)
        ? new watched.Client({ ...watched.options, password: watched.options.password })
        : likeClient(watched as PgClient)
      await client.connect()
      return client
    },
  }
}

/** With the search path, time zone and all else that the client was given. */
function likeClient(client: PgClient): PgClient {
  const { connectionParameters, password, ssl } = client as unknown as Record<string, object>
  return new (client.constructor as new (settings: object) => PgClient)({ ...connectionParameters, password, ssl })
}

function forget(pool: PgPool): void {
  targetsOfPools.delete(pool)
  for (const client of pool._clients ?? []) targetsOfClients.delete(client)
}
