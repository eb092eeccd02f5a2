import { Router } from 'express'
import { ShopError } from '../http/errors.js'
import { bookCards } from '../shop/books.js'

export function authorsRoutes({ db }) {
  const router = Router()

  router.get('/authors', async function listAuthors(_req, res) {
    const authors = await db('authors')
      .join('books', 'books.author_id', 'authors.id')
      .groupBy('authors.id', 'authors.name', 'authors.slug', 'authors.country')
      .select('authors.name', 'authors.slug', 'authors.country')
      .count({ books: 'books.id' })
      .orderBy('authors.name')
    res.render('authors', { authors })
  })

  router.get('/authors/:slug', async function showAuthor(req, res) {
    const author = await db('authors').where('slug', req.params.slug).first()
    if (!author) throw new ShopError(404, 'We do not know this author.')
    const books = await bookCards(db).where('books.author_id', author.id).orderBy('books.published', 'desc')
    res.render('author', { author, books })
  })

  return router
}
