import { insertRow } from '../database/insert-row.js'

/** Takes the books from the shelf and writes the order, or does neither. */
export function placeOrder(db, { customerId, lines }) {
  return db.transaction(async (trx) => {
    const totalCents = lines.reduce((total, line) => total + line.quantity * line.book.price_cents, 0)
    const orderId = await insertRow(trx, 'orders', {
      customer_id: customerId,
      status: 'placed',
      total_cents: totalCents,
      placed_at: new Date(),
    })
    await trx('order_items').insert(
      lines.map(({ book, quantity }) => ({ order_id: orderId, book_id: book.id, quantity, price_cents: book.price_cents })),
    )
    for (const { book, quantity } of lines)
      await trx('books').where('id', book.id).where('stock', '>=', quantity).decrement('stock', quantity)
    return orderId
  })
}

export const findOrder = (db, id, customerId) => db('orders').where({ id, customer_id: customerId }).first()

export const listOrders = (db, customerId) => db('orders').where('customer_id', customerId).orderBy('placed_at', 'desc').limit(20)

export const listOrderItems = (db, orderId) =>
  db('order_items')
    .join('books', 'books.id', 'order_items.book_id')
    .where('order_items.order_id', orderId)
    .select('books.id', 'books.title', 'order_items.quantity', 'order_items.price_cents')
