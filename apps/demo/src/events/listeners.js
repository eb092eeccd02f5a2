import { setTimeout as sleep } from 'node:timers/promises'
import { burnCpu } from '../shop/burn-cpu.js'

export function addListeners(bus, { logger }) {
  const views = new Map()

  bus.on('book:viewed', function countView({ bookId }) {
    views.set(bookId, (views.get(bookId) ?? 0) + 1)
  })
  bus.on('book:viewed', async function refreshRecommendations() {
    await sleep(8)
  })
  bus.on('search:done', function noteSearch({ words, found }) {
    logger.info({ words, found }, found === 0 ? 'nobody sells this' : 'a search')
  })
  bus.on('cart:changed', function updateCartBadge() {})
  bus.on('review:written', async function askModerator() {
    await sleep(20)
  })
  bus.on('order:placed', function reserveShelf({ orderId }) {
    logger.info({ orderId }, 'books set aside')
  })
  bus.on('order:placed', async function sendConfirmation() {
    await sleep(60)
  })
  bus.on('order:placed', async function printPackingSlip() {
    await sleep(25)
  })
  bus.once('shop:opened', function ringTheBell() {
    logger.info('the shop is open')
  })
  // Nothing in the shop ever fires this one: the toolbar lists it as connected and silent.
  bus.on('newsletter:bounced', function removeAddress() {})

  // The stocktaking of /wrong/signals: slow, slower, and broken.
  bus.on('stock:counted', function recountShelf() {
    burnCpu(120)
  })
  bus.on('stock:counted', async function mailSupplier() {
    await sleep(250)
  })
  bus.on('stock:audited', function checkDelivery() {})
  bus.on('stock:audited', function checkLedger({ missing }) {
    if (missing > 0) throw new Error(`The ledger is ${missing} books short`)
  })
  bus.on('stock:audited', function neverReached() {})
}
