import net from 'node:net'

export interface RawAnswer {
  status: number
  /** as sent, in order */
  headers: [name: string, value: string][]
  body: string
}

/** Sends exact bytes, which `fetch` cannot, and returns what came back. */
export function raw(port: number, bytes: string, host = '127.0.0.1'): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, host, () => socket.write(bytes))
    const parts: Buffer[] = []
    const done = (): void => {
      clearTimeout(timer)
      socket.destroy()
      const all = Buffer.concat(parts).toString('latin1')
      const at = all.indexOf('\r\n\r\n')
      const [statusLine = '', ...lines] = (at === -1 ? all : all.slice(0, at)).split('\r\n')
      resolve({
        status: Number(statusLine.split(' ')[1]),
        headers: lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
        body: at === -1 ? '' : all.slice(at + 4),
      })
    }
    const timer = setTimeout(done, 2_000)
    socket.on('data', (chunk) => parts.push(chunk))
    socket.on('close', done)
    socket.on('error', reject)
  })
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
