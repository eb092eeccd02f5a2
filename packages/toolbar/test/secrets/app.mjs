/**
 * An app that says its secrets wherever an app can: in a process of its own, since what it prints is looked at too.
 * Each surface has a secret of its own and, right beside it, a marker that must stay readable.
 */
import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { debugToolbar } from 'debug-toolbar'
import express from 'express'
import session from 'express-session'
import knex from 'knex'
import multer from 'multer'
import pino from 'pino'

const { run, secretKeys, innocentKeys, postgres, file } = JSON.parse(process.env.CANARY)
const planted = new Set()
const secret = (surface) => `CANARY-${run}-${surface}-Z`
const innocent = (surface) => {
  planted.add(surface)
  return `INNOCENT-${run}-${surface}-Z`
}
/** all shapes of names, each with a value of its own */
const keyed = (surface) =>
  Object.fromEntries([
    ...secretKeys.map((key, index) => [key, secret(`${surface}${index}`)]),
    ...innocentKeys.map((key, index) => [key, innocent(`${surface}.${index}`)]),
  ])
/** the places in a structure where a secret can be */
const nested = (surface) => ({
  shown: innocent(surface),
  user: { credentials: [{ secret: secret(`${surface}-deep`) }], tokens: [secret(`${surface}-list`)] },
  pairs: [['password', secret(`${surface}-pair`)]],
  fields: [{ name: 'password', value: secret(`${surface}-named`) }],
  map: new Map([['token', secret(`${surface}-map`)]]),
  json: JSON.stringify({ a: 1, otp: secret(`${surface}-json`), inner: JSON.stringify({ apiKey: secret(`${surface}-json2`) }) }),
  form: `a=1&session_token=${secret(`${surface}-form`)}&b=2`,
  url: `https://ada:${secret(`${surface}-userinfo`)}@db.example/x?api_key=${secret(`${surface}-query`)}`,
  bytes: Buffer.from(`pwd=${run}-bytes`),
})

const sqlite = knex({ client: 'better-sqlite3', connection: { filename: file }, useNullAsDefault: true })
const pg = knex({ client: 'pg', connection: postgres, pool: { min: 0, max: 2 } })
const table = `canary_${run}`
for (const db of [sqlite, pg])
  await db.schema.createTable(table, (columns) => {
    columns.increments('id')
    columns.string('name')
    columns.string('password').unique()
    columns.string('note')
  })
const logger = pino({ level: 'debug', name: 'canary' }, new Writable({ write: (_chunk, _encoding, done) => done() }))
const bus = new EventEmitter()
bus.on('login', function audit() {})
bus.on('fail', function refuse() {
  throw new Error(`${innocent('listener')} refused token=${secret('listener')}`)
})

const labels = { [`${innocent('label')} postgres://ada:${secret('label')}@db.example/shop`]: bus }
const toolbar = debugToolbar({
  watch: { ...labels, sqlite, pg, logger },
  limits: { valueKeys: 200, valueNodes: 3_000, entries: { log: 400 } },
  rules: (all) => [
    ...all,
    {
      id: 'talkative',
      thresholds: {},
      passes: () => 'nothing',
      check: () => {
        throw new Error(`${innocent('rule')} password=${secret('rule')}`)
      },
    },
  ],
})

async function ask(db, at) {
  const rows = () => db(table)
  await rows().insert({ name: innocent(`${at}-insert`), password: secret(`${at}-insert`) }, ['id', 'password'])
  await rows().insert([
    { name: innocent(`${at}-rows`), password: secret(`${at}-row1`) },
    { name: 'b', password: secret(`${at}-row2`) },
  ])
  await rows()
    .where({ name: innocent(`${at}-update`) })
    .update({ password: secret(`${at}-set`) })
  await rows()
    .whereIn('password', [secret(`${at}-in1`), secret(`${at}-in2`)])
    .where('name', innocent(`${at}-in`))
  await rows()
    .where('password', 'like', `%${secret(`${at}-like`)}%`)
    .where('name', innocent(`${at}-like`))
  await db.raw(`select * from ${table} where password = '${secret(`${at}-literal`)}' or name = '${innocent(`${at}-literal`)}'`)
  await db.raw(`select id /* ${innocent(`${at}-comment`)} password=${secret(`${at}-comment`)} */ from ${table}`)
  await db.raw('select ? as token, ? as name', [secret(`${at}-alias`), innocent(`${at}-alias`)])
  // what a secret column has in it comes back under another name
  await rows()
    .where('name', innocent(`${at}-insert`))
    .select('password as p', 'name')
  await rows()
    .insert({ name: innocent(`${at}-twice`), password: secret(`${at}-insert`) })
    .catch((error) => logger.warn({ detail: error.detail, error }, error.message))
  await db
    .raw(`select nothing_${run} from ${table} where password = ?`, [secret(`${at}-error`)])
    .catch((error) => logger.warn(error.message))
}

async function work() {
  await ask(sqlite, 'sqlite')
  await ask(pg, 'pg')
  await sqlite
    .raw(
      `insert into nowhere_${run} (${[...secretKeys, ...innocentKeys].map((key) => `"${key}"`).join()}) values (${[...secretKeys, ...innocentKeys].map(() => '?').join()})`,
      Object.values(keyed('column')),
    )
    .catch(() => {})
  logger.info(
    { ...nested('log'), ...keyed('logkey') },
    `${innocent('message')} password=${secret('message')} and Bearer ${secret('bearer')}`,
  )
  logger.child({ binding: innocent('child'), apiKey: secret('child') }).info('a child')
  logger.info(`${innocent('inspected')} { otp: '${secret('inspected')}' } {"cvv":"${secret('inspected-json')}"}`)
  logger.info(`${innocent('raw')} GET / HTTP/1.1\nCookie: a=${secret('raw-cookie')}; b=2\nAuthorization: Token ${secret('raw-auth')}`)
  // whatever a limit cuts, it does not cut a secret out of its context
  for (const length of [200, 300, 400, 500, 2_000, 5_000, 8_000, 10_000, 20_000])
    for (const cut of [6, 14, 22]) {
      const filler = `${innocent('cut')} ${'x '.repeat(length)}`.slice(0, length - cut - 24)
      const message = `${filler}postgres://ada:${secret(`cut${length}`)}@h/db`
      logger.info(message)
      bus.emit('login', message)
      toolbar.measure(message, () => {})
      await sqlite.raw(`select '${message}'`)
    }
  const headers = ['Host', innocent('header-list'), 'Cookie', `cart=${secret('header-list')}`, 'X-Api-Key', secret('header-list2')]
  bus.emit('login', headers)
  logger.info({ rawHeaders: headers }, inspect(headers))
  logger.info(`${innocent('map-inspected')} ${inspect(new Map([['password', secret('map-inspected')]]))}`)
  await sqlite.raw(`select json_set('{}', '$.password', '${secret('json-path')}')  as x, '${innocent('json-path')}'`)
  await sqlite.raw(`pragma key = '${secret('pragma')}'`)
  await pg.raw(`alter role nobody_${run} password '${secret('alter-role')}'`).catch((error) => logger.warn(error.message))
  bus.emit('login', nested('signal'), keyed('signalkey'))
  bus.emit(`${innocent('event')} token=${secret('event')}`)
  try {
    bus.emit('fail')
  } catch {}
  toolbar.measure(`${innocent('span')} login token=${secret('span')}`, () => {})
}

const failure = () => {
  const of = (surface, more) => new Error(`${innocent(surface)} postgres://ada:${secret(surface)}@db.example/shop`, more)
  const config = {
    url: `/x?token=${secret('axios-url')}`,
    headers: { Authorization: `Bearer ${secret('axios')}` },
    clientSecret: secret('error-key'),
  }
  const inSource = { password: 'CANARY-in-source' }
  return Object.assign(of('error', { cause: of('cause', { cause: new AggregateError([of('member')], 'several') }) }), { config, inSource })
}

const app = express()
app.set('views', fileURLToPath(new URL('views', import.meta.url)))
app.set('view engine', 'ejs')
app.set('jwtSecret', secret('setting'))
app.locals.apiKey = secret('app-locals')
app.use(toolbar)
app.use(session({ secret: secret('session-option'), resave: false, saveUninitialized: true }))
app.use(express.json({ limit: '1mb' }), express.urlencoded({ extended: true }), express.text())
app.use((req, res, next) => {
  Object.assign(req.session, nested('session'), { keys: keyed('sessionkey') })
  req.user = { ...nested('user'), ...keyed('userkey') }
  res.locals.token = secret('res-locals')
  res.cookie(`theme_${innocent('set-cookie')}`, secret('set-cookie'), { httpOnly: true })
  res.set('X-Auth-Token', secret('response-header'))
  res.set('X-Note', `${innocent('response-header')} https://u:${secret('response-url')}@h/`)
  res.set('Content-Security-Policy', `script-src 'nonce-${secret('nonce')}' ${innocent('nonce').toLowerCase()}.example`)
  next()
})
app.get('/page', async (_req, res) => {
  await work()
  res.render('page', { title: 'T', ...nested('locals'), ...keyed('localskey') })
})
app.get('/reset/:token', (req, res) => {
  logger.info(`${innocent('param')} ${req.url}`)
  res.send('<!doctype html><p>reset</p>')
})
app.get('/away', (_req, res) => res.redirect(`/landed?note=${innocent('location')}&reset_token=${secret('location')}`))
app.get(['/landed', '/landed;jsessionid=:id'], (_req, res) => res.send('<!doctype html><p>landed</p>'))
app.get('/error', (_req, _res, next) => next(failure()))
app.get('/database-error', async () => {
  await pg(table).insert({ name: innocent('database'), password: secret('pg-insert') })
})
app.get('/data', (_req, res) => {
  res.statusMessage = `OK ${innocent('status')} token=${secret('status')}`
  res.json({ ...nested('body'), ...keyed('bodykey') })
})
app.post('/json', (req, res) => res.json({ got: innocent('answer'), token: req.body.token ?? 'none' }))
app.post('/form', (_req, res) => res.type('text').send('ok'))
app.post('/upload', multer().any(), (_req, res) => res.type('text').send('ok'))
app.use((error, _req, res, _next) => res.status(500).type('text').send(error.name))

const server = app.listen(0, '127.0.0.1', () => {
  // outside of every request
  void pg(table)
    .where({ name: innocent('outside'), password: secret('outside') })
    .then(() => {
      process.send({ url: `http://127.0.0.1:${server.address().port}` })
    })
})
process.on('message', async (wish) => {
  if (wish === 'planted') process.send({ planted: [...planted] })
  else {
    await pg.schema.dropTable(table)
    process.exit(0)
  }
})
