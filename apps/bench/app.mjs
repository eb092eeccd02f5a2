/** The app that every configuration runs: what it does per request never depends on who is watching. */
import { fileURLToPath } from 'node:url'
import express from 'express'

const row = '<tr><td>The Book of Sand</td><td>Jorge Luis Borges</td><td>12.50</td></tr>\n'
const html100k = `<!doctype html><html><head><title>A long page</title></head><body><table>\n${row.repeat(Math.ceil(102_400 / row.length))}</table></body></html>`

export function createApp({ db, logger, bus, middleware }) {
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
    let pounds = 0
    for (let id = 1; id <= 1000; id++) pounds += (await db('books').where({ id }).first('price')).price
    res.json({ pounds })
  })

  app.get('/html100k', (_req, res) => {
    res.type('html').send(html100k)
  })

  return app
}
