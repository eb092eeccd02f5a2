/** A real HTTP server without a network: requests come and answers go through memory. */
import { createServer } from 'node:http'
import { Duplex } from 'node:stream'

const toRequest = (path) => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n`)
const usual = toRequest('/micro')

/**
 * @param handler `(req, res) => void`
 * @returns `request(path?)`, which resolves to the bytes of the answer, after what the server does behind it
 */
export function createLoopback(handler) {
  let answered = () => {}
  let chunks = []
  const server = createServer((req, res) => {
    res.once('close', () => answered())
    handler(req, res)
  })
  const socket = Object.assign(
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        chunks.push(chunk)
        done()
      },
    }),
    { remoteAddress: '127.0.0.1', setTimeout() {}, setNoDelay() {}, setKeepAlive() {}, ref() {}, unref() {} },
  )
  server.emit('connection', socket)
  return (path) =>
    new Promise((resolve) => {
      // Two turns: what is put off to the next one may put off something itself.
      answered = () => setImmediate(() => setImmediate(() => resolve(Buffer.concat(chunks))))
      chunks = []
      socket.push(path === undefined ? usual : toRequest(path))
    })
}
