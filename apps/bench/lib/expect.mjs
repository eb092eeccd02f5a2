/** A fast recorder that records nothing is not fast: what was kept of one request is looked at in every run. */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'

const api = '/__debug__/api'

/** The toolbar kept everything of a request; resolves to its id. */
export async function expectRecorded({ connection }, route, { sites }) {
  const response = await connection.send(connection.toBytes(route))
  const id = response.header('x-debug-toolbar-id')
  assert.ok(id, `${route.path} has no X-Debug-Toolbar-Id header: it was not recorded`)
  const { request } = await finished(connection, id)
  assert.equal(request.id, id)
  for (const [type, count] of Object.entries({ sql: route.sql, template: route.template, signal: 1, log: 1 })) {
    const counted = request.counts[type] ?? 0
    assert.equal(counted, count, `${route.path}: ${counted} ${type} entries counted instead of ${count}`)
    const { entries } = await json(connection, `${api}/requests/${id}/entries?type=${type}`)
    assert.equal(entries.length, count, `${route.path}: ${entries.length} ${type} entries kept instead of ${count}`)
    if (type === 'sql' && count > 0) expectSites(entries, route, sites)
  }
  if (!route.document) return id
  assert.match(response.body, /<script[^>]+data-debug-toolbar="/, `${route.path}: the script is missing`)
  const latest = await json(connection, `${api}/requests/latest`)
  assert.equal(latest.request.id, id, `${route.path} is not the latest document of the history`)
  return id
}

/** The open overlay hears of a record that `record` makes: when it begins and when it ends. What came before must have been told, or it is told once. */
export async function expectTold({ overlay }, record) {
  await overlay.quiet()
  const id = await record()
  for (let left = 20; overlay.told(id) < 2; left--) {
    assert.ok(left > 0, `the stream told ${overlay.told(id)} times of the record ${id} instead of twice`)
    await wait(50)
  }
}

export async function expectNothing({ connection }, route) {
  const response = await connection.send(connection.toBytes(route))
  assert.equal(response.status, 200)
  assert.equal(response.header('x-debug-toolbar-id'), undefined, `${route.path} is recorded in production`)
  assert.doesNotMatch(response.body, /data-debug-toolbar/, `${route.path} is injected in production`)
}

/** A rival recorded a request and every query of it, by its own account. */
export async function expectCounted({ connection, ask }, route) {
  const before = await ask('recorded')
  await connection.send(connection.toBytes(route))
  // What it does after the answer is its own business, as long as it comes to an end.
  await wait(50)
  const after = await ask('recorded')
  const queries = after.queries - before.queries
  assert.equal(queries, route.sql, `${route.path}: ${queries} queries recorded instead of ${route.sql}`)
  if (after.requests !== null) assert.equal(after.requests - before.requests, 1, `${route.path}: the request was not recorded once`)
}

function expectSites(entries, route, wanted) {
  const sites = entries.filter(({ site }) => site?.file.endsWith('app.mjs'))
  const count = wanted ? entries.length : 0
  assert.equal(
    sites.length,
    count,
    `${route.path}: ${sites.length} of ${entries.length} queries have their place in app.mjs instead of ${count}`,
  )
}

/** The record is there from its first millisecond, and finished soon after the response. */
async function finished(connection, id) {
  for (let left = 20; ; left--) {
    const record = await json(connection, `${api}/requests/${id}`)
    if (record.request.state !== 'running') return record
    assert.ok(left > 0, `the record ${id} is still running a second after its response`)
    await wait(50)
  }
}

async function json(connection, path) {
  const { status, body } = await connection.get(path)
  assert.equal(status, 200, `GET ${path} answered ${status}: ${body.slice(0, 300)}`)
  return JSON.parse(body)
}
