import { Router } from 'express'
import { ShopError } from '../http/errors.js'
import { bookCards } from '../shop/books.js'

const PER_PAGE = 100

export function authorsRoutes({ db }) {
  const router = Router()

  router.get('/authors', async function listAuthors(req, res) {
    const page = Math.max(1, Number.parseInt(req.query.page, 10) || 1)
    const { total } = await db('authors').count({ total: '*' }).first()
    const authors = await db('authors')
      .join('books', 'books.author_id', 'authors.id')
      .groupBy('authors.id', 'authors.name', 'authors.slug', 'authors.country')
      .select('authors.name', 'authors.slug', 'authors.country')
      .count({ books: 'books.id' })
      .orderBy('authors.name')
      .limit(PER_PAGE)
      .offset((page - 1) * PER_PAGE)
    res.render('authors', { authors, total: Number(total), page, pages: Math.ceil(Number(total) / PER_PAGE) })
  })

  router.get('/authors/:slug', async function showAuthor(req, res) {
    const author = await db('authors').where('slug', req.params.slug).first()
    if (!author) throw new ShopError(404, 'We do not know this author.')
    const books = await bookCards(db).where('books.author_id', author.id).orderBy('books.published', 'desc')
    res.render('author', { author, books })
  })

  return router
}
