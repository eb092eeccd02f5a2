/** What the contract promises of any app that has the toolbar, checked from outside. */
import assert from 'node:assert/strict'
import { get, navigation } from '../lib/http.mjs'

/** Opens a page as a browser does; checks the header, the one script element and its asset. Resolves to the id of the record. */
export async function expectToolbarOn(port, path) {
  const page = await get(port, path, navigation)
  assert.equal(page.status, 200, `GET ${path} answered ${page.status}:\n${page.body.slice(0, 500)}`)
  const id = page.headers['x-debug-toolbar-id']
  assert.match(String(id), /^[\w-]{1,32}$/, `GET ${path} has no usable X-Debug-Toolbar-Id header (got ${id})`)
  const scripts = page.body.match(/<script\b[^>]*>/g) ?? []
  assert.equal(
    scripts.length,
    1,
    `GET ${path} has ${scripts.length} <script> elements instead of the toolbar's one:\n${page.body.slice(-500)}`,
  )
  const [script] = scripts
  assert.ok(script.includes(`data-debug-toolbar="${id}"`), `the script does not carry data-debug-toolbar="${id}": ${script}`)
  assert.ok(script.length < 400, `the script element has ${script.length} characters, the contract says under 400`)
  const source = script.match(/\bsrc="([^"]+)"/)?.[1]
  assert.ok(source, `the script has no src: ${script}`)
  const asset = await get(port, source.split('#')[0], { 'Sec-Fetch-Dest': 'script', 'Sec-Fetch-Site': 'same-origin' })
  assert.equal(asset.status, 200, `GET ${source} answered ${asset.status}`)
  assert.match(String(asset.headers['content-type']), /javascript/, `GET ${source} is served as ${asset.headers['content-type']}`)
  return id
}

/** The JSON history lists the request, without any header of ours, as curl asks. */
export async function expectListed(port, id) {
  const answer = await get(port, '/__debug__/api/requests')
  assert.equal(answer.status, 200, `GET /__debug__/api/requests answered ${answer.status}: ${answer.body.slice(0, 500)}`)
  const found = answer.json().requests.find((request) => request.id === id)
  assert.ok(found, `the history does not list ${id}: ${answer.body.slice(0, 500)}`)
  return found
}

/** The app of `knex-app.mjs`: four queries, one log line, one signal, with what belongs to them. */
export async function expectBooksRecorded(port, id) {
  const entriesOf = async (type) => {
    const answer = await get(port, `/__debug__/api/requests/${id}/entries?type=${type}`)
    assert.equal(answer.status, 200, answer.body)
    return answer.json().entries
  }
  const sql = await entriesOf('sql')
  assert.equal(sql.length, 4, `four queries were made, ${sql.length} are recorded`)
  assert.match(sql[0].data.sql, /select .*`?id`?.* from `?books`?/i)
  assert.ok(
    sql.every(({ durationMs, status }) => durationMs >= 0 && status === 'ok'),
    `every query has a duration and is ok: ${JSON.stringify(sql)}`,
  )
  assert.equal(sql[0].data.rows, 3)
  assert.ok(sql[0].site?.file.endsWith('knex-app.mjs'), `the first query's site is ${JSON.stringify(sql[0].site)}`)
  const [log] = await entriesOf('log')
  assert.equal(log?.data.message, 'books listed')
  const [signal] = await entriesOf('signal')
  assert.equal(signal?.data.event, 'books:listed')
  assert.equal(signal.data.listeners[0]?.name, 'countBooks')
}
