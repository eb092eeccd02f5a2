import { Router } from 'express'
import { accountRoutes } from './account.js'
import { apiRoutes } from './api.js'
import { authorsRoutes } from './authors.js'
import { booksRoutes } from './books.js'
import { cartRoutes } from './cart.js'
import { homeRoutes } from './home.js'
import { sellRoutes } from './sell.js'
import { wrongRoutes } from './wrong/index.js'

export function shopRoutes(shop) {
  const router = Router()
  router.use(homeRoutes(shop))
  router.use(booksRoutes(shop))
  router.use(authorsRoutes(shop))
  router.use(cartRoutes(shop))
  router.use(accountRoutes(shop))
  router.use(sellRoutes(shop))
  router.use('/api', apiRoutes(shop))
  router.use('/wrong', wrongRoutes(shop))
  return router
}
