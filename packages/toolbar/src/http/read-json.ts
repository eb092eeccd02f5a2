import type { IncomingMessage } from 'node:http'
import { ApiProblem, quote } from './reply.ts'

const maxBytes = 16 * 1024
const maxMs = 5_000

/**
 * The JSON object in the body of an action.
 * @param known the fields it may have
 * @throws ApiProblem when it is too large, too slow, compressed, no JSON object, or has other fields
 */
export async function readFields(req: IncomingMessage, known: readonly string[]): Promise<Record<string, unknown>> {
  const body = await readJson(req)
  for (const name of Object.keys(body))
    if (!known.includes(name))
      throw new ApiProblem(
        400,
        'UNKNOWN_FIELD',
        `there is no field ${quote(name)}: send ${known.length === 0 ? '{}' : `{} or { ${known.join(', ')} }`}. What is done is named by the address alone.`,
      )
  return body
}

/** Whether a request announces a body. */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length']
  return (length !== undefined && length !== '0') || req.headers['transfer-encoding'] !== undefined
}

function readJson(req: IncomingMessage): Promise<Record<string, unknown>> {
  if (req.headers['content-encoding'] !== undefined)
    throw new ApiProblem(415, 'NOT_COMPRESSED', 'send the body as it is, without Content-Encoding.')
  if (req.readableEnded)
    throw new ApiProblem(400, 'BODY_WAS_READ', 'a middleware of the app read the body first. Mount the toolbar before all others.')
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let bytes = 0
    const settle = (finish: () => void): void => {
      clearTimeout(timer)
      req.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
      finish()
    }
    const stop = (problem: ApiProblem): void => settle(() => reject(problem))
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes <= maxBytes) parts.push(chunk)
      else stop(new ApiProblem(413, 'TOO_LARGE', `the body of an action is at most ${maxBytes} bytes.`, {}, true))
    }
    // the client left: nobody reads this, and nothing of ours has failed
    const onClose = (): void => stop(new ApiProblem(400, 'ABORTED', 'the body ended before it was complete.', {}, true))
    const onEnd = (): void =>
      settle(() => {
        const value = parse(Buffer.concat(parts).toString('utf8'))
        if (typeof value === 'object' && value !== null && !Array.isArray(value)) resolve(value as Record<string, unknown>)
        else reject(new ApiProblem(400, 'BAD_JSON', 'the body is to be one JSON object.'))
      })
    const timer = setTimeout(() => stop(new ApiProblem(408, 'TOO_SLOW', 'the body did not arrive within 5 s.', {}, true)), maxMs).unref()
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
