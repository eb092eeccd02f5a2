import { bookCards } from '../../shop/books.js'

const SHELF = ['id', 'author_id', 'title', 'price_cents', 'cover_color', 'cover_art']

export function addQueryLessons(page, { db }) {
  page(
    {
      path: '/n-plus-one',
      title: 'N+1 queries',
      wrong:
        'The page loads 50 books with one query, then asks for the author of each book with one more: 51 trips to the database for one list.',
      shows: 'SQL: 51 queries, 50 of them similar, all from one line. Findings: the N+1, and the change that leaves 2 queries.',
      fix: 'One whereIn for all authors: 2 queries, the same list.',
    },
    async function nPlusOne(_req, res) {
      const books = await db('books').select(SHELF).orderBy('id').limit(50)
      for (const book of books) {
        const author = await db('authors').where('id', book.author_id).first()
        book.author_name = author.name
      }
      res.render('wrong/books', { books })
    },
    async function nPlusOneFixed(_req, res) {
      const books = await db('books').select(SHELF).orderBy('id').limit(50)
      const ids = [...new Set(books.map((book) => book.author_id))]
      const authors = await db('authors').whereIn('id', ids).select('id', 'name')
      const names = new Map(authors.map((author) => [author.id, author.name]))
      for (const book of books) book.author_name = names.get(book.author_id)
      res.render('wrong/books', { books })
    },
  )

  const readCurrency = async () => (await db('shop_meta').where('name', 'currency').first()).value
  page(
    {
      path: '/duplicate-queries',
      title: 'Duplicate queries',
      wrong: 'Every price on this list reads the shop’s currency again: the same SQL with the same values, twelve times over.',
      shows: 'SQL: 12 duplicates in one colour, with the time they cost together.',
      fix: 'Read once, used twelve times: 2 queries.',
    },
    async function duplicateQueries(_req, res) {
      const books = await bookCards(db).orderBy('books.id').limit(12)
      for (const book of books) book.currency = await readCurrency()
      res.render('wrong/books', { books })
    },
    async function duplicateQueriesFixed(_req, res) {
      const books = await bookCards(db).orderBy('books.id').limit(12)
      const currency = await readCurrency()
      for (const book of books) book.currency = currency
      res.render('wrong/books', { books })
    },
  )

  page(
    {
      path: '/thousand-queries',
      title: '1,000 queries',
      wrong: 'A stocktaking that asks for one book at a time, a thousand times, because the helper it uses takes one id.',
      shows: 'SQL: 1,000 rows that still open at once and scroll smoothly; one group, its sum, and the line of the loop.',
      fix: 'The database adds up: 1 query.',
    },
    async function thousandQueries(req, res) {
      // ?n=10000 asks each book ten times: as many queries as one record keeps
      const asked = Math.min(Number(req.query.n) || 1000, 10_000)
      let copies = 0
      for (let at = 0; at < asked; at++) {
        const book = await db('books')
          .where('id', (at % 1000) + 1)
          .first('stock')
        copies += book.stock
      }
      res.render('wrong/facts', { facts: [['Copies of the first 1,000 books', copies]] })
    },
    async function thousandQueriesFixed(_req, res) {
      const { copies } = await db('books').where('id', '<=', 1000).sum({ copies: 'stock' }).first()
      res.render('wrong/facts', { facts: [['Copies of the first 1,000 books', Number(copies)]] })
    },
  )

  const topic = (id) => db('books').where('category_id', id)
  page(
    {
      path: '/sequential-awaits',
      title: 'Sequential awaits',
      wrong: 'Four questions that do not depend on each other are asked one after the other, so their times add up.',
      shows: 'Timeline and SQL: four bars in a staircase that could stand side by side.',
      fix: 'Promise.all: side by side on a server with a pool. SQLite has one connection and answers in turn all the same.',
    },
    async function sequentialAwaits(_req, res) {
      const fiction = await topic(1).count({ books: '*' }).first()
      const dearest = await topic(2).max({ cents: 'price_cents' }).first()
      const thickest = await db('books').max({ pages: 'pages' }).first()
      const reviews = await db('reviews').avg({ rating: 'rating' }).first()
      res.render('wrong/facts', { facts: toFacts(fiction, dearest, thickest, reviews) })
    },
    async function sequentialAwaitsFixed(_req, res) {
      const [fiction, dearest, thickest, reviews] = await Promise.all([
        topic(1).count({ books: '*' }).first(),
        topic(2).max({ cents: 'price_cents' }).first(),
        db('books').max({ pages: 'pages' }).first(),
        db('reviews').avg({ rating: 'rating' }).first(),
      ])
      res.render('wrong/facts', { facts: toFacts(fiction, dearest, thickest, reviews) })
    },
  )
}

const toFacts = (fiction, dearest, thickest, reviews) => [
  ['Novels in the shop', Number(fiction.books)],
  ['Dearest book of essays, in cents', Number(dearest.cents)],
  ['Pages of the thickest book', Number(thickest.pages)],
  ['Average rating', Number(reviews.rating).toFixed(2)],
]
