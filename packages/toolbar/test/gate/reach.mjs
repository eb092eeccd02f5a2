// Listens where it is told and lets clients ask: `local`, or an address that the connection is made to look like. Prints nothing itself.
import { createServer, get } from 'node:http'
import { debugToolbar } from 'debug-toolbar'

const [host, ...clients] = process.argv.slice(2)
const toolbar = debugToolbar(clients.includes('peers') ? { allowedPeers: ['172.17.0.0/16'] } : {})
const server = createServer((req, res) => {
  const client = req.headers['x-client']
  // no bridge of a container is at hand: the socket says where it comes from, and that is all that is read
  if (client !== 'local') Object.defineProperty(req.socket, 'remoteAddress', { value: `::ffff:${client}` })
  toolbar(req, res, () => res.end('ok'))
})
await new Promise((resolve) => server.listen(0, host, resolve))
for (const client of clients.filter((name) => name !== 'peers'))
  await new Promise((resolve, reject) =>
    get({ port: server.address().port, host: '127.0.0.1', agent: false, headers: { 'x-client': client } }, (res) =>
      res.resume().on('end', resolve),
    ).on('error', reject),
  )
server.closeAllConnections()
server.close()
toolbar.close()
