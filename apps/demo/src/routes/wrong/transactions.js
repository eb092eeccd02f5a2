import { setTimeout as sleep } from 'node:timers/promises'

/** The twenty months before December 2026, each with its first moment and that of the next. */
const MONTHS = Array.from({ length: 20 }, (_, index) => ({
  name: new Date(Date.UTC(2025, 3 + index)).toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }),
  from: new Date(Date.UTC(2025, 3 + index)),
  to: new Date(Date.UTC(2025, 4 + index)),
}))

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

  const onTheTram = () => db('reviews').where('rating', '>=', 4).where('body', 'like', '%on the tram%')
  page(
    {
      path: '/pool-waiting',
      title: 'Waiting for the pool',
      wrong:
        'Who reads on the tram? Twenty searches through the good reviews start at once, one for each month. The pool has five connections (SQLite: one), so most of them only stand in line.',
      shows: 'SQL: the wait for a connection apart from the query, and who held the connections.',
      fix: 'One query on one connection answers for all months, and leaves the others free.',
    },
    async function poolWaiting(_req, res) {
      const mentions = await Promise.all(
        MONTHS.map(({ from, to }) =>
          onTheTram().where('written_at', '>=', from).where('written_at', '<', to).count({ total: '*' }).first(),
        ),
      )
      res.render('wrong/facts', { facts: mentions.map(({ total }, index) => [`Read on the tram in ${MONTHS[index].name}`, Number(total)]) })
    },
    async function poolWaitingFixed(_req, res) {
      const months = MONTHS.map(({ from, to }, index) =>
        db.raw('sum(case when written_at >= ? and written_at < ? then 1 else 0 end) as ??', [from, to, `month_${index}`]),
      )
      const mentions = await onTheTram().select(months).first()
      res.render('wrong/facts', {
        facts: MONTHS.map(({ name }, index) => [`Read on the tram in ${name}`, Number(mentions[`month_${index}`])]),
      })
    },
  )
}
