/** A fast recorder that records nothing is not fast: what was kept is looked at in every run. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { readApi } from './overlay.mjs'

const app = readFileSync(new URL('../app.mjs', import.meta.url), 'utf8')

/** The toolbar kept everything of a request; resolves to its id. */
export async function expectRecorded({ connection }, route, { sites }) {
  const response = await connection.send(connection.toBytes(route))
  const id = response.header('x-debug-toolbar-id')
  assert.ok(id, `${route.path} has no X-Debug-Toolbar-Id header: it was not recorded`)
  const { request } = await finished(connection, id)
  assert.equal(request.id, id)
  for (const [type, count] of Object.entries(entriesOf(route))) {
    const counted = request.counts[type] ?? 0
    assert.equal(counted, count, `${route.path}: ${counted} ${type} entries counted instead of ${count}`)
    const { entries } = await read(connection, `requests/${id}/entries?type=${type}`)
    assert.equal(entries.length, count, `${route.path}: ${entries.length} ${type} entries kept instead of ${count}`)
    const places = placesOf(type, route)
    if (places !== null) expectPlaces(entries, sites ? places : {}, `${route.path}: ${type}`)
  }
  if (!route.document) return id
  assert.match(response.body, /<script[^>]+data-debug-toolbar="/, `${route.path}: the script is missing`)
  const latest = await read(connection, 'requests/latest')
  assert.equal(latest.request.id, id, `${route.path} is not the latest document of the history`)
  return id
}

/** Nothing of the bursts was left out: the toolbar has seen as many requests and entries as were asked for, by its own account. */
export async function expectComplete({ connection, asked }) {
  const wanted = { requests: 0 }
  for (const [route, count] of asked) {
    wanted.requests += count
    for (const [type, each] of Object.entries(entriesOf(route))) wanted[type] = (wanted[type] ?? 0) + each * count
  }
  let health
  for (let left = 20; ; left--) {
    health = await read(connection, 'health')
    if (health.counts.running === 0 || left === 0) break
    await wait(50)
  }
  const seen = { requests: health.counts.received }
  for (const type of Object.keys(wanted)) seen[type] ??= health.entries.seen[type] ?? 0
  assert.deepEqual(seen, wanted, 'the toolbar has not seen all that was asked for')
  assert.equal(health.dropped.requests, 0, `${health.dropped.requests} requests were dropped: ${JSON.stringify(health.dropped.reasons)}`)
  const failed = health.hooks.filter(({ failures }) => failures > 0)
  assert.deepEqual(failed, [], 'the toolbar failed')
}

/** What one request must have left. */
const entriesOf = ({ sql, template }) => ({ sql, template, signal: 1, log: 1 })

/** The places that entries must have: how many on which lines of the app; `null` for a type without. */
function placesOf(type, route) {
  if (type === 'sql') return route.asked
  if (type === 'signal') return { "bus.emit('served'": 1 }
  return type === 'log' ? { 'logger.info(': 1 } : null
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

function expectPlaces(entries, wanted, what) {
  const lines = Object.fromEntries(Object.entries(wanted).map(([text, count]) => [`app.mjs:${lineOf(text)}`, count]))
  const seen = {}
  for (const { site } of entries) {
    if (site === null) continue
    const place = `${site.file.split('/').at(-1)}:${site.line}`
    seen[place] = (seen[place] ?? 0) + 1
  }
  assert.deepEqual(seen, lines, `${what} entries have other places`)
}

/** The line of the app in which a text stands, from 1. */
function lineOf(text) {
  const at = app.indexOf(text)
  assert.ok(at !== -1 && app.indexOf(text, at + 1) === -1, `app.mjs has not one line with: ${text}`)
  return app.slice(0, at).split('\n').length
}

/** The record is there from its first millisecond, and finished soon after the response. */
async function finished(connection, id) {
  for (let left = 20; ; left--) {
    const record = await read(connection, `requests/${id}`)
    if (record.request.state !== 'running') return record
    assert.ok(left > 0, `the record ${id} is still running a second after its response`)
    await wait(50)
  }
}

const read = async (connection, path) => (await readApi(connection, path)).data
