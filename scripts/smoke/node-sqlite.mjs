/** `node:sqlite` without a query builder, on the Nodes that have it: prints what was recorded of one request. */
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { debugToolbar } from 'debug-toolbar'

const db = new DatabaseSync(':memory:')
db.exec("create table books (id integer primary key, title text); insert into books (title) values ('Dune'), ('Emma'), ('Ulysses')")
const toolbar = debugToolbar({ watch: { main: db } })
const answers = []
const server = createServer((req, res) =>
  toolbar(req, res, () => {
    const byId = db.prepare('select * from books where id = ?')
    answers.push(byId.get(1), byId.get(9), db.prepare('select title from books where id > @id').all({ id: 1 }))
    answers.push(Number(db.prepare('update books set title = title where id < ?').run(3).changes))
    answers.push([...db.prepare('select * from books').iterate()].length)
    db.exec('begin; commit')
    try {
      db.prepare('insert into books (id) values (1)').run()
    } catch (error) {
      answers.push(error.code)
    }
    if (db.createTagStore) answers.push(db.createTagStore().get`select title from books where id = ${2}`)
    res.end()
  }),
)
server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}`
  await fetch(url)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const { requests } = await (await fetch(`${url}/__debug__/api/requests`)).json()
  const { entries } = await (await fetch(`${url}/__debug__/api/requests/${requests[0].id}/entries?type=sql`)).json()
  const recorded = entries.map(({ data, site }) => [
    data.sql,
    data.params,
    data.rows,
    data.error?.code ?? null,
    site?.file.split('/').pop(),
  ])
  process.stdout.write(JSON.stringify({ answers, recorded }))
  toolbar.close()
  server.closeAllConnections()
  server.close()
})
