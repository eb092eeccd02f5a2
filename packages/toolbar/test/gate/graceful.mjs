// A server that shuts down as the documentation of Node has it, bare or with the toolbar.
import { createServer } from 'node:http'

const answer = (_req, res) => res.end('ok')
let listener = answer
if (process.argv[2] === 'toolbar') {
  const { debugToolbar } = await import('debug-toolbar')
  const toolbar = debugToolbar()
  listener = (req, res) => toolbar(req, res, () => answer(req, res))
}
const server = createServer(listener)
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
process.once('SIGTERM', () => server.close(() => process.exit(0)))
