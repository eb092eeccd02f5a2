/** A keep-alive HTTP/1.1 connection, one request at a time: as little work as possible beside the server that is measured. */
import { connect } from 'node:net'

const endOfHead = '\r\n\r\n'
const endOfChunks = '\r\n0\r\n\r\n'

/** What a browser says about itself when it opens a page, and when a script of a page asks. */
const asPage = { Accept: 'text/html,*/*', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'none' }
export const asScript = { Accept: '*/*', 'Sec-Fetch-Dest': 'empty', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Site': 'same-origin' }

/** The bytes of one request. */
export function toRequest(port, { method = 'GET', path, headers, body }) {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: localhost:${port}`, 'Connection: keep-alive']
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  const text = body === undefined ? '' : JSON.stringify(body)
  if (body !== undefined) lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`)
  return `${lines.join('\r\n')}\r\n\r\n${text}`
}

export function createConnection(port) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  let received = []
  let pending = null

  socket.on('data', (chunk) => {
    received.push(chunk)
    const response = pending && complete(received)
    if (!response) return
    const { resolve } = pending
    pending = null
    received = []
    resolve(response)
  })
  socket.on('error', (error) => pending?.reject(error))
  socket.on('close', () => pending?.reject(new Error('the server closed the connection during a request')))
  // Only while something is asked: waiting for the next turn is no failure.
  socket.setTimeout(30_000, () => pending && socket.destroy(new Error('the server did not answer within 30 s')))

  /** Sends the bytes of a request, and resolves to its answer. */
  const send = (request) =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(new Error('the server closed the connection between two requests'))
      pending = { resolve, reject }
      socket.write(request)
    })

  return {
    port,
    send,
    /** Asks as a browser that opens a page does. */
    get: (path) => send(toRequest(port, { path, headers: asPage })),
    /** Asks as a script on a page does, and takes compressed answers. */
    fetch: (path) => send(toRequest(port, { path, headers: { ...asScript, 'Accept-Encoding': 'gzip, deflate, br, zstd' } })),
    /** The bytes with which a route is asked for: a page, or a body from a script. */
    toBytes: ({ path, body }) =>
      Buffer.from(toRequest(port, body ? { method: 'POST', path, headers: asScript, body } : { path, headers: asPage })),
    close: () => socket.destroy(),
  }
}

/** The response, once its end has arrived; `null` before. */
function complete(chunks) {
  const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
  const headEnd = bytes.indexOf(endOfHead)
  if (headEnd < 0) return null
  const head = bytes.latin1Slice(0, headEnd)
  const bodyStart = headEnd + endOfHead.length
  const length = head.match(/^content-length: *(\d+)/im)?.[1]
  if (length === undefined ? bytes.subarray(-endOfChunks.length).latin1Slice() !== endOfChunks : bytes.length < bodyStart + Number(length))
    return null
  const content = () => (length === undefined ? withoutChunkSizes(bytes.subarray(bodyStart)) : bytes.subarray(bodyStart))
  return {
    status: Number(head.slice(9, 12)),
    header: (name) => head.match(new RegExp(`^${name}: *(.*)$`, 'im'))?.[1],
    /** on the wire */
    headBytes: bodyStart,
    bodyBytes: bytes.length - bodyStart,
    /** as it was sent: compressed where it was */
    get content() {
      return content()
    },
    get body() {
      return content().utf8Slice()
    },
  }
}

function withoutChunkSizes(bytes) {
  const parts = []
  for (let at = 0; ; ) {
    const start = bytes.indexOf('\r\n', at) + 2
    const size = Number.parseInt(bytes.latin1Slice(at, start), 16)
    if (!size) return Buffer.concat(parts)
    parts.push(bytes.subarray(start, start + size))
    at = start + size + 2
  }
}
