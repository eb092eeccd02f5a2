import { ShopError } from '../../http/errors.js'
import { brokenPage } from './unguarded.js'

export function addErrorLessons(page, { db }, router) {
  function explainOnly(_req, res) {
    res.render('wrong/facts', { facts: [] })
  }

  function askSupplier(_req, _res, next) {
    next(new ShopError(503, 'The supplier does not answer. Please try again in a few minutes.'))
  }
  router.get('/handled-error/now', askSupplier)
  page(
    {
      path: '/handled-error',
      title: 'A handled error',
      wrong: 'The supplier does not answer. The route hands the error to next(), and the shop’s own error page says so with a 503.',
      shows: 'Exceptions: the error with its stack and the handler that took it; the bar turns to the status.',
      tries: [{ path: '/wrong/handled-error/now', label: 'Ask the supplier', status: 503 }],
      code: askSupplier,
    },
    explainOnly,
  )

  page(
    {
      path: '/unhandled-error',
      title: 'An unhandled error',
      wrong: 'This route was added behind the error handler, so nobody takes its error and Express answers with its own bare 500.',
      shows: 'Exceptions: the error and its place, even on Express’s own page with its own strict policy.',
      tries: [{ path: '/wrong/unhandled-error/now', label: 'Open the broken page', status: 500 }],
      code: brokenPage,
    },
    explainOnly,
  )

  async function askForNothing(_req, res) {
    res.json(await db('books').select('title', 'colour_of_the_spine').limit(1))
  }
  router.get('/async-rejection/now', askForNothing)
  page(
    {
      path: '/async-rejection',
      title: 'An async rejection',
      wrong: 'The query asks for a column that does not exist, and its promise rejects inside an async handler.',
      shows: 'Exceptions: the rejection, at the line that awaited. SQL: the failed query with the database’s own code and message.',
      tries: [{ path: '/wrong/async-rejection/now', label: 'Run the query', status: 500 }],
      code: askForNothing,
    },
    explainOnly,
  )

  async function placeFailingOrder() {
    try {
      await pay()
    } catch (cause) {
      throw new Error('The order could not be placed', { cause })
    }
  }
  router.get('/error-with-causes/now', placeFailingOrder)
  page(
    {
      path: '/error-with-causes',
      title: 'An error with causes',
      wrong: 'The order failed because the payment failed because the network failed: each layer wraps the error of the one below.',
      shows: 'Exceptions: the whole chain, each link with its own message and place.',
      tries: [{ path: '/wrong/error-with-causes/now', label: 'Place the order', status: 500 }],
      code: placeFailingOrder,
    },
    explainOnly,
  )

  async function failQuietly() {
    throw new Error('The recommendations are broken')
  }
  function sayNothing(_error, _req, res, _next) {
    res.send('<!doctype html><html lang="en"><title>For you</title><body><p>Nothing to recommend today.</p></body></html>')
  }
  router.get('/swallowed-error/handler', failQuietly, sayNothing)
  page(
    {
      path: '/swallowed-error',
      title: 'A swallowed error',
      wrong: 'The recommendations fail, a catch without a word turns them into an empty list, and the page looks fine.',
      shows: 'SQL: the failed query, on a page that answered 200. Exceptions: the error that a handler hid in the second try.',
      tries: [{ path: '/wrong/swallowed-error/handler', label: 'The same, swallowed by an error handler', status: 200 }],
    },
    async function swallowedError(_req, res) {
      const recommended = await db('recommendations')
        .select('title')
        .catch(() => [])
      res.render('wrong/facts', { facts: [['Recommended for you', recommended.length]] })
    },
  )
}

async function pay() {
  try {
    await callBank()
  } catch (cause) {
    throw new Error('The payment was refused', { cause })
  }
}

async function callBank() {
  throw Object.assign(new Error('connect ETIMEDOUT 203.0.113.7:443'), { code: 'ETIMEDOUT', syscall: 'connect' })
}
