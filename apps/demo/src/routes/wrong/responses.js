import { ShopError } from '../../http/errors.js'
import { listReviews } from '../../shop/books.js'

export function addResponseLessons(page, { db }, router) {
  async function takeWish(req, res) {
    const wish = String(req.body?.wish ?? '').slice(0, 200)
    const { total } = await db('books').where('title', wish).count({ total: '*' }).first()
    req.session.wish = { wish, inStock: Number(total) > 0 }
    res.redirect('/wrong/post-redirect-get')
  }
  router.post('/post-redirect-get', takeWish)
  page(
    {
      path: '/post-redirect-get',
      title: 'Post, redirect, get',
      happens:
        'A form is posted, answered with a 302, and the page that follows is another request. What went on in the first one is gone from the screen.',
      shows: 'History: the POST and the page it led to, joined; the switcher opens the POST’s own record.',
      code: takeWish,
    },
    function postRedirectGet(req, res) {
      const thanks = req.session.wish
      delete req.session.wish
      res.render('wrong/form', { thanks })
    },
  )

  async function sendStock(req, res) {
    const quote = (value) => `"${String(value).replaceAll('"', '""')}"`
    const lines = ['isbn,title,stock']
    let books = []
    do {
      const after = books.at(-1)?.id ?? 0
      books = await db('books').where('id', '>', after).select('id', 'isbn', 'title', 'stock').orderBy('id').limit(250)
      for (const { isbn, title, stock } of books) lines.push([isbn, title, stock].map(quote).join(','))
    } while (books.length > 0)
    const csv = Buffer.from(lines.join('\r\n'))
    res.attachment('stock.csv').set('Accept-Ranges', 'bytes')
    const ranges = req.range(csv.length)
    if (ranges === -1) return res.status(416).set('Content-Range', `bytes */${csv.length}`).end()
    if (!Array.isArray(ranges) || ranges.length !== 1) return res.send(csv)
    const [{ start, end }] = ranges
    res
      .status(206)
      .set('Content-Range', `bytes ${start}-${end}/${csv.length}`)
      .send(csv.subarray(start, end + 1))
  }
  router.get('/download/stock.csv', sendStock)
  page(
    {
      path: '/download',
      title: 'A file download',
      happens: 'The stock list is sent as an attachment, whole or in ranges, and must arrive byte for byte.',
      shows: 'History: the download with its size; nothing is added to its body.',
      tries: [{ path: '/wrong/download/stock.csv', label: 'Download stock.csv', status: 200 }],
      code: sendStock,
    },
    function download(_req, res) {
      res.render('wrong/facts', { facts: [] })
    },
  )

  async function reviewsFragment(req, res) {
    const from = Number(req.query.from)
    if (!Number.isInteger(from) || from < 0) throw new ShopError(422, 'Say from which review on: ?from=3.')
    const reviews = await listReviews(db, 1, { limit: 3, offset: from })
    res.render('partials/reviews', { reviews })
  }
  router.get('/fragment/reviews', reviewsFragment)
  page(
    {
      path: '/fragment',
      title: 'A fragment',
      happens: 'The button asks for a piece of HTML with the header HX-Request, as htmx does, and puts it into the page.',
      shows: 'The switcher: one more request for each click. The fragment itself carries no toolbar.',
      tries: [{ path: '/wrong/fragment/reviews?from=0', label: 'The fragment by itself', status: 200 }],
      code: reviewsFragment,
    },
    function fragment(_req, res) {
      res.render('wrong/fragment')
    },
  )
}
