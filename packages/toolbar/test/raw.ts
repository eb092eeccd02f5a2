import net from 'node:net'
import type { Duplex } from 'node:stream'

export interface RawAnswer {
  status: number
  /** as sent, in order */
  headers: [name: string, value: string][]
  body: string
  /** everything that came, one character per byte */
  bytes: string
  /** the other side closed the connection, rather than we gave up waiting */
  closed: boolean
}

/** Sends exact bytes, which `fetch` cannot, and returns what came back. */
export function raw(port: number, bytes: string, host = '127.0.0.1'): Promise<RawAnswer> {
  return exchange(net.connect(port, host), bytes)
}

/** The same over any connection: TLS, a unix socket. Ends when the other side does, or after `waitMs`. */
export function exchange(socket: Duplex, bytes: string | Buffer, waitMs = 2_000): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    const done = (closed: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ ...parse(Buffer.concat(parts).toString('latin1')), closed })
    }
    const timer = setTimeout(done, waitMs, false)
    socket.on('data', (chunk: Buffer) => parts.push(chunk))
    socket.on('close', () => done(true))
    // an answer and a reset after it is still an answer
    socket.on('error', (error) => {
      if (parts.length > 0) return
      clearTimeout(timer)
      reject(error)
    })
    socket.write(bytes)
  })
}

function parse(bytes: string): Omit<RawAnswer, 'closed'> {
  const at = bytes.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = (at === -1 ? bytes : bytes.slice(0, at)).split('\r\n')
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    body: at === -1 ? '' : bytes.slice(at + 4),
    bytes,
  }
}

/** An HTTP/1.1 request with these headers and no others; `Host: localhost` unless given. */
export function lines(method: string, target: string, headers: Record<string, string | string[]> = {}, body = ''): string {
  const all: Record<string, string | string[]> = {
    Host: 'localhost',
    Connection: 'close',
    ...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...headers,
  }
  const head = Object.entries(all).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`))
  return `${method} ${target} HTTP/1.1\r\n${head.join('')}\r\n${body}`
}
