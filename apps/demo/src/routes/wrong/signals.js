export function addSignalLessons(page, { bus, logger }) {
  page(
    {
      path: '/signals',
      title: 'Slow and failing listeners',
      wrong:
        'One event has a listener that blocks for 120 ms and an async one that takes 250; a second event has a listener that throws, so the one behind it never runs; a third has no listener at all.',
      shows:
        'Signals: every listener with its place and its own time, the error, who was not reached, and “newsletter:bounced”, which is connected and never fires.',
    },
    function signals(_req, res) {
      bus.emit('stock:counted', { shelf: 'A', books: 318 })
      let problem = 'none'
      try {
        bus.emit('stock:audited', { missing: 3 })
      } catch (error) {
        problem = error.message
      }
      const heard = bus.emit('stock:forgotten', { shelf: 'B' })
      res.render('wrong/facts', {
        facts: [
          ['The audit says', problem],
          ['Anybody listening to stock:forgotten', heard ? 'yes' : 'no'],
        ],
      })
    },
  )

  page(
    {
      path: '/log-flood',
      title: '10,000 log lines',
      wrong: 'A line per book and per step, left over from a search for a bug: the terminal drowns, and so does the one line that matters.',
      shows:
        'Logs: an exact count, the first thousand lines kept, a filter by level that finds the warning. The terminal gets all of them, unchanged.',
      fix: 'One line with the sum.',
    },
    function logFlood(_req, res) {
      for (let line = 1; line <= 10_000; line++) {
        if (line === 500) logger.warn({ bookId: line }, 'the price of this book is missing')
        else logger.info({ bookId: line }, 'looking at a book')
      }
      res.render('wrong/facts', { facts: [['Lines written', '10,000']] })
    },
    function logFloodFixed(_req, res) {
      logger.warn({ looked: 10_000, missing: [500] }, 'prices are missing')
      res.render('wrong/facts', { facts: [['Lines written', '1']] })
    },
  )
}
