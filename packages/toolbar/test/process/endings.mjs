/**
 * A process that comes to an end in the way its argument names, with the toolbar (`TOOLBAR=1`) or without.
 * What it prints is what the app's own code saw.
 */
import cluster from 'node:cluster'
import domain from 'node:domain'
import { EventEmitter, once } from 'node:events'
import { createServer, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
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
app.get('/domain', (_req, res) => {
  const own = domain.create()
  own.on('error', (error) => res.send(`domain: ${error.message}`))
  own.run(() => setTimeout(() => process.domain === own && res.emit('error', new RangeError('in a domain')), 1))
  own.add(res)
})
app.get('/thread', async (_req, res) => {
  const shared = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker("require('worker_threads').parentPort.once('message', (shared) => { shared[0] = 42; process.exit(3) })", {
    eval: true,
  })
  worker.postMessage(shared)
  const [code] = await once(worker, 'exit')
  res.json({ code, value: shared[0] })
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
app.get('/unhandled-plain', (_req, res) => {
  res.end('unhandled')
  measure('lost', () => Promise.reject(new RangeError('nobody catches what a plain function returned')))
})
app.get('/handled', (_req, res) => {
  const failing = Promise.reject(new RangeError('handled'))
  failing.catch(() => {})
  measure('warm', () => failing)
  const load = async () => failing
  bus.once(
    'warm',
    Object.assign(() => failing, { listener: load }),
  )
  bus.on(
    'warm',
    Object.assign(() => failing, { listener: load }),
  )
  bus.emit('warm')
  res.end('handled')
})
const server = createServer(app)
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()
const ask = (path, headers = { connection: 'close' }) =>
  new Promise((resolve) => {
    get({ port, path, host: '127.0.0.1', headers }, (res) => {
      let body = ''
      res.on('data', (chunk) => (body += chunk)).on('end', () => resolve(body.length < 60 ? body : body.length > 0))
    }).on('error', () => resolve('error'))
  })
const close = async () => {
  const closed = new Promise((resolve) => server.close(resolve))
  // processes of a cluster answer each other's requests
  if (cluster.isWorker) await closed
  await db.destroy()
  if (cluster.isWorker) cluster.worker.disconnect()
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
  'by a rejection of a plain function that nobody handles': async () => {
    await ask('/unhandled-plain')
    await close()
  },
  'with rejections that were handled': async () => {
    say(await ask('/handled'))
    await sleep(10)
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
  'with a domain': async () => {
    say(await ask('/domain'))
    await close()
  },
  'with a thread of its own': async () => {
    say(await ask('/thread'))
    await close()
  },
  'with the processes of a cluster': async () => {
    cluster.setupPrimary({ args: ['by its exit code'] })
    const workers = [cluster.fork(), cluster.fork()]
    const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0]))
    say(codes.join())
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
