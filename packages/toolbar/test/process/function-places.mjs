/** Prints where each middleware of an app is written, as the toolbar tells it. */
import { once } from 'node:events'
import vm from 'node:vm'
import { debugToolbar } from 'debug-toolbar'
import express from 'express'

const app = express()
app.use(debugToolbar())
app.use(function written(_req, _res, next) {
  next()
})
app.use(new vm.Script('\n  (function compiled(_req, _res, next) { next() })', { filename: '/app/compiled.js' }).runInThisContext())
app.use(new Function('return function made(_req, _res, next) { next() }')())
app.get('/', (_req, res) => res.send('hello'))

const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const get = (path) => fetch(`http://127.0.0.1:${server.address().port}${path}`)
let id
for (let visits = 0; visits < 5; visits++) {
  const answer = await get('/')
  await answer.text()
  id = answer.headers.get('x-debug-toolbar-id')
}
const { entries } = await (await get(`/__debug__/api/requests/${id}/entries?type=middleware`)).json()
const places = entries.map(({ name, site }) => [name, site && [site.file, site.line, site.column]])
process.stdout.write(JSON.stringify(Object.fromEntries(places)))
process.exit(0)
