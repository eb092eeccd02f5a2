import { Router } from 'express'
import { ShopError, toId } from '../http/errors.js'
import { bookCards } from '../shop/books.js'
import { findOrder, listOrderItems, placeOrder } from '../shop/orders.js'

export function cartRoutes({ db, bus }) {
  const router = Router()

  async function loadLines(cart = []) {
    if (cart.length === 0) return []
    const books = await bookCards(db).whereIn(
      'books.id',
      cart.map((line) => line.bookId),
    )
    const byId = new Map(books.map((book) => [book.id, book]))
    return cart.flatMap(({ bookId, quantity }) => (byId.has(bookId) ? [{ book: byId.get(bookId), quantity }] : []))
  }

  router.get('/cart', async function showCart(req, res) {
    const lines = await loadLines(req.session.cart)
    res.render('cart', { lines, totalCents: lines.reduce((total, { book, quantity }) => total + quantity * book.price_cents, 0) })
  })

  router.post('/cart', function addToCart(req, res) {
    const bookId = toId(String(req.body?.bookId))
    req.session.cart ??= []
    const line = req.session.cart.find((known) => known.bookId === bookId)
    if (line) line.quantity = Math.min(line.quantity + 1, 9)
    else req.session.cart.push({ bookId, quantity: 1 })
    bus.emit('cart:changed', { bookId, cart: req.session.cart })
    req.session.notice = 'The book is in your cart.'
    res.redirect('/cart')
  })

  router.post('/cart/remove', function removeFromCart(req, res) {
    const bookId = toId(String(req.body?.bookId))
    req.session.cart = (req.session.cart ?? []).filter((line) => line.bookId !== bookId)
    bus.emit('cart:changed', { bookId, cart: req.session.cart })
    res.redirect('/cart')
  })

  router.post('/cart/checkout', async function checkOut(req, res) {
    if (!req.session.customer) return res.redirect('/sign-in?next=/cart')
    const lines = await loadLines(req.session.cart)
    if (lines.length === 0) throw new ShopError(422, 'Your cart is empty.')
    const orderId = await placeOrder(db, { customerId: req.session.customer.id, lines })
    req.session.cart = []
    req.session.notice = 'Thank you! The parcel leaves tomorrow morning.'
    bus.emit('order:placed', { orderId, customer: req.session.customer })
    req.log.info({ orderId, lines: lines.length }, 'order placed')
    res.redirect(`/orders/${orderId}`)
  })

  router.get('/orders/:id', async function showOrder(req, res) {
    if (!req.session.customer) return res.redirect('/sign-in')
    const order = await findOrder(db, toId(req.params.id), req.session.customer.id)
    if (!order) throw new ShopError(404, 'This is not one of your orders.')
    res.render('order', { order, items: await listOrderItems(db, order.id) })
  })

  return router
}
