import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { debugToolbar } from 'debug-toolbar'
import express from 'express'
import session from 'express-session'
import knex from 'knex'
import multer from 'multer'
import pino from 'pino'

/**
 * An app that records nothing but payloads: in each field of a record all of them. In a process of its own, as a user starts it.
 */

/** Text that would run, load or break something wherever it is taken for more than text. */
const payloads = [
  '<script>__xss=1</script>',
  '</script><script>__xss=1</script>',
  '"><img src=x onerror=__xss=1>',
  "'-__xss=1-'",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that it is not evaluated is the point
  "${__xss=1} {{constructor.constructor('__xss=1')()}}",
  'javascript:__xss=1',
  '\tjava\nscript:__xss=1',
  'data:text/html,<script>__xss=1</script>',
  '<!--<script>__xss=1',
  ']]><svg/onload=__xss=1>',
  '<template><script>__xss=1</script></template><iframe srcdoc="<script>parent.__xss=1</script>"></iframe>',
  '</textarea></title></style><img src=//evil.example/x onerror=__xss=1>',
  '\u2028__xss=1\u2029 \u202egpj.exe',
  '\ud800',
  '{"__proto__":{"polluted":1}}',
  "=cmd|' /C calc'!A1",
  '\u001b]8;;javascript:__xss=1\u0007x\u001b]8;;\u0007\u001b[31mred',
  '<base href=//evil.example><a id=defaultView href=//evil.example><form name=currentScript>',
  'red;background:url(//evil.example/css);expression(__xss=1)',
]
const all = payloads.join(' ')
/** in a header and in a path there are no line ends */
const inLine = all.replace(/[^\x20-\x7e]/g, '')
/** in knex, a dot parts a table from its column */
const inColumn = inLine.replaceAll('.', '')
/** in a file name there are no slashes */
const inName = '"><img src=x onerror=__xss=1>'

const keyed = () => ({
  ...Object.fromEntries(payloads.map((payload) => [payload, payload])),
  ...JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"hasOwnProperty":1,"toString":1}'),
  $: all,
  list: payloads,
  pairs: new Map(payloads.map((payload) => [payload, payload])),
})

/** A function whose name, in lists and in stacks, is a payload. */
const named = (run) => Object.defineProperty(run, 'name', { value: inName })

class HostileError extends Error {
  name = inName
  code = inName
}

const folder = mkdtempSync(join(tmpdir(), 'hostile-'))
writeFileSync(join(folder, `${inName}.ejs`), '<!doctype html><title>hostile</title><h1>Hostile</h1><%- clobbering %>')
const db = knex({ client: 'better-sqlite3', connection: { filename: join(folder, 'x.sqlite') }, useNullAsDefault: true })
const bus = new EventEmitter()
const logger = pino(
  { name: inName, customLevels: { [inName]: 35 }, level: 'debug' },
  new Writable({ write: (_chunk, _encoding, done) => done() }),
)
const toolbar = debugToolbar({ watch: { [inName]: db, [`${inName} bus`]: bus, [`${inName} log`]: logger }, slowQueryMs: 0.0001 })

const table = inName
await db.schema.createTable(table, (columns) => {
  columns.increments('id')
  columns.text(inColumn)
  columns.text('other')
})
await db.schema.table(table, (columns) => columns.index([inColumn], `${inName} index`))
await db(table).insert([
  { [inColumn]: all, other: all },
  { [inColumn]: inLine, other: Buffer.from(all) },
])
bus.on(
  all,
  named(async () => db(table).where('other', all)),
)
bus.on(
  `${inName} quiet`,
  named(() => {}),
)

async function work() {
  await db(table)
    .where(inColumn, all)
    .orWhere('other', inLine)
    .select('*', db.raw('? as ??', [all, `${inName} alias`]))
  for (let round = 0; round < 3; round++)
    await db(table)
      .where('id', round + 1)
      .where('other', '<>', all)
  await db.raw(`select /* ${inLine.replaceAll('?', '')} */ '${inLine.replaceAll("'", "''").replaceAll('?', '')}' as x`)
  await db(`${inName} missing`).catch(() => {})
  await db.transaction(async (trx) => trx(table).update({ other: all }).where('id', 1))
  logger[inName]({ ...keyed(), err: new HostileError(all) }, all)
  logger.child({ [inName]: all }).warn('\u001b]8;;javascript:__xss=1\u0007a link\u001b]8;;\u0007')
  bus.emit(all, keyed(), new HostileError(all))
  await toolbar.measure(
    all,
    named(async () => db(table).count(`id as ${inName}`)),
  )
}

const app = express()
app.set('views', folder)
app.set('view engine', 'ejs')
app.use((_req, res, next) => {
  res.set(
    'Content-Security-Policy',
    "default-src 'none'; script-src 'nonce-abc'; style-src 'self'; connect-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  )
  next()
})
app.use(toolbar)
app.use(session({ secret: 'x', resave: false, saveUninitialized: true }))
app.use(express.json(), express.urlencoded({ extended: true }))
app.use(
  named((req, res, next) => {
    Object.assign(req.session, { kept: keyed() })
    Object.assign(req, { user: keyed() })
    res.set('X-Payload', inLine)
    res.cookie(inName.replaceAll(/[^a-z]/g, '!'), inLine)
    next()
  }),
)
const clobbering = `<img name=currentScript><form id=__debug__ name=documentElement><input name=body></form><a id=defaultView href=//evil.example></a>
<a id=customElements></a><form name=location></form><script type="text/plain" data-debug-toolbar="forged" data-token="x" data-api="//evil.example"></script>`
app.get(
  '/page',
  named(async (_req, res) => {
    await work()
    res.render(inName, { ...keyed(), clobbering })
  }),
)
app.get(
  '/error',
  named(() => {
    throw Object.assign(new HostileError(all, { cause: new AggregateError([new HostileError(all)], all) }), keyed())
  }),
)
app.get(/^\/path/, (_req, res) => void res.type('json').send({ [all]: all }))
app.post(
  '/form',
  named((_req, res) => void res.json(keyed())),
)
app.post('/upload', multer().any(), (_req, res) => void res.json({}))
app.use((_error, _req, res, _next) => {
  res.status(500).send('<!doctype html><title>failed</title><h1>Failed</h1>')
})
app.get('/polluted', (_req, res) => void res.json({ polluted: {}.polluted ?? null }))
const server = app.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}`
  // not in any request
  await db(table).where('other', all)
  await visit(url)
  process.send({ url, payloads })
})
process.once('disconnect', () => {
  rmSync(folder, { recursive: true })
  process.exit(0)
})

/** What a client can bring into a record. */
async function visit(url) {
  const headers = {
    'x-payload': inLine,
    cookie: `${inName.replaceAll(/[^a-z]/g, '!')}=1; x=${inLine.replaceAll(';', '')}`,
    referer: `${url}/${inLine}`,
  }
  const query = new URLSearchParams(payloads.map((payload) => [payload, payload]))
  const send = (path, init = {}) => fetch(url + path, { ...init, headers: { ...headers, ...init.headers } }).then((answer) => answer.text())
  await send(`/path/${encodeURIComponent(inLine)}/"><img src=x onerror=__xss=1>?${query}&a[__proto__][polluted]=1`)
  await send('/form?__proto__[polluted]=1', { method: 'POST', body: query })
  await send('/form', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"__proto__":{"polluted":1},${payloads.map((payload) => `${JSON.stringify(payload)}:${JSON.stringify(payload)}`).join()}}`,
  })
  const form = new FormData()
  for (const payload of payloads) form.append(payload, payload)
  form.append('file', new Blob([all], { type: 'text/html' }), `${inName}.html`)
  await send('/upload', { method: 'POST', body: form })
}
