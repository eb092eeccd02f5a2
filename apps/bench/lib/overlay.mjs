/** What the overlay in a browser asks of the app, without the browser. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { asScript, toRequest } from './client.mjs'

const api = '/__debug__/api'

/** Longer than the toolbar ever waits between two that it has put off: a quarter of a second. */
const quietMs = 400

/** JSON of one address below the API as the overlay gets it, and its bytes on the wire. */
export async function readApi(connection, path) {
  const response = await connection.fetch(`${api}/${path}`)
  const encoding = response.header('content-encoding')
  const { content } = response
  const text = encoding === 'br' ? brotliDecompressSync(content) : encoding === 'gzip' ? gunzipSync(content) : content
  assert.equal(response.status, 200, `GET ${api}/${path} answered ${response.status}: ${text.toString().slice(0, 300)}`)
  return { data: JSON.parse(text.toString()), bytes: response.headBytes + response.bodyBytes }
}

/**
 * Opens the stream as an overlay in sight does: `{ told, quiet, close }`, where `told(id)` is the number of events about a record, and `quiet()`
 * resolves once nothing more is told.
 */
export async function openStream(port) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  let tail = ''
  let heardAt = performance.now()
  const counts = new Map()
  await new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the stream was closed before it said hello')))
    socket.on('data', (chunk) => {
      heardAt = performance.now()
      tail += chunk.latin1Slice()
      // The last line may be half a line.
      const lines = tail.split('\n')
      tail = lines.pop()
      for (const line of lines) {
        if (line === 'event: hello') resolve()
        const id = /^data: \{"id":"([^"]+)"/.exec(line)?.[1]
        if (id === undefined) continue
        counts.set(id, (counts.get(id) ?? 0) + 1)
        // Only the newest are ever asked for.
        if (counts.size > 1000) counts.delete(counts.keys().next().value)
      }
    })
    socket.write(toRequest(port, { path: `${api}/stream`, headers: { ...asScript, Accept: 'text/event-stream' } }))
  })
  const quiet = async () => {
    const from = performance.now()
    for (let left = quietMs; left > 0; left = Math.max(heardAt, from) + quietMs - performance.now()) await wait(left)
  }
  return { told: (id) => counts.get(id) ?? 0, quiet, close: () => socket.destroy() }
}

/** Everything the overlay asks for when a page has loaded, the stream aside: bytes on the wire. */
export async function readAfterPage(connection, id) {
  let bytes = 0
  for (const path of ['requests?limit=100', 'config', `requests/${id}`]) bytes += (await readApi(connection, path)).bytes
  return bytes
}

/** An overlay on a page that was just opened: its stream stays open. */
export async function connectOverlay(connection) {
  const page = await connection.get('/page')
  const stream = await openStream(connection.port)
  await readAfterPage(connection, page.header('x-debug-toolbar-id'))
  return stream
}
