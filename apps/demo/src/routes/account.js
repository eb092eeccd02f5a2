import { Router } from 'express'
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from '../database/seed/trade.js'
import { listOrders } from '../shop/orders.js'
import { checkPassword } from '../shop/passwords.js'

export function accountRoutes({ db, bus }) {
  const router = Router()
  const demo = { accounts: DEMO_ACCOUNTS, password: DEMO_PASSWORD }

  router.get('/sign-in', function showSignIn(req, res) {
    res.render('sign-in', { demo, next: toLocalPath(req.query.next), email: '', problem: '' })
  })

  router.post('/sign-in', async function signIn(req, res) {
    const { email = '', password = '', next } = req.body ?? {}
    const customer = await db('customers').where('email', email.trim().toLowerCase()).first()
    if (!(await checkPassword(password, customer?.password_hash))) {
      req.log.warn({ email }, 'sign-in refused')
      return res.status(422).render('sign-in', { demo, next: toLocalPath(next), email, problem: 'This email and password do not match.' })
    }
    req.session.customer = { id: customer.id, name: customer.name, email: customer.email }
    bus.emit('customer:signed-in', { customerId: customer.id }) // no listener yet, on purpose
    res.redirect(toLocalPath(next))
  })

  router.post('/sign-out', function signOut(req, res) {
    delete req.session.customer
    res.redirect('/')
  })

  router.get('/account', async function showAccount(req, res) {
    if (!req.session.customer) return res.redirect('/sign-in?next=/account')
    res.render('account', { orders: await listOrders(db, req.session.customer.id) })
  })

  return router
}

/** Only a path of this shop: `//elsewhere` and `/\elsewhere` would leave it. */
const toLocalPath = (text) => (typeof text === 'string' && /^\/(?![/\\])/.test(text) ? text : '/account')
