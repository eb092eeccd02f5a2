/** An error whose status and message may be shown to the reader. */
export class ShopError extends Error {
  constructor(status, message, options) {
    super(message, options)
    this.name = 'ShopError'
    this.status = status
  }
}

/** Answers by itself: an error handler behind it would also catch what /wrong/unhandled-error leaves to Express. */
export function notFound(req, res) {
  res.status(404).render('error', { status: 404, message: `There is no page at ${req.path}.` })
}

export function showError(error, req, res, next) {
  if (res.headersSent) return next(error)
  const status = error.status ?? error.statusCode ?? (error.name === 'MulterError' ? 400 : 500)
  if (status >= 500) req.log?.error({ err: error }, 'a page failed')
  const message = status >= 500 && !(error instanceof ShopError) ? 'Something broke in the back room. It is written down.' : error.message
  res.status(status)
  if (req.originalUrl.startsWith('/api/')) return res.json({ error: { status, message } })
  res.render('error', { status, message })
}

/** Reads an id from the address; anything else is a page that does not exist. */
export function toId(text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new ShopError(404, 'There is no such page.')
  return Number(text)
}
