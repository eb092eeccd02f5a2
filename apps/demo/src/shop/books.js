const CARD = ['books.id', 'books.title', 'books.price_cents', 'books.cover_color', 'books.cover_art', 'authors.name as author_name']
export const FORMATS = ['Hardback', 'Paperback', 'Audio']
export const PRICE_BANDS = [
  { key: 'low', label: 'Under €10', below: 1000 },
  { key: 'middle', label: '€10 to €20', from: 1000, below: 2000 },
  { key: 'high', label: 'Over €20', from: 2000 },
]

/** Books with what a card on the shelf shows; narrow it further with knex as usual. */
export const bookCards = (db) => db('books').join('authors', 'authors.id', 'books.author_id').select(CARD)

function narrow(query, { category, format, price, states }) {
  const band = PRICE_BANDS.find(({ key }) => key === price)
  if (category) query.where('books.category_id', category.id)
  if (FORMATS.includes(format)) query.where('books.format', format)
  if (band?.from) query.where('books.price_cents', '>=', band.from)
  if (band?.below) query.where('books.price_cents', '<', band.below)
  if (states) query.whereIn('books.state', states)
  return query
}

export async function listBooks(db, { page, perPage, ...filter }) {
  const { total } = await narrow(db('books'), filter).count({ total: '*' }).first()
  const pages = Math.max(1, Math.ceil(Number(total) / perPage))
  const shown = Math.min(page, pages)
  const books = await narrow(bookCards(db), filter)
    .orderBy('books.id')
    .limit(perPage)
    .offset((shown - 1) * perPage)
  return { books, total: Number(total), page: shown, pages }
}

export const countByCategory = (db, { states } = {}) =>
  narrow(db('categories').join('books', 'books.category_id', 'categories.id'), { states })
    .groupBy('categories.id', 'categories.name', 'categories.slug')
    .select('categories.name', 'categories.slug')
    .count({ books: '*' })
    .orderBy('categories.id')

export const countByFormat = (db, { states } = {}) =>
  narrow(db('books'), { states }).groupBy('format').select('format').count({ books: '*' }).orderBy('format')

export const findBook = (db, id) =>
  db('books')
    .join('authors', 'authors.id', 'books.author_id')
    .join('categories', 'categories.id', 'books.category_id')
    .select('books.*', 'authors.name as author_name', 'authors.slug as author_slug')
    .select('categories.name as category_name', 'categories.slug as category_slug')
    .where('books.id', id)
    .first()

export const listReviews = (db, bookId, { limit = 6, offset = 0 } = {}) =>
  db('reviews')
    .join('customers', 'customers.id', 'reviews.customer_id')
    .where('reviews.book_id', bookId)
    .select('reviews.id', 'reviews.rating', 'reviews.title', 'reviews.body', 'reviews.written_at', 'customers.name as reviewer')
    .orderBy('reviews.written_at', 'desc')
    .orderBy('reviews.id')
    .limit(limit)
    .offset(offset)

export async function rateBook(db, bookId) {
  const { total, average } = await db('reviews').where('book_id', bookId).count({ total: '*' }).avg({ average: 'rating' }).first()
  return { total: Number(total), average: Number(average ?? 0) }
}

/** Finds the words as they are typed: `%` and `_` mean themselves, on every database. */
export function searchBooks(db, words, limit = 24) {
  const pattern = `%${words.toLowerCase().replace(/[!%_]/g, '!$&')}%`
  return bookCards(db)
    .whereRaw("lower(books.title) like ? escape '!'", [pattern])
    .orWhereRaw("lower(authors.name) like ? escape '!'", [pattern])
    .orWhere('books.isbn', words)
    .orderBy('books.id')
    .limit(limit)
}
