import { bookCards } from '../../shop/books.js'

export function addLoadingLessons(page, { db }) {
  const record = () =>
    db('catalogue_records').join('books', 'books.id', 'catalogue_records.book_id').orderBy('catalogue_records.id').limit(100)
  page(
    {
      path: '/select-star',
      title: 'select * on a wide table',
      wrong:
        'The list shows a title and a shelf mark. The query fetches all 56 columns of both tables, long texts included, a hundred times.',
      shows: 'SQL: the columns and bytes that came, against those the page used.',
      fix: 'Two columns asked for, two columns sent.',
    },
    async function selectStar(_req, res) {
      const records = await record().select('*')
      res.render('wrong/facts', { facts: [['Records', records.length]], rows: records.map((row) => [row.shelf_mark, row.title]) })
    },
    async function selectStarFixed(_req, res) {
      const records = await record().select('shelf_mark', 'title')
      res.render('wrong/facts', { facts: [['Records', records.length]], rows: records.map((row) => [row.shelf_mark, row.title]) })
    },
  )

  page(
    {
      path: '/count-by-loading',
      title: 'Counting by loading',
      wrong:
        'To say how many readers gave five stars, the page loads every one of those reviews, text and all, and asks the array for its length.',
      shows: 'SQL: thousands of rows for one number, and the count(*) that would do.',
      fix: 'The database counts: one row.',
    },
    async function countByLoading(_req, res) {
      const reviews = await db('reviews').where('rating', 5)
      res.render('wrong/facts', { facts: [['Reviews with five stars', reviews.length]] })
    },
    async function countByLoadingFixed(_req, res) {
      const { total } = await db('reviews').where('rating', 5).count({ total: '*' }).first()
      res.render('wrong/facts', { facts: [['Reviews with five stars', Number(total)]] })
    },
  )

  page(
    {
      path: '/exists-by-loading',
      title: 'Existence by loading',
      wrong: 'Is anything waiting to be packed? The page loads every such order to find out whether there is one.',
      shows: 'SQL: hundreds of rows for a yes or no.',
      fix: 'One row with one column is enough for a yes.',
    },
    async function existsByLoading(_req, res) {
      const orders = await db('orders').where('status', 'placed')
      res.render('wrong/facts', { facts: [['Something to pack', orders.length > 0 ? 'yes' : 'no']] })
    },
    async function existsByLoadingFixed(_req, res) {
      const order = await db('orders').where('status', 'placed').first('id')
      res.render('wrong/facts', { facts: [['Something to pack', order ? 'yes' : 'no']] })
    },
  )

  page(
    {
      path: '/unpaginated',
      title: 'A list without pages',
      wrong: 'All 2,000 books on one page: one query without a limit, 2,000 includes, and a megabyte of HTML.',
      shows: 'SQL: a select without limit. Templates: 2,000 renders of one card. Response: its size.',
      fix: 'Twenty at a time.',
    },
    async function unpaginated(_req, res) {
      const books = await bookCards(db).orderBy('books.id')
      res.render('wrong/books', { books })
    },
    async function unpaginatedFixed(req, res) {
      const shown = Math.max(1, Number.parseInt(req.query.page, 10) || 1)
      const books = await bookCards(db)
        .orderBy('books.id')
        .limit(20)
        .offset((shown - 1) * 20)
      res.render('wrong/books', { books })
    },
  )
}
