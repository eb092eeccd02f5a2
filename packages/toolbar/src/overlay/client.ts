import { type Signal, signal } from '@preact/signals'
import type {
  ApiError,
  EntryDetail,
  ExplainAnswer,
  HookHealth,
  OverlayConfig,
  RequestDetail,
  RequestList,
  RunAnswer,
} from '../contract/types.ts'
import type { Tokens } from './tokens.ts'

/** id of the list of what ran outside of requests */
export const OUTSIDE = 'outside'

/** code of the error of an app that does not know this browser */
export const PAIRING_REQUIRED = 'PAIRING_REQUIRED'

/** What went wrong between here and the app, with a sentence for the reader. */
export class ClientError extends Error {
  override name = 'ClientError'
  readonly code: string
  /** HTTP status, 0 when there was no answer */
  readonly status: number
  readonly url: string

  constructor(code: string, message: string, status: number, url: string) {
    super(message)
    this.code = code
    this.status = status
    this.url = url
  }
}

export interface Client {
  base: URL
  config(): Promise<OverlayConfig>
  requests(options: { limit?: number; before?: string; q?: string }): Promise<RequestList>
  request(id: string): Promise<RequestDetail>
  panel(id: string, panel: string): Promise<unknown>
  entry(id: string, entry: number): Promise<EntryDetail>
  explain(id: string, entry: number, analyze: boolean): Promise<ExplainAnswer>
  run(id: string, entry: number): Promise<RunAnswer>
  clear(): Promise<void>
  health(): Promise<{ hooks: HookHealth[] }>
  /** trades the code that the app printed for a token, which all later requests carry */
  pair(code: string): Promise<void>
  /** the app wants that code before it answers */
  unpaired: Signal<boolean>
  /** the page's policy lets nobody ask the app; nothing more is tried */
  forbidden: Signal<boolean>
  tokens: Tokens
  /** the token that the app knew no more, if any */
  refused(): string | null
  /** the raw response of a stream; throws as the others do */
  open(path: string, signal: AbortSignal): Promise<Response>
}

async function toError(response: Response, url: string): Promise<ClientError> {
  const body = (await response.json().catch(() => null)) as ApiError | null
  const { code, message } = body?.error ?? {
    code: `HTTP_${response.status}`,
    message: `The app answered ${response.status} ${response.statusText}`,
  }
  return new ClientError(String(code), String(message), response.status, url)
}

/**
 * `fetch`, for as long as the page's policy allows it. The first request goes alone: where it is refused, the browser says so once.
 */
function createAsking(base: URL): { ask: typeof fetch; forbidden: Signal<boolean> } {
  const forbidden = signal(false)
  let first: Promise<unknown> | null = null
  document.addEventListener('securitypolicyviolation', ({ disposition, effectiveDirective, blockedURI }) => {
    if (disposition === 'enforce' && effectiveDirective === 'connect-src' && blockedURI.startsWith(base.href)) forbidden.value = true
  })
  const ask: typeof fetch = async (url, options) => {
    if (first === null) {
      const answer = fetch(url, options)
      // the event that tells why comes in a task of its own
      first = answer.catch(() => new Promise((resolve) => setTimeout(resolve, 50)))
      return answer
    }
    await first
    if (forbidden.peek()) throw new TypeError("the page's policy forbids it")
    return fetch(url, options)
  }
  return { ask, forbidden }
}

/** The JSON API of one app. `base` ends with `/api/`. */
export function createClient(base: URL, tokens: Tokens): Client {
  const unpaired = signal(false)
  const { ask, forbidden } = createAsking(base)
  let refused: string | null = null
  const noteUnpaired = (token: string | null): void => {
    // a token came in the meantime: the next request shows what it is worth
    if (token !== tokens.read()) return
    refused = token
    tokens.write(null)
    unpaired.value = true
  }
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(path, base)
    // no redirect may carry this elsewhere, and no cache may answer for a record that still runs
    const token = tokens.read()
    const headers = { ...(init.headers as Record<string, string>), ...(token === null ? {} : { 'X-Debug-Toolbar-Token': token }) }
    const options: RequestInit = { cache: 'no-store', credentials: 'same-origin', redirect: 'error', ...init, headers }
    const response = await ask(url, options).catch((error: unknown) => {
      if (init.signal?.aborted) throw error
      throw new ClientError('UNREACHABLE', `${init.method ?? 'GET'} ${url.pathname} failed: no answer from ${url.host}`, 0, url.pathname)
    })
    if (response.ok) return response
    const error = await toError(response, url.pathname)
    if (error.code === PAIRING_REQUIRED) noteUnpaired(token)
    throw error
  }
  const read = async <Body>(path: string): Promise<Body> => (await send(path)).json() as Promise<Body>
  const act = (method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Response> =>
    send(path, {
      method,
      headers: { 'Content-Type': 'application/json', 'X-Debug-Toolbar': '1' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const entryPath = (id: string, entry: number): string => `requests/${encodeURIComponent(id)}/entries/${entry}`
  return {
    base,
    config: () => read('config'),
    requests: (options) => {
      const query = new URLSearchParams()
      for (const [key, value] of Object.entries(options)) if (value !== undefined) query.set(key, String(value))
      return read(`requests?${query}`)
    },
    request: (id) => read(`requests/${encodeURIComponent(id)}`),
    panel: (id, panel) => read(`requests/${encodeURIComponent(id)}/panels/${encodeURIComponent(panel)}`),
    clear: async () => {
      await act('DELETE', 'requests')
    },
    health: () => read('health'),
    entry: (id, entry) => read(entryPath(id, entry)),
    explain: async (id, entry, analyze) =>
      (await (await act('POST', `${entryPath(id, entry)}/explain`, { analyze })).json()) as ExplainAnswer,
    pair: async (code) => {
      const { token } = (await (await act('POST', 'pair', { code })).json()) as { token: string }
      tokens.write(token)
    },
    unpaired,
    forbidden,
    tokens,
    refused: () => refused,
    run: async (id, entry) => (await (await act('POST', `${entryPath(id, entry)}/run`, {})).json()) as RunAnswer,
    open: (path, signal) => send(path, { signal, headers: { Accept: 'text/event-stream' } }),
  }
}
