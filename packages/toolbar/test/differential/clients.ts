import http2 from 'node:http2'
import net from 'node:net'
import tls from 'node:tls'
import type { Request, Variant, View } from './case.ts'
import { type Answer, AnswerReader, type Exchange, type Pair } from './wire.ts'

/** TLS by a key that both ends know: a certificate would have to be kept, and renewed. */
export const sharedKey = {
  ciphers: 'PSK',
  maxVersion: 'TLSv1.2',
  key: Buffer.from('a key that these tests share'),
} as const

export interface Talk {
  variant: Variant
  port: number
  /** value of the header that names the app to talk to */
  to: string
  view: View
  requests: readonly Request[]
  bytes?: { text: string; methods: readonly string[] } | undefined
  silentMs?: number | undefined
}

/** Says it all, and then asks one thing more on the same connection: does it still work? */
export const talk = (all: Talk): Promise<Exchange> => (all.variant === 'http2' ? talkHttp2(all) : talkHttp1(all))

const patienceMs = 4_000
const probe: Request = { target: '/probe', headers: { Connection: 'close' } }

function talkHttp1({ variant, port, to, view, requests, bytes, silentMs }: Talk): Promise<Exchange> {
  return new Promise((resolve) => {
    const reader = new AnswerReader([])
    const parts =
      bytes === undefined
        ? requests.map((request) => ({ methods: [request.method ?? 'GET'], data: toBytes(request, to) }))
        : [{ methods: [...bytes.methods], data: Buffer.from(bytes.text.replaceAll('CASE', `X-Case: ${to}`), 'latin1') }]
    let sent = 0
    let wanted = 0
    let probed = false
    const socket =
      variant === 'https'
        ? tls.connect({
            port,
            host: '127.0.0.1',
            ciphers: sharedKey.ciphers,
            maxVersion: sharedKey.maxVersion,
            checkServerIdentity: () => undefined,
            pskCallback: () => ({ psk: sharedKey.key, identity: 'test' }),
          })
        : net.connect(port, '127.0.0.1')
    view.client = {
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      destroy: () => (variant === 'https' ? socket.destroy() : (socket as net.Socket).resetAndDestroy()),
    }
    const finish = (ending: Exchange['ending']): void => {
      clearTimeout(timer)
      socket.removeAllListeners()
      socket.on('error', () => {})
      socket.destroy()
      const answers = probed && reader.answers.length > wanted - 1 ? reader.answers.slice(0, wanted - 1) : reader.answers
      resolve({ answers, leftover: reader.leftover, ending, streamErrors: [] })
    }
    const timer = setTimeout(() => finish('silent'), silentMs ?? patienceMs)
    const sendNext = (): void => {
      const part = parts[sent]
      if (part !== undefined) {
        sent++
        for (const method of part.methods) reader.expect(method)
        wanted += part.methods.length
        socket.write(part.data)
      } else if (!probed && reader.leftover === '') {
        probed = true
        wanted++
        reader.expect('GET')
        socket.write(toBytes(probe, 'probe'))
      }
    }
    socket.on(variant === 'https' ? 'secureConnect' : 'connect', sendNext)
    socket.on('data', (data: Buffer) => {
      reader.push(data)
      view.hear(data)
      if (reader.answers.length < wanted) return
      // the end of a closing connection comes with the last answer, or right after it
      if (/\r\nconnection: close\r\n/i.test(lastHead(reader))) return
      setImmediate(sendNext)
    })
    let failed = false
    socket.on('error', () => {
      failed = true
    })
    socket.on('close', () => {
      reader.close()
      if (probed && reader.answers.length === wanted) finish(reader.answers[wanted - 1]?.body === 'probe' ? 'goes on' : 'closed')
      else finish(failed ? 'reset' : 'closed')
    })
  })
}

function lastHead(reader: AnswerReader): string {
  const last = reader.answers.at(-1)
  return `\r\n${last?.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}`
}

/** A request as its bytes, these headers and no others. */
export function toBytes(request: Request, to: string): Buffer {
  const { method = 'GET', target = '/', headers = {}, body = '' } = request
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  const all: Pair[] = [
    ['Host', 'localhost'],
    ['X-Case', to],
  ]
  const lines = given.has('host') ? all.slice(1) : all
  for (const [name, values] of Object.entries(headers)) for (const value of [values].flat()) lines.push([name, value])
  if (body.length > 0 && !given.has('content-length') && !given.has('transfer-encoding'))
    lines.push(['Content-Length', String(Buffer.byteLength(body))])
  const head = `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)])
}

async function talkHttp2({ port, to, view, requests, silentMs }: Talk): Promise<Exchange> {
  const session = http2.connect(`http://localhost:${port}`)
  const streamErrors: number[] = []
  const answers: Answer[] = []
  let ending: Exchange['ending'] = 'goes on'
  session.on('error', () => {})
  for (const request of requests) {
    const { answer, error, silent } = await askHttp2(session, request, to, view, silentMs ?? patienceMs)
    if (answer !== null) answers.push(answer)
    streamErrors.push(error)
    if (silent) ending = 'silent'
  }
  if (ending === 'goes on') {
    const { answer } = await askHttp2(session, { target: '/probe' }, 'probe', view, patienceMs)
    if (answer?.body !== 'probe') ending = 'closed'
  }
  await new Promise<void>((resolve) => {
    session.on('close', resolve)
    session.destroy()
  })
  return { answers, leftover: '', ending, streamErrors }
}

function askHttp2(
  session: http2.ClientHttp2Session,
  { method = 'GET', target = '/', headers = {}, body }: Request,
  to: string,
  view: View,
  waitMs: number,
): Promise<{ answer: Answer | null; error: number; silent: boolean }> {
  return new Promise((resolve) => {
    if (session.destroyed) return resolve({ answer: null, error: -1, silent: false })
    const sent: http2.OutgoingHttpHeaders = { ':method': method, ':path': target, ':authority': 'localhost', 'x-case': to }
    for (const [name, value] of Object.entries(headers)) {
      const lower = name.toLowerCase()
      if (lower === 'host') sent[':authority'] = value as string
      else if (lower !== 'connection' && lower !== 'transfer-encoding') sent[lower] = value
    }
    const stream = session.request(sent, { endStream: body === undefined })
    const interim: Answer['interim'] = []
    let answer: Answer | null = null
    const finish = (silent: boolean): void => {
      clearTimeout(timer)
      resolve({ answer, error: stream.rstCode, silent })
    }
    const timer = setTimeout(() => {
      finish(true)
      stream.close()
    }, waitMs)
    view.client = {
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      destroy: () => stream.close(http2.constants.NGHTTP2_CANCEL),
    }
    type Received = (headers: http2.IncomingHttpHeaders, flags: number, raw: string[]) => void
    const onHeaders: Received = (received, _flags, raw) =>
      interim.push({ statusLine: `HTTP/2 ${received[':status']}`, headers: toPairs(raw) })
    const onResponse: Received = (received, _flags, raw) => {
      answer = {
        statusLine: `HTTP/2 ${received[':status']}`,
        headers: toPairs(raw),
        framing: 'http2',
        body: '',
        boundaries: [],
        trailers: [],
        interim,
      }
    }
    const onTrailers: Received = (_received, _flags, raw) => {
      if (answer !== null) answer.trailers = toPairs(raw)
    }
    stream.on('headers', onHeaders as never)
    stream.on('response', onResponse as never)
    stream.on('trailers', onTrailers as never)
    stream.on('data', (data: Buffer) => {
      if (answer !== null) answer.body += data.toString('latin1')
      view.hear(data)
    })
    stream.on('error', () => {})
    stream.on('close', () => finish(false))
    if (body !== undefined) stream.end(body)
  })
}

function toPairs(raw: readonly string[]): Pair[] {
  const pairs: Pair[] = []
  for (let index = 0; index + 1 < raw.length; index += 2)
    if (raw[index] !== ':status') pairs.push([raw[index] as string, raw[index + 1] as string])
  return pairs
}
