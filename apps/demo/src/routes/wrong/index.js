import { Router } from 'express'
import { addErrorLessons } from './errors.js'
import { createLessons } from './lessons.js'
import { addLoadingLessons } from './loading.js'
import { addPolicyLessons } from './policies.js'
import { addQueryLessons } from './queries.js'
import { addResponseLessons } from './responses.js'
import { addSignalLessons } from './signals.js'
import { addStreamLessons } from './streams.js'
import { addTimeLessons } from './time.js'
import { addTransactionLessons } from './transactions.js'

export function wrongRoutes(shop) {
  const router = Router()
  const { chapter, chapters } = createLessons(router)

  router.get('/', function wrongIndex(_req, res) {
    res.render('wrong/index', { chapters })
  })

  addQueryLessons(chapter('Too many queries'), shop)
  addLoadingLessons(chapter('Loading too much'), shop)
  addTransactionLessons(chapter('Transactions and the pool'), shop)
  addTimeLessons(chapter('Where the time goes'), shop)
  addSignalLessons(chapter('Signals and logs'), shop)
  addErrorLessons(chapter('Errors'), shop, router)
  const responses = chapter('Responses')
  addResponseLessons(responses, shop, router)
  addStreamLessons(responses, shop, router)
  addPolicyLessons(responses)
  return router
}
