import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { debugToolbar } from 'debug-toolbar'

/**
 * An app of whatever pages it is told: `{ options, certificate, pages: { path: { headers, html, file } } }` comes as a message, its
 * port goes back; later messages bring further pages. What lies below `/bare` is answered as if there was no toolbar.
 */
process.once('disconnect', () => process.exit(0))
process.once('message', ({ options, certificate, pages, port }) => {
  const toolbar = debugToolbar(options)
  const answer = (req, res) => {
    const page = pages[req.url.replace(/^\/bare/, '').replace(/\?.*/, '')]
    if (page === undefined) return res.writeHead(404, { 'Content-Type': 'text/plain' }).end('nothing here')
    for (const [name, value] of page.headers ?? []) res.appendHeader(name, value)
    if (!res.hasHeader('Content-Type')) res.setHeader('Content-Type', 'text/html; charset=utf-8')
    res.end(page.file === undefined ? page.html : readFileSync(page.file))
  }
  const handle = (req, res) => (req.url.startsWith('/bare/') ? answer(req, res) : toolbar(req, res, () => answer(req, res)))
  const server = certificate === undefined ? createServer(handle) : createSecureServer({ ...certificate, allowHTTP1: true }, handle)
  process.on('message', (more) => {
    Object.assign(pages, more.pages)
    process.send('added')
  })
  server.listen(port ?? 0, '127.0.0.1', () => process.send(server.address().port))
})
