import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const CHUNKS = 20

export function addStreamLessons(page, { db, bus }, router) {
  page(
    {
      path: '/stream',
      title: 'A streamed page',
      happens: 'The page arrives in 20 pieces, 100 ms apart, and must not be held back until it is complete.',
      shows: 'The bar: there as soon as the page has ended; Response: the time to the first byte and to the last.',
    },
    async function stream(_req, res) {
      const titles = await db('books').orderBy('id').limit(CHUNKS).pluck('title')
      const html = await promisify(res.render.bind(res))('wrong/stream')
      const [head, tail] = html.split('<!-- chapters -->')
      res.type('html')
      res.write(head)
      for (const [index, title] of titles.entries()) {
        await sleep(100)
        if (res.destroyed) return
        res.write(`<li><bdi>Piece ${index + 1} of ${CHUNKS}: ${escapeHtml(title)}</bdi></li>\n`)
      }
      res.end(tail)
    },
  )

  function eventStream(req, res) {
    res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    res.flushHeaders()
    let count = 0
    const send = (text) => res.write(`id: ${++count}\ndata: ${JSON.stringify({ count, text })}\n\n`)
    const tellView = ({ title }) => send(`Somebody looks at “${title}”`)
    const ticker = setInterval(() => send('The clock on the quay ticks'), 1000)
    bus.on('book:viewed', tellView)
    send('The shop is open')
    req.on('close', () => {
      clearInterval(ticker)
      bus.off('book:viewed', tellView)
    })
  }
  router.get('/server-sent-events/stream', eventStream)
  page(
    {
      path: '/server-sent-events',
      title: 'Server-sent events',
      happens: 'One request stays open and tells what happens in the shop, for as long as you look.',
      shows: 'The switcher: a request that is still running, and ends when you leave.',
      code: eventStream,
    },
    function serverSentEvents(_req, res) {
      res.render('wrong/server-sent-events')
    },
  )
}

const escapeHtml = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
