/** A keep-alive HTTP/1.1 connection, one request at a time: as little work as possible beside the server that is measured. */
import { connect } from 'node:net'

const endOfHead = '\r\n\r\n'
const endOfChunks = '\r\n0\r\n\r\n'

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

  return {
    /** Asks as a browser that opens a page does. */
    get(path) {
      return new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the server closed the connection between two requests'))
        pending = { resolve, reject }
        socket.write(
          `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nAccept: text/html,*/*\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: none\r\nConnection: keep-alive\r\n\r\n`,
        )
      })
    },
    close: () => socket.destroy(),
  }
}

/** The response, once its end has arrived; `null` before. */
function complete(chunks) {
  const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
  const headEnd = bytes.indexOf(endOfHead)
  if (headEnd < 0) return null
  const head = bytes.latin1Slice(0, headEnd)
  const header = (name) => head.match(new RegExp(`^${name}: *(.*)$`, 'im'))?.[1]
  const bodyStart = headEnd + endOfHead.length
  const length = head.match(/^content-length: *(\d+)/im)?.[1]
  if (length === undefined ? bytes.subarray(-endOfChunks.length).latin1Slice() !== endOfChunks : bytes.length < bodyStart + Number(length))
    return null
  return {
    status: Number(head.slice(9, 12)),
    header,
    get body() {
      const body = bytes.subarray(bodyStart)
      return (length === undefined ? withoutChunkSizes(body) : body).utf8Slice()
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
