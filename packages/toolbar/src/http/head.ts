import { type ServerResponse, STATUS_CODES } from 'node:http'
import { beginningOf } from '../core/cut-text.ts'
import { guard } from '../core/guard.ts'
import { look } from '../core/look.ts'
import type { RequestRecord } from '../core/record.ts'
import { fitPolicy } from './csp.ts'
import {
  blockNames,
  blockValue,
  changeBlock,
  changeHeaders,
  type HeaderChange,
  headerArgument,
  headerNames,
  headerValue,
  readArguments,
  restoreHeaders,
} from './headers.ts'
import { type FirstBytes, mayInject, readFirstBytes, type Verdict, verdictSentences } from './inject.ts'
import type { ResponseState } from './response.ts'
import { toServerTiming } from './server-timing.ts'

/** The head of a response: what is said in it, and whether the script follows. Decided once, when it is about to be made. */

/** What Node keeps of a head that it made: HTTP/1 only. */
type Internals = { _header?: unknown; _headerSent?: boolean; _contentLength?: number | null }

/** Whether a head was made. HTTP/2 keeps none. */
export function isHeadMade(res: ServerResponse): boolean {
  const block = look(res as unknown as Internals, '_header')
  return block === undefined ? res.headersSent : Boolean(block)
}

/** Proxies and clients refuse heads over 4 to 16 KB: beyond this the app's own need all the room there is. */
const roomyBlock = 6_144

/** Called once, when the head is about to be built: decides, changes the headers, and returns the arguments for `writeHead`. */
export function openHead(res: ServerResponse, state: ResponseState, args: unknown[]): readonly unknown[] {
  const read = readArguments(args)
  const changed = prepareHead(res, state, read)
  if (changed !== undefined) return changed
  giveUpHead(res, state)
  // some of our changes may be in what was read
  return args
}

const prepareHead = guard('response.head', (res: ServerResponse, state: ResponseState, args: unknown[]): readonly unknown[] => {
  const status = typeof args[0] === 'number' ? args[0] : Number(args[0]) | 0
  const { record } = state.scope
  // beyond these Node refuses it; nobody hears what comes after the close
  if (status < 200 || status > 999 || record === null || state.closed) return args
  state.prepared = true
  const argument = headerArgument(args)
  const set = look(res, 'getHeaderNames').call(res)
  const header = (name: string): string | undefined =>
    argument === undefined && !set.includes(name) ? undefined : headerValue(res, argument, name)
  const { facts } = record
  facts.status = status
  // of HTTP/1 it is read in the head that Node has made, in the end
  facts.statusMessage = typeof args[1] === 'string' ? args[1] : (STATUS_CODES[status] ?? '')
  facts.contentType = header('content-type') ?? null
  if (status >= 300 && status < 400) facts.location = header('location') ?? null
  noteText(state, record)
  const verdict = isBypassed(res, state) ? 'bypassed' : mayInject(state.asked, facts.method, status, header, () => firstBytesOf(state))
  const changes: HeaderChange[] = []
  const names = headerNames(set, argument)
  // Node's own head of HTTP/1 is signed when it is made
  const signs = state.asked.httpVersionMajor === 1 && !names.includes('x-debug-toolbar-id')
  const timing = state.settings.serverTiming ? toServerTiming(record) : null
  if (signs) state.signature = `X-Debug-Toolbar-Id: ${record.id}\r\n${timing === null ? '' : `Server-Timing: ${timing}\r\n`}`
  else {
    changes.push(['X-Debug-Toolbar-Id', record.id])
    if (timing !== null) changes.push(['Server-Timing', timing, 'add'])
  }
  const injection = verdict === 'inject' ? injectionOf(state, header, names) : verdict
  if (typeof injection !== 'string') changes.push(...injection.changes)
  const changed = changes.length === 0 ? { args, before: null } : changeHeaders(res, args, changes, set)
  state.before = changed.before
  if (typeof injection === 'string') decide(state, injection, null)
  else decide(state, 'inject', injection)
  state.firstChunk = null
  return changed.args
})

/** What the app gave as text is kept where it is JSON: at the socket it may be compressed. */
function noteText(state: ResponseState, { facts, limits }: RequestRecord): void {
  const { text } = state
  state.text = null
  if (text === null || facts.body !== null || facts.contentType === null || !/\bjson\b/i.test(facts.contentType)) return
  // a slice would keep all of a long text alive: a short copy of the beginning does not
  facts.body = { text: text.length <= limits.bodyBytes ? text : beginningOf(text, limits.bodyBytes), length: text.length }
}

/** The head could not be made: all is as it was before, for the next try. */
export const takeBackHead = guard('response.take-back', (res: ServerResponse, state: ResponseState): void => {
  if (!state.prepared || state.verdict === 'failed' || isHeadMade(res)) return
  state.signature = null
  if (state.before !== null) restoreHeaders(res, state.before)
  state.before = null
  state.prepared = false
  decide(state, 'undecided', null)
})

/** We failed on the way: the head is the app's own, and nothing is promised that does not come. */
function giveUpHead(res: ServerResponse, state: ResponseState): void {
  if (state.before !== null && !isHeadMade(res)) restoreHeaders(res, state.before)
  state.before = null
  state.signature = null
  state.prepared = true
  decide(state, 'failed', null)
}

/**
 * Adds our two headers to the head that Node has made, before it is sent; not to one that is so long that there is no room for them. Set on
 * the response, each would take as long as all that is done here.
 */
export const signHead = guard('response.sign', (res: ServerResponse, state: ResponseState): void => {
  const { signature } = state
  if (signature === null) return
  const internals = res as unknown as Internals
  const block = look(internals, '_header')
  // a `writeHead` of the app's may have put it off
  if (typeof block !== 'string' || !block.endsWith('\r\n\r\n')) return
  state.signature = null
  if (block.length + signature.length <= roomyBlock) internals._header = `${block.slice(0, -2)}${signature}\r\n`
})

/** The head was built by an explicit `writeHead` before any byte, and not sent yet: it can still be changed. */
function decideByFirstBytes(res: ServerResponse, state: ResponseState, firstBytes: FirstBytes | null): void {
  const internals = res as unknown as Internals
  const block = internals._header
  const open = typeof block === 'string' && internals._headerSent !== true
  if (state.verdict === 'inject') {
    if (firstBytes === 'wide') takeBackScript(state, internals, open ? block : null)
    return
  }
  if (firstBytes !== 'document' || !open) {
    decide(state, 'no-document', null)
    return
  }
  const injection = injectionOf(state, (name) => blockValue(block, name), blockNames(block))
  if (typeof injection === 'string') {
    decide(state, injection, null)
    return
  }
  internals._header = changeBlock(block, injection.changes)
  decide(state, 'inject', injection)
}

/** A page in two bytes for each character: the script would be no script. A head that promised it, and is gone, is kept to. */
function takeBackScript(state: ResponseState, internals: Internals, block: string | null): void {
  if (state.promised !== -1) {
    if (block === null) return
    internals._header = changeBlock(block, [['Content-Length', String(state.promised)]])
  }
  decide(state, 'charset', null)
}

/**
 * What Node compares the body with, where it is strict, stays what the app promised until the script is written: its mistakes are found when
 * and as they were.
 */
export function withholdScript(res: ServerResponse, state: ResponseState): void {
  const internals = res as unknown as Internals
  if (typeof internals._contentLength === 'number') internals._contentLength = state.promised
}

/**
 * Whether Node, told to be strict, finds that the body is not as long as promised. Its own count is read: it has what was refused, too.
 * @param last the length of the last chunk, which is not written yet
 */
export function breaksPromise(res: ServerResponse, state: ResponseState, last: number): boolean {
  if (look(res, 'strictContentLength') !== true) return false
  const counter = Object.getOwnPropertySymbols(res).find(({ description }) => description === 'kBytesWritten')
  const written = counter === undefined ? state.bytes - last : (res as unknown as Record<symbol, number>)[counter]
  return (written ?? 0) + last !== state.promised
}

/** What Node itself does with a lone chunk, where its response has the place for it: HTTP/1 has. @returns whether it has */
export function promiseLength(res: ServerResponse, length: number): boolean {
  const internals = res as unknown as Internals
  if (internals._contentLength === undefined) return false
  internals._contentLength = length
  return true
}

/** The head is made at the end, with the length of all that the app sends: the script is counted with it. */
export function countScript(res: ServerResponse, state: ResponseState): void {
  const internals = res as unknown as Internals
  if (state.snippet !== null && state.promised === -1 && typeof internals._contentLength === 'number')
    internals._contentLength += state.snippet.length
}

/** All of the app is written: the script comes next. */
export function promiseScript(res: ServerResponse, state: ResponseState): void {
  const internals = res as unknown as Internals
  if (typeof internals._contentLength === 'number') internals._contentLength = state.promised + (state.snippet?.length ?? 0)
}

function decide(state: ResponseState, verdict: Verdict | 'undecided', injection: Injection | null): void {
  state.verdict = verdict
  state.snippet = injection?.snippet ?? null
  state.promised = injection?.promised ?? -1
  const { record } = state.scope
  if (record === null || state.closed) return
  const { facts } = record
  facts.injected = verdict === 'inject'
  facts.notInjected = verdict === 'inject' || verdict === 'undecided' || verdict === 'ask-first-bytes' ? null : verdictSentences[verdict]
}

/** Node is in the middle of an `end` that it has counted, and it was not ours: nothing could be appended. */
function isBypassed(res: ServerResponse, state: ResponseState): boolean {
  return !state.ended && state.chunks === 0 && typeof (res as unknown as Internals)._contentLength === 'number'
}

/** What names or dates the bytes of the answer, or lets somebody keep it: not true of the page with the script, which nobody is to keep. */
const untrue =
  /^(?:etag|last-modified|expires|age|surrogate-control|(?:.+-)?cdn-cache-control|content-md5|(?:repr-|content-)?digest|accept-ranges)$/

interface Injection {
  changes: HeaderChange[]
  snippet: Buffer
  /** the length that the app promised, -1 for none */
  promised: number
}

function injectionOf(state: ResponseState, header: (name: string) => string | undefined, names: readonly string[]): Injection | Verdict {
  const changes: HeaderChange[] = []
  const { asked, settings } = state
  const path = state.mount + settings.path
  const fitted = fitPolicy({
    enforced: header('content-security-policy'),
    reported: header('content-security-policy-report-only'),
    host: hostOf(asked.headers),
    path,
    patch: settings.csp === 'patch',
  })
  if (fitted.useless !== null) return fitted.useless
  if (fitted.header !== null) changes.push(['Content-Security-Policy', fitted.header])
  const snippet = Buffer.from(toSnippet(`${path}assets/${settings.entry}`, state.scope.id, fitted.nonce), 'latin1')
  const length = header('content-length')
  if (length !== undefined) changes.push(['Content-Length', String(Number(length) + snippet.length)])
  for (const name of names) if (untrue.test(name)) changes.push([name, null])
  changes.push(['Cache-Control', 'no-store'])
  return { changes, snippet, promised: length === undefined ? -1 : Number(length) }
}

/** The host that was asked: HTTP/2 has no Host. */
export const hostOf = (headers: ResponseState['asked']['headers']): string => headers.host ?? String(headers[':authority'] ?? '')

function toSnippet(url: string, id: string, nonce: string | null): string {
  return `<script type="module" async src="${url}#${id}" data-debug-toolbar="${id}"${nonce === null ? '' : ` nonce="${nonce}"`}></script>`
}

/** The first chunk: what it says is asked when the head is made, or decides about one that waits for it. */
export function noteFirstBytes(res: ServerResponse, state: ResponseState, chunk: string | Uint8Array, encoding: unknown): void {
  if (state.prepared && state.verdict !== 'ask-first-bytes' && state.verdict !== 'inject') return
  state.firstChunk = chunk
  state.firstEncoding = encoding
  if (!state.prepared) return
  decideByFirstBytes(res, state, firstBytesOf(state))
  state.firstChunk = null
}

const firstBytesOf = ({ firstChunk, firstEncoding }: ResponseState): FirstBytes | null =>
  firstChunk === null ? null : readFirstBytes(firstChunk, firstEncoding)
