import { Router } from 'express'
import { ShopError, toId } from '../http/errors.js'
import { bookCards, countByCategory, findBook, listReviews, searchBooks } from '../shop/books.js'

export function apiRoutes({ db, bus }) {
  const router = Router()

  router.get('/categories', async function apiCategories(_req, res) {
    const categories = await countByCategory(db)
    res.json({ categories: categories.map((category) => ({ ...category, books: Number(category.books) })) })
  })

  router.get('/books', async function apiBooks(req, res) {
    const words = String(req.query.q ?? '')
      .trim()
      .slice(0, 80)
    const books = words === '' ? await bookCards(db).orderBy('books.id').limit(12) : await searchBooks(db, words, 12)
    bus.emit('search:done', { words, found: books.length })
    res.json({ books })
  })

  router.get('/books/:id', async function apiBook(req, res) {
    const book = await findBook(db, toId(req.params.id))
    if (!book) throw new ShopError(404, 'This book is not in our catalogue.')
    res.json({ book })
  })

  router.get('/books/:id/reviews', async function apiReviews(req, res) {
    res.json({ reviews: await listReviews(db, toId(req.params.id)) })
  })

  router.post('/quotes', async function apiQuote(req, res) {
    const { bookIds } = req.body ?? {}
    if (!Array.isArray(bookIds) || bookIds.length === 0 || bookIds.length > 20 || !bookIds.every(Number.isInteger)) {
      throw new ShopError(422, 'Send { "bookIds": [1, 2] } with one to twenty ids.')
    }
    const books = await db('books').whereIn('id', bookIds).select('id', 'title', 'price_cents')
    const booksCents = books.reduce((total, book) => total + book.price_cents, 0)
    const postageCents = booksCents >= 5000 ? 0 : 490
    res.status(201).json({ books, booksCents, postageCents, totalCents: booksCents + postageCents })
  })

  router.use((req, _res, next) => next(new ShopError(404, `There is nothing at ${req.originalUrl}.`)))

  return router
}
