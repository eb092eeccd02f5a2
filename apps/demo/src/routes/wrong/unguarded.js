import { Router } from 'express'

/** Mounted behind the error handler by mistake, as it happens in apps that grow: Express itself has to answer. */
export function unguardedRoutes() {
  const router = Router()
  router.get('/wrong/unhandled-error/now', brokenPage)
  return router
}

export function brokenPage(_req, res) {
  const shelf = undefined
  res.render('books', shelf.books)
}
