/** A small app with what most apps have, on SQLite: run by each Node of the matrix. The parent says where the addon for this Node is. */
import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import { debugToolbar } from 'debug-toolbar'
import express from 'express'
import knex from 'knex'
import pino from 'pino'

const db = knex({
  client: 'better-sqlite3',
  connection: { filename: process.env.SMOKE_DB, options: { nativeBinding: process.env.SMOKE_ADDON } },
  useNullAsDefault: true,
})
const logger = pino(new Writable({ write: (_chunk, _encoding, done) => done() }))
const bus = new EventEmitter()

await db.schema.createTable('books', (table) => {
  table.increments('id')
  table.string('title')
})
await db('books').insert(['Dune', 'Ulysses', 'Emma'].map((title) => ({ title })))
bus.on('books:listed', function countBooks() {})

const app = express()
app.use(debugToolbar({ watch: [db, logger, bus] }))
app.get('/books', async (_req, res) => {
  const books = await db('books').select('id', 'title').orderBy('id')
  for (const book of books) await db('books').where({ id: book.id }).first('title')
  logger.info({ count: books.length }, 'books listed')
  bus.emit('books:listed', books.length)
  res.send(`<!doctype html><title>Books</title><ul>${books.map(({ title }) => `<li>${title}</li>`).join('')}</ul>`)
})
app.listen(3000)
