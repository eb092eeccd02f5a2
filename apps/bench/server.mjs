/** One configuration in a process of its own: `node server.mjs <file of the configuration>`. Answers the parent's questions over IPC. */
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { devNull } from 'node:os'

// First, because some of the rivals hook in where the libraries below are loaded.
const { configuration } = await import(process.argv[2])
const require = createRequire(import.meta.url)
const knex = require('knex')
const pino = require('pino')
const { createApp } = await import('./app.mjs')

const { BENCH_DB, BENCH_SQLITE, BENCH_PG } = process.env
const db = knex({
  client: BENCH_SQLITE ? clientWith(BENCH_SQLITE) : 'better-sqlite3',
  connection: { filename: BENCH_DB },
  useNullAsDefault: true,
  ...configuration.knex,
})
const pg = BENCH_PG
  ? knex({ client: 'pg', connection: BENCH_PG, searchPath: 'debug_toolbar_bench', pool: { min: 1, max: 1 }, ...configuration.knex })
  : null
const logger = pino(pino.destination({ dest: devNull, sync: true }))
const bus = new EventEmitter()
const databases = pg ? [db, pg] : [db]
const app = createApp({ db, pg, logger, bus, middleware: configuration.middleware({ databases, logger, bus }) })

const answers = {
  cpu: () => process.cpuUsage(),
  /** queries that a rival has recorded so far, by its own account */
  recorded: () => configuration.recorded(),
  memory: () => {
    const { rss } = process.memoryUsage()
    require('node:v8').setFlagsFromString('--expose-gc')
    require('node:vm').runInNewContext('gc')()
    return { rss, heapAfterGc: process.memoryUsage().heapUsed }
  },
}

process.on('message', async ({ ask }) => process.send({ answer: await answers[ask]() }))
process.on('disconnect', () => process.exit(0))

const server = app.listen(0, '127.0.0.1', () => {
  const { user, system } = process.cpuUsage()
  process.send({ port: server.address().port, startupCpuMs: (user + system) / 1000 })
})

// Others are measured meanwhile: a connection that waits for its turn must stay open.
server.keepAliveTimeout = 0
server.headersTimeout = 0
server.requestTimeout = 0

/** Knex's client for better-sqlite3, with another copy of it. */
function clientWith(driver) {
  return class extends require('knex/lib/dialects/better-sqlite3') {
    _driver() {
      return require(driver)
    }
  }
}
