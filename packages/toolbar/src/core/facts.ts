import type { Preview } from '../contract/types.ts'

/** What is known of a request beside its entries. Plain values and previews; references to the app's objects leave at seal. */
export interface RequestFacts {
  method: string
  /** as the client sent it, query included */
  url: string
  httpVersion: string
  remoteAddress: string | null
  encrypted: boolean
  /** name, value, name, value ... as on the wire */
  rawRequestHeaders: readonly string[]
  /** headers that were hidden from the app on this navigation, lower case */
  hidden: readonly string[]
  type: 'document' | 'fetch' | 'other'
  referrer: string | null
  status: number | null
  statusMessage: string
  /** header block as it was sent, or pairs where the protocol has none */
  responseHeaders: string | readonly string[] | null
  contentType: string | null
  bytes: number
  streamed: boolean
  injected: boolean
  /** why not, in a sentence */
  notInjected: string | null
  /** a JSON body as text, cut to `limits.bodyBytes` */
  body: { text: string; length: number } | null
  location: string | null
  route: string | null
  handler: { name: string; place: WeakRef<object> | null } | null
  params: Preview
  query: Preview | undefined
  /** how the app parses queries, so that a reader can do it */
  queryParser: ((query: string) => unknown) | null
  requestBody: Preview | undefined
  session: Preview | undefined
  user: Preview | undefined
  files: Preview | undefined
  redirectedFrom: string | null
  redirectedTo: string | null
  cpuUserMs: number
  cpuSystemMs: number
  loopUtilization: number
  loopDelayMs: number
  heapUsedBytes: number
  heapDeltaBytes: number
  concurrent: number
}
