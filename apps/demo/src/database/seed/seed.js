import { CATEGORIES, createAuthors, createBooks, createRecords } from './catalogue.js'
import { createProse } from './prose.js'
import { createRandom } from './random.js'
import { createCustomers, createOrders, createReadings, createReviews } from './trade.js'

/** Fills the empty tables: the same rows every time, on every database. */
export async function seed(db) {
  const random = createRandom(20261121)
  const prose = createProse(random)
  const authors = createAuthors(random, prose)
  const books = createBooks(random, prose, authors)
  const customers = createCustomers(random)
  const { orders, items } = createOrders(random, books, customers)
  await insert(db, 'authors', authors)
  await insert(
    db,
    'categories',
    CATEGORIES.map((name, index) => ({ id: index + 1, name, slug: name.toLowerCase().replaceAll(' ', '-') })),
  )
  await insert(db, 'books', books)
  await insert(db, 'customers', customers)
  await insert(db, 'reviews', createReviews(random, prose, books, customers))
  await insert(db, 'orders', orders)
  await insert(db, 'order_items', items)
  await insert(db, 'readings', createReadings(prose, authors))
  await insert(db, 'catalogue_records', createRecords(random, prose, books), 50)
  await moveSequences(db, [
    'authors',
    'categories',
    'books',
    'customers',
    'reviews',
    'orders',
    'order_items',
    'readings',
    'catalogue_records',
  ])
}

async function insert(db, table, rows, chunkSize = 200) {
  for (let start = 0; start < rows.length; start += chunkSize) await db(table).insert(rows.slice(start, start + chunkSize))
}

/** PostgreSQL counts on from 1 after rows came with their own ids; the others look at what is there. */
async function moveSequences(db, tables) {
  if (db.client.config.client !== 'pg') return
  for (const table of tables) await db.raw('select setval(pg_get_serial_sequence(?, ?), (select max(id) from ??))', [table, 'id', table])
}
