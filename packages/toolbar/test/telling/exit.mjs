// A process that has nothing left to do but to tell of what it recorded: it prints how much of that was told, and ends.
import { createServer, get } from 'node:http'
import { debugToolbar } from 'debug-toolbar'
import { setFault } from '../../dist/internals.js'

const toolbar = debugToolbar()
const server = createServer((req, res) => toolbar(req, res, () => res.end('ok')))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const at = (path) => ({ port: server.address().port, host: '127.0.0.1', path, agent: false })

let text = ''
await new Promise((resolve) => {
  get(at('/__debug__/api/stream'), (answer) => {
    answer.socket.unref()
    answer.on('data', (chunk) => {
      text += chunk
      resolve()
    })
  })
})
setFault((name) => {
  for (const until = performance.now() + 1; name === 'bus.request' && performance.now() < until; );
  return undefined
})
let answered = 0
for (; answered < 50; answered++) await new Promise((resolve) => get(at('/'), (answer) => answer.resume().on('end', resolve)))
server.unref()
process.on('exit', () => process.stdout.write(JSON.stringify({ answered, told: text.split('"state":"done"').length - 1 })))
