import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import knex from 'knex'
import { StartError } from '../http/start-error.js'

const DEFAULT_FILE = fileURLToPath(new URL('../../data/shop.sqlite', import.meta.url))
const EXAMPLES = 'sqlite:shop.sqlite, postgres://user:password@127.0.0.1:5432/shop or mysql://user:password@127.0.0.1:3306/shop'

/** Opens the database a URL names; without one, the shop's own SQLite file. Nothing is asked of it yet. */
export function connect(databaseUrl) {
  if (!databaseUrl) return openSqlite(DEFAULT_FILE)
  const scheme = /^([a-z0-9+]+):/i.exec(databaseUrl)?.[1]?.toLowerCase()
  if (scheme === 'sqlite' || scheme === 'file') return openSqlite(databaseUrl.slice(scheme.length + 1).replace(/^\/\/(?=\/)/, ''))
  if (scheme === 'postgres' || scheme === 'postgresql') return openServer('pg', databaseUrl, 5432, { connectionTimeoutMillis: 5000 })
  if (scheme === 'mysql' || scheme === 'mariadb') return openServer('mysql2', databaseUrl, 3306, { connectTimeout: 5000 })
  throw new StartError(
    `DATABASE_URL "${withoutPassword(databaseUrl)}" names no database this shop knows${scheme ? ` (${scheme})` : ''}.`,
    `Use ${EXAMPLES}, or unset it for the SQLite file that comes with the shop.`,
  )
}

function openSqlite(file) {
  const filename = file === ':memory:' ? file : resolve(file)
  if (filename !== ':memory:') makeFolder(dirname(filename))
  return knex({
    client: 'better-sqlite3',
    connection: { filename },
    log,
    useNullAsDefault: true,
    pool: {
      afterCreate(connection, done) {
        connection.pragma('journal_mode = WAL')
        connection.pragma('synchronous = NORMAL')
        connection.pragma('foreign_keys = ON')
        done(null, connection)
      },
    },
  })
}

function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw new StartError(
      `The folder ${folder} cannot be made: ${cause.message}.`,
      'Name a file in another folder: DATABASE_URL=sqlite:shop.sqlite.',
      {
        cause,
      },
    )
  }
}

function openServer(client, databaseUrl, defaultPort, timeouts) {
  const connection = { ...parse(databaseUrl, defaultPort), ...timeouts }
  // Five connections are few on purpose: the page about waiting for the pool needs a pool that runs out.
  return knex({ client, connection, log, pool: { min: 0, max: 5, createTimeoutMillis: 6000 }, acquireConnectionTimeout: 15000 })
}

function parse(databaseUrl, defaultPort) {
  const refuse = (why) => new StartError(`DATABASE_URL "${withoutPassword(databaseUrl)}" ${why}.`, `Use ${EXAMPLES}.`)
  let connection
  try {
    const url = new URL(databaseUrl)
    connection = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || defaultPort),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
    }
  } catch {
    throw refuse('is not a URL')
  }
  if (!connection.host) throw refuse('names no host')
  if (!connection.database) throw refuse('names no database')
  return connection
}

/** knex prints a connection that fails with its stack, although the query that waited for it rejects with the same error. */
const log = {
  warn: (message) => /^Acquire connection error/.test(message) || console.warn(message),
}

/** Where the shop's data is, fit to print: never with the password. */
export function describeDatabase(db) {
  const { filename, host, port, database } = db.client.config.connection
  const names = { 'better-sqlite3': 'SQLite', pg: 'PostgreSQL', mysql2: 'MySQL' }
  return `${names[db.client.config.client]} ${filename ?? `${host}:${port}/${database}`}`
}

const withoutPassword = (url) => url.replace(/:[^:@/]*@/, ':***@')
