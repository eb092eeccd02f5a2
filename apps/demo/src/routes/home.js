import { Router } from 'express'
import { bookCards } from '../shop/books.js'

export function homeRoutes({ db }) {
  const router = Router()

  router.get('/', async function home(_req, res) {
    const [window, rare, readings] = await Promise.all([
      bookCards(db).orderBy('books.id').limit(12),
      bookCards(db).where('books.state', 'rare').orderBy('books.price_cents', 'desc').limit(6),
      db('readings').select('title', 'held_on').orderBy('id').limit(3),
    ])
    res.render('home', { window, rare, readings })
  })

  router.get('/events', async function events(_req, res) {
    const readings = await db('readings')
      .join('authors', 'authors.id', 'readings.author_id')
      .select('readings.*', 'authors.name as author_name', 'authors.slug as author_slug')
      .orderBy('readings.id')
    res.render('events', { readings })
  })

  router.get('/about', function about(_req, res) {
    res.render('about')
  })

  router.get('/explore', function explore(_req, res) {
    res.render('explore')
  })

  return router
}
