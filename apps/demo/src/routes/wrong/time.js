import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { bookCards } from '../../shop/books.js'
import { burnCpu } from '../../shop/burn-cpu.js'

export function addTimeLessons(page, { db }) {
  page(
    {
      path: '/slow-query',
      title: 'A slow query',
      wrong: 'For each of 2,000 books a subquery counts how many are dearer: four million comparisons for a list of ten.',
      shows: 'SQL: one bar that fills the request, marked slow, with the plan a click away.',
      fix: 'A window function ranks all books in one pass.',
    },
    async function slowQuery(_req, res) {
      const dearer = db('books as other').count('*').whereRaw('other.price_cents * other.pages > book.price_cents * book.pages')
      const books = await db('books as book').select('book.title', dearer.as('dearer')).orderBy('dearer').orderBy('book.id').limit(10)
      res.render('wrong/facts', { facts: [['Ranked', '2,000 books']], rows: books.map((book) => [Number(book.dearer) + 1, book.title]) })
    },
    async function slowQueryFixed(_req, res) {
      const place = db.raw('rank() over (order by price_cents * pages desc) as place')
      const books = await db('books').select('title', place).orderBy('place').orderBy('id').limit(10)
      res.render('wrong/facts', { facts: [['Ranked', '2,000 books']], rows: books.map((book) => [Number(book.place), book.title]) })
    },
  )

  page(
    {
      path: '/missing-index',
      title: 'A filter without an index',
      wrong: 'Reviews are looked up by the reader’s email, a column without an index: the database reads all 10,000 to find a few.',
      shows: 'SQL: few rows, much time; the plan says full scan, and the finding names the index to add.',
      fix: 'The same reviews by customer_id, which has one.',
    },
    async function missingIndex(_req, res) {
      const reviews = await db('reviews').where('reviewer_email', 'reader7@example.com').select('rating', 'title').orderBy('id')
      res.render('wrong/facts', {
        facts: [['Reviews by reader 7', reviews.length]],
        rows: reviews.map((review) => [review.rating, review.title]),
      })
    },
    async function missingIndexFixed(_req, res) {
      const reviews = await db('reviews').where('customer_id', 7).select('rating', 'title').orderBy('id')
      res.render('wrong/facts', {
        facts: [['Reviews by reader 7', reviews.length]],
        rows: reviews.map((review) => [review.rating, review.title]),
      })
    },
  )

  page(
    {
      path: '/blocking-loop',
      title: 'A blocking loop',
      wrong:
        'The pricing model calculates for 800 ms on the main thread. Until it is done, nobody else gets an answer, not even a picture.',
      shows: 'Time: 800 ms of CPU and an event-loop delay of the same length.',
      fix: 'The same model in a worker thread: as long for this reader, and free for everybody else.',
    },
    function blockingLoop(_req, res) {
      const startedAt = performance.now()
      burnCpu(800)
      res.render('wrong/facts', { facts: [['Priced in ms', Math.round(performance.now() - startedAt)]] })
    },
    async function blockingLoopFixed(_req, res) {
      const startedAt = performance.now()
      await once(new Worker(new URL('../../shop/burn-cpu-worker.js', import.meta.url), { workerData: 800 }), 'exit')
      res.render('wrong/facts', { facts: [['Priced in ms', Math.round(performance.now() - startedAt)]] })
    },
  )

  const describe = (book) => {
    burnCpu(12)
    return `${book.title}, by ${book.author_name}`
  }
  page(
    {
      path: '/slow-template',
      title: 'A slow template',
      wrong: 'An include in a loop calls a helper that takes 12 ms, for each of 24 books: the view is slow, not the data.',
      shows: 'Templates: the tree with 24 renders of one include, its own time, and its file.',
      fix: 'The text is made once and handed to the view.',
    },
    async function slowTemplate(_req, res) {
      const books = await bookCards(db).orderBy('books.id').limit(24)
      res.render('wrong/excerpts', { books, describe })
    },
    async function slowTemplateFixed(_req, res) {
      const books = await bookCards(db).orderBy('books.id').limit(24)
      res.render('wrong/excerpts', { books, describe: (book) => `${book.title}, by ${book.author_name}` })
    },
  )
}
