/**
 * Measures in one process, and prints JSON: `{ reference, rows: [{ id, us, bytes }] }`, per entry (per request for `request`), over the same
 * work without the toolbar. `node --expose-gc ... process.mjs [ids] [handicap]`; the handicapped entry gets an artificial cost.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import { debugToolbar } from 'debug-toolbar'
import { limits } from './judge.mjs'
import { createLoopback } from './loopback.mjs'
import { createTools, operations, reference } from './operations.mjs'

const [ids, handicap] = process.argv.slice(2)
/** many and short: what disturbs does not hit all of them */
const rounds = 15
/** the yardstick on a slow machine */
const usualReference = { ms: 0.007, bytes: 3_400 }
const chosen = operations.filter(({ id }) => !ids || ids.split(',').includes(id))

const bare = createTools()
const watched = createTools()
const toolbar = debugToolbar({ watch: [watched.db, watched.logger, watched.bus] })

/** As much again as an entry may cost, in time or bytes or both: what nobody may add unnoticed. */
function handicapOf(id) {
  const { time, bytes } = limits[id]
  const [, what] = handicap.split(':')
  const ms = what === 'bytes' ? 0 : time * usualReference.ms
  const slots = what === 'time' ? 0 : Math.ceil((bytes * usualReference.bytes) / 8)
  return () => {
    const end = performance.now() + ms
    // without elements yet: what they are filled with would take time
    const waste = new Array(slots)
    while (performance.now() < end);
    return waste
  }
}
const nothing = () => {}

/** Makes requests with the operation in them: without the toolbar, and with it. */
function createRequests({ id, run }) {
  const each = id === handicap?.split(':')[0] ? handicapOf(id) : nothing
  const answer = async (res, work) => {
    await work()
    res.end('done')
  }
  return {
    without: createLoopback((_req, res) => answer(res, () => run(bare, (_name, work) => work(), nothing))),
    with: createLoopback((req, res) =>
      toolbar(req, res, () =>
        answer(res, () => {
          if (id === 'request') each()
          return run(watched, toolbar.measure, each)
        }),
      ),
    ),
  }
}

async function cpuUs(action, count) {
  const before = process.cpuUsage()
  for (let left = count; left > 0; left--) await action()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

/** Bytes that one call allocates; `null` when a collection came in between. */
async function allocated(action, count) {
  globalThis.gc()
  await turn()
  let last = getHeapStatistics().used_heap_size
  const first = last
  for (let left = count; left > 0; left--) {
    await action()
    const now = getHeapStatistics().used_heap_size
    if (now < last) return null
    last = now
  }
  return (last - first) / count
}

/** The least of several tries: what disturbs only adds. */
async function least(tries, action) {
  const values = []
  for (let left = tries; left > 0; left--) values.push(await action())
  const known = values.filter((value) => value !== null)
  if (known.length === 0) throw new Error('the garbage collector came in every time: the young generation is too small')
  return Math.min(...known)
}

async function measureOperation(operation) {
  const { entries, requests, warm } = operation
  const make = createRequests(operation)
  await cpuUs(make.without, warm)
  await cpuUs(make.with, warm)
  const us = { without: [], with: [] }
  for (let round = 0; round < rounds; round++) {
    us.without.push(await cpuUs(make.without, requests))
    us.with.push(await cpuUs(make.with, requests))
  }
  const counted = Math.max(8, requests)
  const bytes = {
    without: await least(3, () => allocated(make.without, counted)),
    with: await least(3, () => allocated(make.with, counted)),
  }
  await expectRecorded(make.with, operation)
  return { id: operation.id, entries, us: Math.min(...us.with) - Math.min(...us.without), bytes: bytes.with - bytes.without }
}

/** What records nothing costs nothing: the last record has every entry. */
async function expectRecorded(request, { id, entries }) {
  await request()
  const { requests } = await readJson(request, '/__debug__/api/requests?limit=1')
  const [record] = requests
  if (record?.path !== '/micro' || record.state !== 'done') throw new Error(`the request was not recorded: ${JSON.stringify(record)}`)
  if (entries === 0) return
  const kept = (await readJson(request, `/__debug__/api/requests/${record.id}/entries?type=${id}`)).entries.length
  if (kept !== entries) throw new Error(`${kept} of ${entries} entries of type ${id} were recorded`)
}

async function readJson(request, path) {
  const answer = (await request(path)).toString()
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
}

async function measureReference() {
  const loop = async () => {
    for (let left = 1_000; left > 0; left--) reference()
  }
  await cpuUs(loop, 20)
  return { us: (await least(rounds, () => cpuUs(loop, 2))) / 1_000, bytes: (await least(3, () => allocated(loop, 4))) / 1_000 }
}

const before = await measureReference()
const rows = []
for (const operation of chosen) rows.push(await measureOperation(operation))
const after = await measureReference()
const request = rows.find(({ id }) => id === 'request')
console.log(
  JSON.stringify({
    reference: { us: Math.min(before.us, after.us), bytes: before.bytes },
    rows: rows.map(({ id, entries, us, bytes }) =>
      // What a request costs without entries is no cost of theirs.
      entries === 0 ? { id, us, bytes } : { id, us: (us - request.us) / entries, bytes: (bytes - request.bytes) / entries },
    ),
  }),
)
process.exit(0)
