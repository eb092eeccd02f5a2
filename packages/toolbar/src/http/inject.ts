import type { IncomingMessage } from 'node:http'

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
  'no-document': 'The body does not begin like an HTML document.',
}

const fragmentHeaders = ['hx-request', 'turbo-frame', 'x-up-target', 'x-up-version', 'x-pjax', 'x-livewire', 'x-inertia']

/**
 * The rules of decisions.md, cheapest first.
 * @param firstBytes what the first chunk said, or `null` before any
 */
export function mayInject(
  req: IncomingMessage,
  status: number,
  header: (name: string) => string | undefined,
  firstBytes: Verdict | 'undecided' | null,
): Verdict {
  if (req.method !== 'GET') return 'method'
  const type = header('content-type')
  if (type === undefined || !/^\s*text\/html\s*(?:;|$)/i.test(type)) return 'type'
  if (status < 200 || status === 204 || status === 205 || status === 206 || (status >= 300 && status < 400)) return 'status'
  const { headers } = req
  const destination = headers['sec-fetch-dest']
  if (destination !== undefined && destination !== 'document') return 'destination'
  if (headers.range !== undefined) return 'range'
  if (headers['x-requested-with'] !== undefined && /^xmlhttprequest$/i.test(String(headers['x-requested-with']))) return 'fragment'
  for (const name of fragmentHeaders) if (headers[name] !== undefined) return 'fragment'
  const encoding = header('content-encoding')
  if (encoding !== undefined && !/^\s*identity\s*$/i.test(encoding)) return 'encoding'
  const disposition = header('content-disposition')
  if (disposition !== undefined && /^\s*attachment/i.test(disposition)) return 'attachment'
  if (/charset\s*=\s*"?\s*(?:utf-?(?:16|32|7)|ucs-?[24]|iso-10646)/i.test(type)) return 'charset'
  if (header('trailer') !== undefined) return 'trailer'
  if (destination === 'document') return 'inject'
  if (!/\btext\/html\b/i.test(headers.accept ?? '')) return 'accept'
  if (firstBytes === null) return 'ask-first-bytes'
  return firstBytes === 'no-document' ? 'no-document' : 'inject'
}

/** Whether a body begins with a doctype or the html element, after a byte order mark and white space. */
export function looksLikeDocument(chunk: string | Uint8Array): boolean {
  const head =
    typeof chunk === 'string'
      ? chunk.slice(0, 512)
      : Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.byteLength, 512)).toString('latin1')
  return /^(?:\u00ef\u00bb\u00bf|\ufeff)?\s*(?:<!--[\s\S]{0,400}?-->\s*)?<(?:!doctype|html)\b/i.test(head)
}

/** A navigation: the browser wants a page to show. */
export function isNavigation(req: IncomingMessage): boolean {
  if (req.method !== 'GET') return false
  const destination = req.headers['sec-fetch-dest']
  if (destination !== undefined) return destination === 'document'
  return (
    req.headers['x-requested-with'] === undefined &&
    /\btext\/html\b/i.test(req.headers.accept ?? '') &&
    !fragmentHeaders.some((name) => req.headers[name] !== undefined)
  )
}
