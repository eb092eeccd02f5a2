import type { IncomingMessage } from 'node:http'
import { ApiProblem } from './reply.ts'

const maxBytes = 16 * 1024
const maxMs = 5_000

/**
 * The JSON object in the body of an action.
 * @throws ApiProblem when it is too large, too slow, compressed, or no JSON object
 */
export function readJson(req: IncomingMessage): Promise<Record<string, unknown>> {
  if (req.headers['content-encoding'] !== undefined)
    throw new ApiProblem(415, 'NOT_COMPRESSED', 'send the body as it is, without Content-Encoding.')
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let bytes = 0
    const timer = setTimeout(
      () => reject(new ApiProblem(408, 'TOO_SLOW', 'the body did not arrive within 5 s.', { Connection: 'close' })),
      maxMs,
    ).unref()
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) {
        clearTimeout(timer)
        reject(new ApiProblem(413, 'TOO_LARGE', `the body of an action is at most ${maxBytes} bytes.`, { Connection: 'close' }))
      } else parts.push(chunk)
    })
    req.on('error', reject)
    req.on('end', () => {
      clearTimeout(timer)
      try {
        const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
        if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object')
        resolve(value as Record<string, unknown>)
      } catch {
        reject(new ApiProblem(400, 'BAD_JSON', 'the body is to be one JSON object.'))
      }
    })
  })
}
