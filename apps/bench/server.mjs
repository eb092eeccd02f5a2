/** One configuration in a process of its own: `node server.mjs <configuration>`. Answers the parent's questions over IPC. */
import { EventEmitter } from 'node:events'
import { devNull } from 'node:os'
import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import knex from 'knex'
import pino from 'pino'
import { createApp } from './app.mjs'

const { configuration } = await import(`./configurations/${process.argv[2]}.mjs`)

const db = knex({
  client: 'better-sqlite3',
  connection: { filename: process.env.BENCH_DB, options: { nativeBinding: process.env.BENCH_ADDON } },
  useNullAsDefault: true,
})
const logger = pino(pino.destination({ dest: devNull, sync: true }))
const bus = new EventEmitter()
const app = createApp({ db, logger, bus, middleware: configuration.middleware({ db, logger, bus }) })

const answers = {
  cpu: () => process.cpuUsage(),
  memory: () => {
    const { rss } = process.memoryUsage()
    v8.setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
    return { rss, heapAfterGc: process.memoryUsage().heapUsed }
  },
}

process.on('message', ({ ask }) => process.send({ answer: answers[ask]() }))
process.on('disconnect', () => process.exit(0))

const server = app.listen(0, '127.0.0.1', () => {
  const { user, system } = process.cpuUsage()
  process.send({ port: server.address().port, startupCpuMs: (user + system) / 1000 })
})

// Others are measured meanwhile: a connection that waits for its turn must stay open.
server.keepAliveTimeout = 0
