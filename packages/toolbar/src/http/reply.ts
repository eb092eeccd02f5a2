import type { IncomingMessage, ServerResponse } from 'node:http'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { encode } from '../core/encode.ts'
import { nodesOwn } from './methods.ts'

/** An answer the API gives on purpose. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>
  /** the rest of the request is not read: the connection ends with the answer */
  readonly hangUp: boolean

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}, hangUp = false) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
    this.hangUp = hangUp
  }
}

/** Somebody's input in a message: printable, short, in quotes. */
export function quote(text: string): string {
  return `'${text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100)}'`
}

/** On everything under the path: never cached, never sniffed, never used by another origin. */
const commonHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
}

/**
 * Answers of the toolbar are made with Node's own methods. Those on the response may be others': of a session that sets its cookie, a `cors()`
 * that gives its permission, as late as when the head is made. None of them has a say in what the toolbar answers.
 */
export function sendHead(res: ServerResponse, status: number, headers: Readonly<Record<string, string>>): void {
  for (const name of res.getHeaderNames()) if (name === 'set-cookie' || name.startsWith('access-control-')) res.removeHeader(name)
  nodesOwn(res, 'writeHead').call(res, status, { ...commonHeaders, ...headers })
}

/** A part of an answer, after its head. */
export function sendPart(res: ServerResponse, part: string): void {
  nodesOwn(res, 'write').call(res, part)
}

/** The end of an answer, after its head. */
export function sendEnd(res: ServerResponse, body?: Buffer): void {
  // HTTP/2 would write by way of the method that is on the response
  const { stream } = res as { stream?: unknown }
  if (body !== undefined && stream !== undefined) nodesOwn(res, 'write').call(res, body)
  nodesOwn(res, 'end').call(res, stream === undefined ? body : undefined)
}

/** Below this, compressing costs more than it saves. */
const compressFrom = 2_048

/** Sends JSON: readable for a terminal, compact and compressed for everybody else. */
export function sendJson(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const readable = req.headers['sec-fetch-mode'] === undefined && req.headers['accept-encoding'] === undefined
  const text = encode(value, readable)
  sendBody(req, res, status, { 'Content-Type': 'application/json; charset=utf-8', ...headers }, Buffer.from(text))
}

export function sendProblem(
  req: IncomingMessage,
  res: ServerResponse,
  problem: { status: number; code: string; message: string; headers?: Readonly<Record<string, string>>; hangUp?: boolean },
): void {
  const { status, code, message, headers = {}, hangUp = false } = problem
  // on HTTP/2 the stream ends instead of the connection: the answer is complete, what is still coming is not wanted
  const { stream } = res as { stream?: { close(code: number): void } }
  const last: Record<string, string> = hangUp && stream === undefined ? { Connection: 'close' } : {}
  sendJson(req, res, status, { error: { code, message } }, { ...headers, ...last })
  if (hangUp) stream?.close(noError)
}

/** NGHTTP2_NO_ERROR */
const noError = 0

/** Brotli at its fastest is cheaper than gzip and smaller. */
export function sendBody(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): void {
  const accepted = String(req.headers['accept-encoding'] ?? '')
  const encoding = body.length < compressFrom ? null : /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : null
  const sent =
    encoding === 'br'
      ? brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
      : encoding === 'gzip'
        ? gzipSync(body, { level: 1 })
        : body
  sendHead(res, status, {
    ...headers,
    ...(encoding === null ? {} : { 'Content-Encoding': encoding, Vary: 'Accept-Encoding' }),
    'Content-Length': String(sent.length),
  })
  sendEnd(res, req.method === 'HEAD' ? undefined : sent)
}
