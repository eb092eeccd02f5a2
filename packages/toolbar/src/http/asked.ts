import type { IncomingMessage } from 'node:http'

/**
 * What is read of a request, once. Express gives each request and response another prototype, and then V8 shares no shape between them:
 * each look at a property takes 0.3 to 0.8 µs, through a getter a multiple.
 */
export interface Asked {
  readonly req: IncomingMessage
  readonly method: string | undefined
  /** below the mount path of the middleware */
  readonly url: string
  /** as the client sent it */
  readonly fullUrl: string
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly socket: IncomingMessage['socket']
  readonly httpVersion: string
  readonly httpVersionMajor: number
}

/** Reads a request. */
export function readRequest(req: IncomingMessage): Asked {
  const { url, httpVersion } = req
  return {
    req,
    method: req.method,
    url: url ?? '',
    fullUrl: (req as { originalUrl?: string }).originalUrl ?? url ?? '/',
    headers: req.headers,
    rawHeaders: req.rawHeaders,
    socket: req.socket,
    httpVersion,
    httpVersionMajor: httpVersion === '1.1' || httpVersion === '1.0' ? 1 : req.httpVersionMajor,
  }
}

/** The socket of HTTP/1, else `null`: one of HTTP/2 serves many requests at a time. */
export function httpSocketOf({ httpVersionMajor, socket }: Asked): IncomingMessage['socket'] | null {
  return httpVersionMajor === 1 ? (socket ?? null) : null
}
