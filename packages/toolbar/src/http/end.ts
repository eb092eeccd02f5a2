import type { ServerResponse } from 'node:http'
import { guard } from '../core/guard.ts'
import { look } from '../core/look.ts'
import { callbackOf, isKnownEncoding, joined, lengthOf } from './chunks.ts'
import { breaksPromise, isHeadMade, noteFirstBytes, openHead, promiseLength, promiseScript } from './head.ts'
import { callBelow } from './methods.ts'
import type { ResponseState } from './response.ts'

/** The end of a response: the head is decided by then, and the script follows what the app wrote. */

/** A page above this is not copied to be joined with the script, where Node can be told its length: it takes its time, and as much memory again. */
const maxCopied = 1024 * 1024
/** Above this the copy takes longer than a call. */
const maxJoined = 32 * 1024

/** The first bytes may decide; all bytes are counted. */
export const noteChunk = guard('response.chunk', (res: ServerResponse, state: ResponseState, chunk: unknown, encoding: unknown): void => {
  const text = typeof chunk === 'string'
  if (!text && !(chunk instanceof Uint8Array)) return
  const length = lengthOf(chunk, encoding)
  if (length === 0) return
  state.bytes += length
  if (state.chunks++ === 0) noteFirstBytes(res, state, chunk, encoding)
})

/** @param wrapped the head is changed by others while it is made: it is made first, and known then */
export function endWithScript(res: ServerResponse, state: ResponseState, args: unknown[], wrapped: boolean): unknown {
  const chunk = typeof args[0] === 'function' ? undefined : args[0]
  const { bytes } = state
  if (chunk !== undefined && chunk !== null) noteChunk(res, state, chunk, args[1])
  if (!state.prepared && !isHeadMade(res)) {
    if (!wrapped) openHead(res, state, [look(res, 'statusCode')])
    else if (isSendable(chunk, args[1]) && !isOver(res)) makeHead(res, chunk, args[1])
  }
  const snippet = state.snippet
  if (snippet === null || isOver(res)) return callBelow(res, state, 'end', args)
  // a length that the app did not keep to: Node is to say so, before anything of ours
  if (state.promised !== -1 && breaksPromise(res, state, state.bytes - bytes)) return callBelow(res, state, 'end', args)
  if (chunk === undefined || chunk === null) return endWith(res, state, snippet, args)
  if (!isSendable(chunk, args[1])) return callBelow(res, state, 'end', args)
  if (!isHeadMade(res)) {
    // one call is half of two: worth a copy of a page that is not large
    if (state.promised !== -1) {
      if (chunk.length < maxJoined) return endWith(res, state, joined(chunk, args[1], snippet), args)
    } else if (!hasHeader(res, 'content-length') && !hasHeader(res, 'transfer-encoding')) {
      // Node counts the length of a lone chunk by itself: joined, it still can
      if (chunk.length < maxCopied || !promiseLength(res, lengthOf(chunk, args[1]) + snippet.length))
        return endWith(res, state, joined(chunk, args[1], snippet), args)
    }
  }
  look(res, 'cork').call(res)
  try {
    callBelow(res, state, 'write', [chunk, ...(typeof args[1] === 'string' ? [args[1]] : [])])
    return endWith(res, state, snippet, args)
  } catch (error) {
    res.uncork()
    throw error
  }
}

function endWith(res: ServerResponse, state: ResponseState, last: Buffer, args: readonly unknown[]): unknown {
  if (state.promised !== -1) promiseScript(res, state)
  return callBelow(res, state, 'end', [last, ...callbackOf(args)])
}

const isOver = (res: ServerResponse): boolean => look(res, 'writableEnded') || look(res, 'destroyed')

const hasHeader = (res: ServerResponse, name: string): boolean => look(res, 'hasHeader').call(res, name)

/** What Node sends; the rest is the app's mistake, and Node is to say so. */
function isSendable(chunk: unknown, encoding: unknown): chunk is string | Uint8Array | undefined {
  if (chunk === undefined || chunk === null || chunk instanceof Uint8Array) return true
  return typeof chunk === 'string' && isKnownEncoding(encoding)
}

/** As Node does it for a lone chunk. */
function makeHead(res: ServerResponse, chunk: string | Uint8Array | undefined, encoding: unknown): void {
  promiseLength(res, chunk === undefined || chunk === null ? 0 : lengthOf(chunk, encoding))
  const make = look(res as { _implicitHeader?: () => void }, '_implicitHeader')
  if (make !== undefined) make.call(res)
  else look(res, 'writeHead').call(res, look(res, 'statusCode'))
}
