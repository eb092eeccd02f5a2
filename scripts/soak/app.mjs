/**
 * The app of all scenarios, in a process of its own: `node app.mjs bare|toolbar '<options>'`. Answers the parent's questions over IPC.
 * What it does per request never depends on whether the toolbar is there.
 */
import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { createWriteStream } from 'node:fs'
import { devNull } from 'node:os'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import Sqlite from 'better-sqlite3'
import express from 'express'
import knex from 'knex'
import pino from 'pino'

const [mode, given = '{}'] = process.argv.slice(2)
const { maxRequests, forwarded, ...options } = JSON.parse(given)

const sqlite = new Sqlite(':memory:')
const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
let lines = createHash('sha256')
const logger = pino({ timestamp: false, base: null }, { write: (line) => lines.update(line) })
const bus = new EventEmitter()
bus.on('step', function onStep() {})

let received = 0
const app = express()
app.set('views', fileURLToPath(new URL('./views', import.meta.url)))
app.set('view engine', 'ejs')
app.enable('view cache')

if (forwarded)
  app.use((req, _res, next) => {
    req.headers['x-forwarded-for'] = forwarded
    next()
  })

let toolbar = null
if (mode !== 'bare') {
  const { debugToolbar, memoryStore } = await import('debug-toolbar')
  toolbar = debugToolbar({ watch: { sqlite, db, logger, bus }, ...options, ...(maxRequests && { store: memoryStore({ maxRequests }) }) })
  app.use(toolbar)
}

const one = sqlite.prepare('select ? as n')
const number = (value, otherwise) => Number(value ?? otherwise)

app.get('/ok', (_req, res) => {
  res.end('ok')
})

app.get('/five', (_req, res) => {
  for (let at = 0; at < 5; at++) one.get(at)
  res.end('ok')
})

app.get('/mixed', async (_req, res) => {
  for (let at = 0; at < 50; at++) await db.raw('select ? as n', [at])
  for (let at = 0; at < 20; at++) logger.info({ at }, 'a line')
  res.render('page', { title: 'mixed', items: [1, 2, 3] })
})

app.get('/queries', (req, res) => {
  const count = number(req.query.count, 10_000)
  const from = performance.now()
  for (let at = 0; at < count; at++) one.get(at % (count / 2))
  res.end(String(performance.now() - from))
})

app.get('/logs', (req, res) => {
  lines = createHash('sha256')
  const from = performance.now()
  for (let at = 0; at < number(req.query.count, 100_000); at++) logger.info({ at }, 'a line')
  const took = performance.now() - from
  res.json({ took, hash: lines.digest('hex') })
})

/** About 100 kB of record. */
app.get('/fat', (_req, res) => {
  for (let at = 0; at < 25; at++) bus.emit('step', { at, text: `${at} `.repeat(1_000) })
  for (let at = 0; at < 50; at++) one.get(`${at} `.repeat(20))
  res.end('ok')
})

const paragraph = Buffer.from(`<p>${'The Library is unlimited but periodic. '.repeat(26)}</p>\n`)

app.get('/document', async (req, res) => {
  const bytes = number(req.query.bytes, 1024 * 1024)
  const chunk = Buffer.concat(Array(64).fill(paragraph)).subarray(0, 64 * 1024)
  res.type('html')
  if (req.query.how === 'end') return void res.end(Buffer.alloc(bytes, chunk))
  await pipeline(
    Readable.from(
      (function* parts() {
        for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk
      })(),
    ),
    res,
  )
})

app.post('/upload', async (req, res) => {
  const hash = createHash('sha256')
  let bytes = 0
  const tee = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  await pipeline(req, tee, createWriteStream(devNull))
  res.json({ bytes, hash: hash.digest('hex') })
})

app.get('/marked', async (req, res) => {
  const marker = req.headers['x-marker']
  const pause = () => wait(Math.random() * number(req.query.wait, 200))
  await pause()
  await db.raw('select ? as marker', [marker])
  await pause()
  logger.info({ marker }, `for ${marker}`)
  await pause()
  bus.emit('step', marker)
  await toolbar?.measure(`span ${marker}`, pause)
  res.render('page', { title: marker, items: [] })
})

app.get('/hang', () => {})

app.get('/drip', async (_req, res) => {
  for (let at = 0; at < 4 && !res.destroyed; at++) {
    res.write('x'.repeat(500))
    await wait(1)
  }
  res.end()
})

app.get('/slow', async (req, res) => {
  await wait(number(req.query.ms, 50))
  res.end('ok')
})

app.get('/block', (req, res) => {
  const until = performance.now() + number(req.query.ms, 1_000)
  while (performance.now() < until);
  res.end('ok')
})

app.get('/from', (_req, res) => res.redirect('/ok'))

// An abandoned upload or page ends in an error of its pipeline; it is the client's, and nothing to print.
app.use((_error, _req, res, _next) => res.destroy())

v8.setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

function count(names) {
  const counts = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

const realNow = Date.now

const answers = {
  cpu: () => process.cpuUsage(),
  received: () => received,
  async memory() {
    for (let turn = 0; turn < 4; turn++) {
      collect()
      await wait(10)
    }
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
    return { rss, held: heapUsed + arrayBuffers, peak: process.resourceUsage().maxRSS * 1024 }
  },
  heapLimit: () => v8.getHeapStatistics().heap_size_limit,
  open: () => ({
    handles: count(process.getActiveResourcesInfo()),
    listeners: count(process.eventNames().flatMap((name) => Array(process.listenerCount(name)).fill(String(name)))),
  }),
  shiftClock(ms) {
    Date.now = () => realNow() + ms
  },
}

process.on('message', async ({ id, ask, value }) => process.send({ id, answer: await answers[ask](value) }))
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => {
  toolbar?.close()
  server.close(() => process.exit(0))
})

const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
server.prependListener('request', ({ url }) => {
  if (!url.startsWith('/__debug__')) received++
})
