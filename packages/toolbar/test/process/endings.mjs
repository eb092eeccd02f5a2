/**
 * A process that comes to an end in the way its argument names, with the toolbar (`TOOLBAR=1`) or without.
 * What it prints is what the app's own code saw.
 */
import { EventEmitter } from 'node:events'
import { createServer, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { debugToolbar } from 'debug-toolbar'
import express from 'express'
import knex from 'knex'
import { pino } from 'pino'

const how = process.argv[2]
const on = process.env.TOOLBAR === '1'
const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
const bus = new EventEmitter()
const logger = pino({ base: null, timestamp: false, level: 'silent' })
const toolbar = on ? debugToolbar({ watch: [db, bus, logger] }) : null
const measure = toolbar?.measure ?? ((_name, run) => run())
const say = (what) => process.stdout.write(`${what}\n`)

const app = express()
if (toolbar) app.use(toolbar)
app.get('/', async (_req, res) => {
  await db.raw('select 1')
  bus.emit('visit')
  res.send('<!doctype html><html><body>hello</body></html>')
})
app.get('/hangs', () => {})
app.get('/deep', (_req, res) => {
  const dive = (depth) => dive(depth + 1) + 1
  try {
    dive(0)
  } catch (error) {
    res.send(error.constructor.name)
  }
})
app.get('/late', (_req, res) => {
  res.end('late')
  setTimeout(() => {
    throw new RangeError('in a timer')
  }, 5)
})
app.get('/unhandled', (_req, res) => {
  res.end('unhandled')
  void measure('lost', async () => {
    throw new RangeError('nobody catches')
  })
})
const server = createServer(app)
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()
const ask = (path, headers = { connection: 'close' }) =>
  new Promise((resolve) => {
    get({ port, path, host: '127.0.0.1', headers }, (res) => {
      let body = ''
      res.on('data', (chunk) => (body += chunk)).on('end', () => resolve(body.length > 0))
    }).on('error', () => resolve('error'))
  })
const close = async () => {
  server.close()
  await db.destroy()
}

const endings = {
  'by itself': async () => {
    say(await ask('/'))
    await close()
    process.on('beforeExit', (code) => say(`beforeExit ${code}`))
    process.on('exit', (code) => say(`exit ${code}`))
  },
  'by its exit code': async () => {
    await ask('/')
    process.exitCode = 7
    await close()
  },
  'by an error in a timer': () => ask('/late'),
  'by a rejection that nobody handles': async () => {
    await ask('/unhandled')
    await close()
  },
  'with its own handler of errors': async () => {
    process.on('uncaughtException', async (error, origin) => {
      say(`${origin}: ${error.message}, ${process.listenerCount('uncaughtException')} listeners`)
      await close()
    })
    await ask('/late')
  },
  'by a deep recursion that is caught': async () => {
    say(await ask('/deep'))
    await close()
  },
  'by a signal': async () => {
    await ask('/')
    process.kill(process.pid, 'SIGTERM')
    await sleep(1_000)
  },
  'with its own handler of a signal': async () => {
    process.on('SIGTERM', async () => {
      say(`SIGTERM, ${process.listenerCount('SIGTERM')} listeners`)
      await close()
    })
    await ask('/')
    process.kill(process.pid, 'SIGTERM')
  },
  'with a request that is never answered': async () => {
    void ask('/hangs')
    await sleep(50)
    server.close()
    server.closeAllConnections()
    await db.destroy()
  },
  'after many toolbars': async () => {
    process.on('warning', (warning) => say(`warning ${warning.name}`))
    for (let count = 0; count < 60 && on; count++) debugToolbar({ watch: [bus, logger] }).close()
    for (let count = 0; count < 60; count++) await ask('/')
    say(bus.listenerCount('visit'))
    await close()
  },
  'with everything restored': async () => {
    await ask('/')
    toolbar?.close()
    await ask('/')
    await close()
  },
}

const before = process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`)
await ask('/')
const after = process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`)
say(after.filter((line) => !before.includes(line)).join())
await endings[how]()
