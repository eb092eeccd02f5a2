const money = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
const number = new Intl.NumberFormat('en-GB')

/** What every view may use. SQLite gives dates as milliseconds, the servers as Date. */
export const viewHelpers = {
  formatMoney: (cents) => money.format(cents / 100),
  formatDate: (value) => day.format(new Date(value)),
  formatNumber: (value) => number.format(value),
  paragraphs: (text) => text.split(/\n{2,}/),
  toQuery: (values) => {
    const kept = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
    return kept.length === 0 ? '' : `?${new URLSearchParams(kept)}`
  },
}

/** Who is here and what is in the basket, from the session alone: this costs no query on any page. */
export function shopLocals(req, res, next) {
  res.locals.customer = req.session.customer
  res.locals.cartCount = (req.session.cart ?? []).reduce((total, line) => total + line.quantity, 0)
  res.locals.path = req.path
  res.locals.notice = req.session.notice
  if (req.session.notice) delete req.session.notice
  next()
}
