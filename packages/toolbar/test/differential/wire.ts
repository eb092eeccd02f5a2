/** What one side saw of a conversation, in plain data that can be compared. */

export type Pair = [name: string, value: string]

/** How the length of a body was said: a differing one is a difference, even where the bytes are equal. */
export type Framing = 'none' | 'length' | 'chunked' | 'until close' | 'http2'

export interface Answer {
  /** as sent, e.g. `HTTP/1.1 200 OK`; `HTTP/2 200` where there is no such line */
  statusLine: string
  /** as sent: order, case and duplicates */
  headers: Pair[]
  framing: Framing
  /** latin1: one character for each byte */
  body: string
  /** where one chunk ends and the next begins: offsets into the body */
  boundaries: number[]
  trailers: Pair[]
  /** interim answers (1xx) that came before it */
  interim: { statusLine: string; headers: Pair[] }[]
}

export interface Exchange {
  answers: Answer[]
  /** bytes that belong to no answer */
  leftover: string
  /** what became of the connection: a request that follows is answered, it was closed, or nothing came any more */
  ending: 'goes on' | 'closed' | 'reset' | 'silent'
  /** HTTP/2: error codes the streams were closed with */
  streamErrors: number[]
}

/**
 * An HTTP/1.1 reader of answers, written from RFC 9112 for these tests: Node's own parser stands on both sides of the comparison and may
 * forgive what others do not.
 */
export class AnswerReader {
  readonly answers: Answer[] = []
  private rest = ''
  /** came since, and how much there must be before another look is worth it: bodies of megabytes come in hundreds of pieces */
  private pending: Buffer[] = []
  private pendingBytes = 0
  private wantedBytes = 0
  private interim: Answer['interim'] = []
  /** methods of the requests, in order: what an answer looks like depends on the question */
  private readonly methods: string[]
  /** after `101`, or 2xx to CONNECT: the bytes are no HTTP any more */
  private tunnel = false

  constructor(methods: string[]) {
    this.methods = methods
  }

  get leftover(): string {
    this.take()
    return this.rest
  }

  expect(method: string): void {
    this.methods.push(method)
  }

  push(bytes: Buffer): void {
    this.pending.push(bytes)
    this.pendingBytes += bytes.length
    if (this.rest.length + this.pendingBytes < this.wantedBytes) return
    this.take()
    while (!this.tunnel && this.readOne(false)) {}
  }

  private take(): void {
    this.rest += Buffer.concat(this.pending).toString('latin1')
    this.pending = []
    this.pendingBytes = 0
    this.wantedBytes = 0
  }

  /** The connection is closed: a body without a length ends here. */
  close(): void {
    this.take()
    while (!this.tunnel && this.readOne(true)) {}
  }

  private readOne(closed: boolean): boolean {
    const end = this.rest.indexOf('\r\n\r\n')
    if (end === -1) return false
    const [statusLine = '', ...lines] = this.rest.slice(0, end).split('\r\n')
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1])
    if (!(status >= 100)) return false
    const headers = lines.map(toPair)
    const from = end + 4
    if (status < 200 && status !== 101) {
      this.interim.push({ statusLine, headers })
      this.rest = this.rest.slice(from)
      return true
    }
    const method = this.methods[this.answers.length] ?? 'GET'
    const read = this.readBody(method, status, headers, from, closed)
    if (read === null) return false
    this.answers.push({ statusLine, headers, interim: this.interim, ...read.part })
    this.interim = []
    this.rest = this.rest.slice(read.end)
    this.tunnel = status === 101 || (method === 'CONNECT' && status < 300)
    return true
  }

  private readBody(
    method: string,
    status: number,
    headers: readonly Pair[],
    from: number,
    closed: boolean,
  ): { part: Pick<Answer, 'framing' | 'body' | 'boundaries' | 'trailers'>; end: number } | null {
    const whole = (framing: Framing, end: number) => ({
      part: { framing, body: this.rest.slice(from, end), boundaries: [], trailers: [] },
      end,
    })
    if (method === 'HEAD' || status === 101 || status === 204 || status === 304 || (method === 'CONNECT' && status < 300))
      return whole('none', from)
    if (/\bchunked\s*$/i.test(valuesOf(headers, 'transfer-encoding').join())) return this.readChunks(from, closed)
    const length = valuesOf(headers, 'content-length')[0]
    if (length !== undefined) {
      const end = from + Number(length)
      if (end <= this.rest.length) return whole('length', end)
      this.wantedBytes = end
      return closed ? whole('length', this.rest.length) : null
    }
    return closed ? whole('until close', this.rest.length) : null
  }

  private readChunks(from: number, closed: boolean): ReturnType<AnswerReader['readBody']> {
    let at = from
    let body = ''
    const boundaries: number[] = []
    for (;;) {
      const line = this.rest.indexOf('\r\n', at)
      const size = line === -1 ? Number.NaN : Number.parseInt(this.rest.slice(at, line), 16)
      if (Number.isNaN(size) || this.rest.length < line + 2 + size + 2) {
        this.wantedBytes = line === -1 ? 0 : line + 2 + size + 2
        return closed ? { part: { framing: 'chunked', body, boundaries, trailers: [] }, end: at } : null
      }
      at = line + 2
      if (size === 0) break
      body += this.rest.slice(at, at + size)
      boundaries.push(body.length)
      at += size + 2
    }
    const end = this.rest.startsWith('\r\n', at) ? at : this.rest.indexOf('\r\n\r\n', at) + 2
    if (end < at) return null
    const trailers = this.rest.slice(at, end).split('\r\n').filter(Boolean).map(toPair)
    return { part: { framing: 'chunked', body, boundaries, trailers }, end: end + 2 }
  }
}

function toPair(line: string): Pair {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

/** All values of a header, in order. */
export function valuesOf(headers: readonly Pair[], name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

export const statusOf = (answer: Answer): number => Number(answer.statusLine.split(' ')[1])
