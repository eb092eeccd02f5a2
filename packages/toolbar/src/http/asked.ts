import type { IncomingMessage } from 'node:http'
import { look } from '../core/look.ts'

/** What is read of a request, once: each look at it costs (`core/look.ts`). */
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
  const url = look(req, 'url')
  const httpVersion = look(req, 'httpVersion')
  return {
    req,
    method: look(req, 'method'),
    url: url ?? '',
    fullUrl: look(req as { originalUrl?: string }, 'originalUrl') ?? url ?? '/',
    headers: look(req, 'headers'),
    rawHeaders: look(req, 'rawHeaders'),
    socket: look(req, 'socket'),
    httpVersion,
    httpVersionMajor: httpVersion === '1.1' || httpVersion === '1.0' ? 1 : req.httpVersionMajor,
  }
}

/** The socket of HTTP/1, else `null`: one of HTTP/2 serves many requests at a time. */
export function httpSocketOf({ httpVersionMajor, socket }: Asked): IncomingMessage['socket'] | null {
  return httpVersionMajor === 1 ? (socket ?? null) : null
}
