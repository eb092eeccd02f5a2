import { Router } from 'express'
import { ShopError, toId } from '../http/errors.js'
import * as shelves from '../shop/books.js'

const PER_PAGE = 20
const REVIEWS_PER_PAGE = 6
const toPage = (text) => (/^[1-9]\d{0,4}$/.test(text ?? '') ? Number(text) : 1)

export function booksRoutes({ db, bus }) {
  const router = Router()

  async function showShelf(req, res, { heading, base, states }) {
    const { category: slug, format, price } = req.query
    const category = slug ? await db('categories').where('slug', String(slug)).first() : undefined
    if (slug && !category) throw new ShopError(404, 'There is no such subject on our shelves.')
    const list = await shelves.listBooks(db, { page: toPage(req.query.page), perPage: PER_PAGE, category, format, price, states })
    const [categories, formats] = await Promise.all([shelves.countByCategory(db, { states }), shelves.countByFormat(db, { states })])
    const filter = { category: category?.slug, format, price }
    res.render('books', { ...list, heading: category?.name ?? heading, base, filter, categories, formats, bands: shelves.PRICE_BANDS })
  }

  router.get('/books', function listBooks(req, res) {
    return showShelf(req, res, { heading: 'All books', base: '/books' })
  })

  router.get('/used', function listUsed(req, res) {
    return showShelf(req, res, { heading: 'Used & rare', base: '/used', states: ['used', 'rare'] })
  })

  router.get('/books/:id', async function showBook(req, res) {
    const id = toId(req.params.id)
    const book = await shelves.findBook(db, id)
    if (!book) throw new ShopError(404, 'This book is not in our catalogue.')
    const page = toPage(req.query.reviews)
    const [rating, reviews, related] = await Promise.all([
      shelves.rateBook(db, id),
      shelves.listReviews(db, id, { limit: REVIEWS_PER_PAGE, offset: (page - 1) * REVIEWS_PER_PAGE }),
      shelves.bookCards(db).where('books.category_id', book.category_id).whereNot('books.id', id).orderBy('books.id').limit(6),
    ])
    bus.emit('book:viewed', { bookId: id, title: book.title })
    req.log.debug({ bookId: id }, 'book shown')
    res.render('book', { book, rating, reviews, related, page, pages: Math.max(1, Math.ceil(rating.total / REVIEWS_PER_PAGE)) })
  })

  router.post('/books/:id/reviews', async function writeReview(req, res) {
    const id = toId(req.params.id)
    if (!req.session.customer) throw new ShopError(403, 'Please sign in to write a review.')
    const { title = '', body = '', rating } = req.body ?? {}
    if (!/^[1-5]$/.test(rating) || title.trim() === '' || body.trim().length < 10) {
      throw new ShopError(422, 'A review needs a rating from 1 to 5, a title and at least ten characters.')
    }
    await db('reviews').insert({
      book_id: id,
      customer_id: req.session.customer.id,
      reviewer_email: req.session.customer.email,
      rating: Number(rating),
      title: title.slice(0, 200),
      body: body.slice(0, 1500),
      written_at: new Date(),
    })
    bus.emit('review:written', { bookId: id })
    req.session.notice = 'Thank you: your review is on the shelf.'
    res.redirect(`/books/${id}#reviews`)
  })

  router.get('/search', async function search(req, res) {
    const words = String(req.query.q ?? '')
      .trim()
      .slice(0, 80)
    const books = words === '' ? [] : await shelves.searchBooks(db, words)
    if (words !== '') bus.emit('search:done', { words, found: books.length })
    res.render('search', { words, books })
  })

  return router
}
