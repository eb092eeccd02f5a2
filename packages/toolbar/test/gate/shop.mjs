// A shop on every address of the machine, where clients at the address it is given have to pair. Ends when its input does.
import { createServer } from 'node:http'
import { debugToolbar } from 'debug-toolbar'

const [address] = process.argv.slice(2)
const toolbar = debugToolbar({ allowedPeers: [address], allowedHosts: [address] })
const page = (name) =>
  `<!doctype html><html lang="en"><title>${name}</title><body style="font: 16px sans-serif"><h1>${name}</h1><button id="own">own</button><a href="/next" target="_blank">next</a></body></html>`
const server = createServer((req, res) =>
  toolbar(req, res, () => {
    res.setHeader('Content-Type', 'text/html; charset=utf-8')
    res.setHeader('Content-Security-Policy', "default-src 'self'; style-src 'self' 'unsafe-inline'; require-trusted-types-for 'script'")
    res.end(page(`The page ${req.url}`))
  }),
)
server.listen(Number(process.env.PORT ?? 0), '0.0.0.0', () => process.stdout.write(`${server.address().port}\n`))
process.stdin.resume().on('end', () => process.exit(0))
