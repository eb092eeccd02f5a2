/** The app that every configuration runs: what it does per request never depends on who is watching. */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

// By `require` like knex in server.mjs: that is where every kind of instrumentation hooks in.
const express = createRequire(import.meta.url)('express')

const row = '<tr><td>The Book of Sand</td><td>Jorge Luis Borges</td><td>12.50</td></tr>\n'
const html100k = `<!doctype html><html><head><title>A long page</title></head><body><table>\n${row.repeat(Math.ceil(102_400 / row.length))}</table></body></html>`

/**
 * @param {object} parts
 * @param parts.db knex on SQLite
 * @param parts.pg knex on PostgreSQL, or `null`: there is no /pg then
 * @param parts.middleware what the configuration puts before everything else
 */
export function createApp({ db, pg, logger, bus, middleware }) {
  const app = express()
  app.disable('x-powered-by')
  app.set('views', fileURLToPath(new URL('./views', import.meta.url)))
  app.set('view engine', 'ejs')
  // Off in development by default, and then the base is so slow that everything looks cheap.
  app.enable('view cache')
  for (const layer of middleware) app.use(layer)

  // One signal with one listener and one log line per request, so that these sources work too.
  bus.on('served', function countServed() {})
  app.use((req, _res, next) => {
    bus.emit('served', req.path)
    logger.info({ path: req.path }, 'served')
    next()
  })

  app.get('/hello', (_req, res) => {
    res.type('text/plain').send('Hello, world')
  })

  app.get('/page', async (_req, res) => {
    res.render('page', { books: await db('books').select('id', 'title', 'price').orderBy('id').limit(24) })
  })

  app.get('/n1', async (_req, res) => {
    const books = await db('books').select('*').orderBy('id').limit(50)
    for (const book of books) book.author = await db('authors').where({ id: book.author_id }).first()
    res.render('n1', { books })
  })

  app.get('/json', async (_req, res) => {
    const book = await db('books').where({ id: 42 }).first()
    const author = await db('authors').where({ id: book.author_id }).first()
    const others = await db('books').where({ author_id: author.id }).select('id', 'title')
    res.json({ book, author, others })
  })

  app.get('/heavy', async (_req, res) => {
    res.json({ pounds: await addPrices(db, 1000) })
  })

  app.get('/html100k', (_req, res) => {
    res.type('html').send(html100k)
  })

  if (pg) {
    app.get('/pg', async (_req, res) => {
      const books = await pg('books').select('*').orderBy('id').limit(50)
      for (const book of books) book.author = await pg('authors').where({ id: book.author_id }).first()
      res.render('n1', { books })
    })
  }

  app.post('/post', express.json(), async (req, res) => {
    const { id, copies } = req.body
    const { title, price } = await db('books').where({ id }).first('title', 'price')
    res.json({ title, copies, pounds: price * copies })
  })

  app.get('/queries', async (req, res) => {
    res.json({ pounds: await addPrices(db, Number(req.query.n)) })
  })

  return app
}

/** One query after another, each for another book. */
async function addPrices(db, count) {
  let pounds = 0
  for (let asked = 0; asked < count; asked++) {
    pounds += (
      await db('books')
        .where({ id: (asked % 2000) + 1 })
        .first('price')
    ).price
  }
  return pounds
}
