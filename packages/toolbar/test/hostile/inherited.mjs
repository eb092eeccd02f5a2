import { createServer, get } from 'node:http'
import Sqlite from 'better-sqlite3'
import { debugToolbar } from 'debug-toolbar'

// An app that gives every object a property, before anybody has read what the toolbar recorded. Says what readers are answered.

const [, , key, value] = process.argv
const db = new Sqlite(':memory:')
const toolbar = debugToolbar({ watch: { db } })
const server = createServer((req, res) => toolbar(req, res, () => res.end(JSON.stringify(db.prepare('select 1 as a').get()))))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

const ask = (path) =>
  new Promise((resolve, reject) => {
    const options = Object.assign(Object.create(null), { host: '127.0.0.1', port: server.address().port, path })
    get(options, (res) => {
      let body = ''
      res.on('data', (chunk) => {
        body += chunk
      })
      res.on('end', () => resolve({ path, status: res.statusCode, id: res.headers['x-debug-toolbar-id'], body }))
    }).on('error', reject)
  })

const { id } = await ask('/page')
const read = async () => {
  const answers = []
  for (const path of ['requests', `requests/${id}`, `requests/${id}/entries`, `requests/${id}/panels/sql`, 'health'])
    answers.push(await ask(`/__debug__/api/${path}`))
  return answers.map(({ status, body }) => ({ status, seen: body.includes('an inherited value') }))
}
Object.prototype[key] = JSON.parse(value)
const polluted = await read()
delete Object.prototype[key]
console.log(JSON.stringify({ polluted, clean: await read() }))
process.exit()
