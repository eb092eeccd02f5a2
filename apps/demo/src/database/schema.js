/** Raise it whenever a table or a seed changes: a shop with another version is built anew. */
export const SCHEMA_VERSION = '5'

/** Children first, so that dropping in this order never meets a foreign key. */
export const TABLES = [
  'order_items',
  'orders',
  'reviews',
  'catalogue_records',
  'submissions',
  'readings',
  'books',
  'categories',
  'authors',
  'customers',
  'shop_meta',
]

/** MySQL may stand on another character set, and its usual collations take every emoji for the same; this one compares as SQLite does. */
const createTable = (db, name, build) =>
  db.schema.createTable(name, (table) => {
    if (db.client.config.client === 'mysql2') {
      table.charset('utf8mb4')
      table.collate('utf8mb4_bin')
    }
    build(table)
  })

export async function createSchema(db) {
  await createTable(db, 'shop_meta', (table) => {
    table.string('name', 40).primary()
    table.string('value', 200).notNullable()
  })
  await createTable(db, 'authors', (table) => {
    table.increments('id')
    table.string('name', 160).notNullable()
    table.string('slug', 160).notNullable().unique()
    table.string('country', 80).notNullable()
    table.integer('born')
    table.text('biography').notNullable()
  })
  await createTable(db, 'categories', (table) => {
    table.increments('id')
    table.string('name', 80).notNullable()
    table.string('slug', 80).notNullable().unique()
  })
  await createTable(db, 'books', (table) => {
    table.increments('id')
    table.integer('author_id').unsigned().notNullable().references('authors.id').index()
    table.integer('category_id').unsigned().notNullable().references('categories.id').index()
    table.string('title', 300).notNullable()
    table.string('isbn', 20).notNullable().unique()
    table.string('format', 20).notNullable().index()
    table.string('state', 10).notNullable().index()
    table.integer('price_cents').notNullable()
    table.integer('published').notNullable()
    table.integer('pages').notNullable()
    table.integer('stock').notNullable()
    table.string('cover_color', 7).notNullable()
    table.integer('cover_art').notNullable()
    table.text('description').notNullable()
    table.datetime('reserved_until')
  })
  await createPeopleTables(db)
  await createWideTable(db)
}

async function createPeopleTables(db) {
  await createTable(db, 'customers', (table) => {
    table.increments('id')
    table.string('name', 160).notNullable()
    table.string('email', 160).notNullable().unique()
    table.string('city', 80).notNullable()
    table.string('password_hash', 200)
  })
  await createTable(db, 'reviews', (table) => {
    table.increments('id')
    table.integer('book_id').unsigned().notNullable().references('books.id').index()
    table.integer('customer_id').unsigned().notNullable().references('customers.id').index()
    table.string('reviewer_email', 160).notNullable() // left without an index: /wrong/missing-index needs one to miss
    table.integer('rating').notNullable()
    table.string('title', 200).notNullable()
    table.text('body').notNullable()
    table.datetime('written_at').notNullable()
  })
  await createTable(db, 'orders', (table) => {
    table.increments('id')
    table.integer('customer_id').unsigned().notNullable().references('customers.id').index()
    table.string('status', 20).notNullable()
    table.integer('total_cents').notNullable()
    table.datetime('placed_at').notNullable()
  })
  await createTable(db, 'order_items', (table) => {
    table.increments('id')
    table.integer('order_id').unsigned().notNullable().references('orders.id').index()
    table.integer('book_id').unsigned().notNullable().references('books.id').index()
    table.integer('quantity').notNullable()
    table.integer('price_cents').notNullable()
  })
  await createTable(db, 'readings', (table) => {
    table.increments('id')
    table.integer('author_id').unsigned().notNullable().references('authors.id')
    table.string('title', 200).notNullable()
    table.string('held_on', 80).notNullable()
    table.text('note').notNullable()
  })
  await createTable(db, 'submissions', (table) => {
    table.increments('id')
    table.string('title', 300).notNullable()
    table.string('email', 160).notNullable()
    table.string('state', 20).notNullable()
    table.text('note').notNullable()
    table.integer('photo_bytes').notNullable()
    table.datetime('received_at').notNullable()
  })
}

export const RECORD_TEXTS = ['summary', 'contents', 'provenance', 'binding_note', 'condition_note', 'cataloguer_note']
export const RECORD_STRINGS = [
  ...['shelf_mark', 'dewey', 'lcc', 'oclc', 'uniform_title', 'parallel_title', 'edition', 'imprint', 'place', 'printer', 'illustrator'],
  ...['translator', 'editor', 'language', 'original_language', 'series', 'series_number', 'height', 'width', 'weight', 'paper', 'typeface'],
  ...[
    'binding',
    'boards',
    'endpapers',
    'dust_jacket',
    'acquired_from',
    'acquired_on',
    'invoice',
    'insured_for',
    'last_seen_on',
    'room',
    'bay',
  ],
]

/** The catalogue card of a book as a librarian keeps it: 41 columns, six of them long. */
async function createWideTable(db) {
  await createTable(db, 'catalogue_records', (table) => {
    table.increments('id')
    table.integer('book_id').unsigned().notNullable().references('books.id').index()
    for (const name of RECORD_STRINGS) table.string(name, 120).notNullable()
    for (const name of RECORD_TEXTS) table.text(name).notNullable()
  })
}
