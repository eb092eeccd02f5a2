import { setTimeout as sleep } from 'node:timers/promises'

const WORDS = `tram ferry harbour bread island letter winter bridge ledger translation weather footnotes mother ending kettle neighbour
Trieste archive suitcase piano`.split(/\s+/)

export function addTransactionLessons(page, { db }) {
  const askForPayment = () => sleep(400)
  page(
    {
      path: '/long-transaction',
      title: 'A long transaction',
      wrong:
        'The book is reserved, then the payment provider is asked, which takes 400 ms, and only then the transaction ends. All that time a row, or on SQLite the only connection, is locked for everybody else.',
      shows: 'SQL: a bracket from BEGIN to COMMIT with a gap of 400 ms in it, and what ran in the gap.',
      fix: 'The payment first, then a transaction as short as its two statements.',
    },
    async function longTransaction(_req, res) {
      await db.transaction(async (trx) => {
        await trx('books').where('id', 3).update({ reserved_until: new Date() })
        await askForPayment()
        await trx('orders').where('id', 3).update({ status: 'packed' })
      })
      res.render('wrong/facts', { facts: [['Order 3', 'packed']] })
    },
    async function longTransactionFixed(_req, res) {
      await askForPayment()
      await db.transaction(async (trx) => {
        await trx('books').where('id', 3).update({ reserved_until: new Date() })
        await trx('orders').where('id', 3).update({ status: 'packed' })
      })
      res.render('wrong/facts', { facts: [['Order 3', 'packed']] })
    },
  )

  page(
    {
      path: '/savepoint',
      title: 'A savepoint that is rolled back',
      happens: 'Inside one transaction a gift voucher is tried in a savepoint, fails and is rolled back, and the order is kept.',
      shows: 'SQL: BEGIN, SAVEPOINT, ROLLBACK TO, COMMIT as rows, nested as they were.',
    },
    async function savepoint(_req, res) {
      const voucher = await db.transaction(async (trx) => {
        await trx('orders').where('id', 5).update({ status: 'packed' })
        try {
          await trx.transaction(async (inner) => {
            await inner('orders').where('id', 5).update({ total_cents: 0 })
            throw new Error('The voucher has expired')
          })
        } catch (error) {
          return error.message
        }
      })
      res.render('wrong/facts', {
        facts: [
          ['Voucher', voucher],
          ['Order 5', 'packed, at its full price'],
        ],
      })
    },
  )

  page(
    {
      path: '/pool-waiting',
      title: 'Waiting for the pool',
      wrong:
        'Twenty searches through all reviews start at once. The pool has five connections (SQLite: one), so most of them only stand in line.',
      shows: 'SQL: the wait for a connection apart from the query, and who held the connections.',
      fix: 'One query on one connection counts all twenty words, and leaves the others free.',
    },
    async function poolWaiting(_req, res) {
      const counts = await Promise.all(WORDS.map((word) => db('reviews').where('body', 'like', `%${word}%`).count({ total: '*' }).first()))
      res.render('wrong/facts', { facts: counts.map(({ total }, index) => [`“${WORDS[index]}” in reviews`, Number(total)]) })
    },
    async function poolWaitingFixed(_req, res) {
      const counts = WORDS.map((word, index) =>
        db.raw('sum(case when body like ? then 1 else 0 end) as ??', [`%${word}%`, `word_${index}`]),
      )
      const totals = await db('reviews').select(counts).first()
      res.render('wrong/facts', { facts: WORDS.map((word, index) => [`“${word}” in reviews`, Number(totals[`word_${index}`])]) })
    },
  )
}
