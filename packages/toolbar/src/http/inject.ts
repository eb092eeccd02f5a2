import type { IncomingMessage } from 'node:http'
import type { Asked } from './asked.ts'
import { encodingOf } from './chunks.ts'

/** Whether a response gets the script, and if not, why. */
export type Verdict =
  | 'inject'
  | 'ask-first-bytes'
  | 'method'
  | 'status'
  | 'type'
  | 'encoding'
  | 'attachment'
  | 'range'
  | 'fragment'
  | 'destination'
  | 'accept'
  | 'charset'
  | 'trailer'
  | 'length'
  | 'sandbox'
  | 'policy'
  | 'bypassed'
  | 'failed'
  | 'no-document'

/** Each verdict in a sentence, for the Response panel. */
export const verdictSentences: Readonly<Record<Exclude<Verdict, 'inject' | 'ask-first-bytes'>, string>> = {
  method: 'Only answers to GET carry the toolbar.',
  status: 'This status has no page of its own.',
  type: 'The content is not text/html.',
  encoding: 'The body was already compressed when it reached the toolbar.',
  attachment: 'It is a download.',
  range: 'A part of a document was asked for.',
  fragment: 'A fragment of a page was asked for (htmx, Turbo, Unpoly or XMLHttpRequest).',
  destination: 'The browser did not ask for it as a page.',
  accept: 'The client did not ask for HTML.',
  charset: 'The text is not in an encoding that contains ASCII.',
  trailer: 'The response announces trailers.',
  length: 'The length that was promised is not a number.',
  sandbox: 'Its Content-Security-Policy makes it a sandbox without scripts or without an origin.',
  policy: "Its Content-Security-Policy would block the toolbar, and the option csp: 'off' leaves that alone.",
  failed: 'The toolbar failed while it looked at the head: the list of its failures says why.',
  bypassed: 'The response is ended by a function that was kept from before the toolbar.',
  'no-document': 'The body does not begin like an HTML document.',
}

const fragmentHeaders = ['hx-request', 'turbo-frame', 'x-up-target', 'x-up-version', 'x-pjax', 'x-livewire', 'x-inertia']

/** What a first chunk says of the whole. */
export type FirstBytes = 'document' | 'no-document' | 'wide'

/**
 * Whether the script may follow this answer; the cheapest reasons come first.
 * @param method as the client sent it: an app may have changed it since
 * @param readFirst reads what the first chunk says, or `null` before any
 */
export function mayInject(
  { headers }: Pick<Asked, 'headers'>,
  method: string,
  status: number,
  header: (name: string) => string | undefined,
  readFirst: () => FirstBytes | null,
): Verdict {
  if (method !== 'GET') return 'method'
  const type = header('content-type')
  if (type === undefined || !/^\s*text\/html\s*(?:;|$)/i.test(type)) return 'type'
  if (status < 200 || status === 204 || status === 205 || status === 206 || (status >= 300 && status < 400)) return 'status'
  const destination = headers['sec-fetch-dest']
  if (destination !== undefined && destination !== 'document') return 'destination'
  if (headers.range !== undefined) return 'range'
  if (headers['x-requested-with'] !== undefined && /^xmlhttprequest$/i.test(String(headers['x-requested-with']))) return 'fragment'
  for (const name of fragmentHeaders) if (headers[name] !== undefined) return 'fragment'
  const encoding = header('content-encoding')
  if (encoding !== undefined && !/^\s*identity\s*$/i.test(encoding)) return 'encoding'
  const transfer = header('transfer-encoding')
  if (transfer !== undefined && !/^\s*(?:chunked|identity)\s*$/i.test(transfer)) return 'encoding'
  const disposition = header('content-disposition')
  if (disposition !== undefined && /^\s*attachment/i.test(disposition)) return 'attachment'
  const firstBytes = readFirst()
  if (firstBytes === 'wide' || /charset\s*=\s*["']?\s*(?:utf-?(?:16|32|7)|(?:cs)?ucs-?[24]|(?:cs)?unicode|iso-10646)/i.test(type))
    return 'charset'
  if (header('trailer') !== undefined) return 'trailer'
  const length = header('content-length')
  if (length !== undefined && !/^\s*\d{1,15}\s*$/.test(length)) return 'length'
  if (destination === 'document') return 'inject'
  if (!/\btext\/html\b/i.test(headers.accept ?? '')) return 'accept'
  if (firstBytes === null) return 'ask-first-bytes'
  return firstBytes === 'no-document' ? 'no-document' : 'inject'
}

/** Reads the beginning of a body: a doctype or the html element, after a byte order mark and white space; or two bytes for each character. */
export function readFirstBytes(chunk: string | Uint8Array, encoding: unknown): FirstBytes {
  const head = headOf(chunk, encoding)
  if (isWide(head) && !(typeof chunk === 'string' && isUtf8(encoding))) return 'wide'
  return /^(?:\u00ef\u00bb\u00bf|\ufeff)?\s*(?:<!--[\s\S]{0,400}?-->\s*)?<(?:!doctype|html)\b/i.test(head) ? 'document' : 'no-document'
}

const isUtf8 = (encoding: unknown): boolean => typeof encoding !== 'string' || /^utf-?8$/i.test(encoding)

/** The byte order mark of UTF-16; in UTF-8 text the two are letters. */
function isWide(head: string): boolean {
  const first = head.charCodeAt(0)
  const second = head.charCodeAt(1)
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
}

/** The beginning as it is sent, one character for each byte; or as text, where that says the same. */
function headOf(chunk: string | Uint8Array, encoding: unknown): string {
  if (typeof chunk !== 'string') return Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.byteLength, 512)).toString('latin1')
  if (isUtf8(encoding)) return chunk.slice(0, 512)
  return Buffer.from(chunk.slice(0, 1_024), encodingOf(encoding)).toString('latin1', 0, 512)
}

/** A navigation: the browser wants a page to show. */
export function isNavigation({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  if (method !== 'GET') return false
  const destination = headers['sec-fetch-dest']
  if (destination !== undefined) return destination === 'document'
  return (
    headers['x-requested-with'] === undefined &&
    /\btext\/html\b/i.test(headers.accept ?? '') &&
    !fragmentHeaders.some((name) => headers[name] !== undefined)
  )
}
