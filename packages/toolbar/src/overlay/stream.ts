import type { StreamEvents } from '../contract/types.ts'
import { type Client, ClientError, PAIRING_REQUIRED } from './client.ts'
import { createSseParser } from './sse.ts'
import { takePlace } from './stream-places.ts'

export interface StreamHandlers {
  /** `first` is false after a reconnect: something may have been missed */
  hello(event: StreamEvents['hello'], first: boolean): void
  request(event: StreamEvents['request']): void
  cleared(event: StreamEvents['cleared']): void
  gone(event: StreamEvents['gone']): void
  faults(event: StreamEvents['faults']): void
  lost(): void
}

/** Between tries, the first and the last: each one that fails is a line on the console of the page. */
const RETRY_MS = { first: 2000, last: 30_000 }

/**
 * Keeps one stream open while the page is visible. A hidden or cached page has none, so that a browser's few connections per
 * host stay free, and so do pages in sight beyond a few; coming back reconnects and says hello again. Returns a function that ends it, and one that tries at once.
 */
export function openStream(client: Client, handlers: StreamHandlers): { retry(): void; end(): void } {
  let controller: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = RETRY_MS.first
  let first = true
  let ended = false

  const dispatch = (event: string, data: string): void => {
    if (event === 'hello') {
      handlers.hello(JSON.parse(data) as StreamEvents['hello'], first)
      first = false
      wait = RETRY_MS.first
    } else if (event === 'request') handlers.request(JSON.parse(data) as StreamEvents['request'])
    else if (event === 'faults') handlers.faults(JSON.parse(data) as StreamEvents['faults'])
    else if (event === 'cleared') handlers.cleared(JSON.parse(data) as StreamEvents['cleared'])
    else if (event === 'gone') handlers.gone(JSON.parse(data) as StreamEvents['gone'])
  }

  const read = async (own: AbortController): Promise<void> => {
    const { signal } = own
    // without a place of its own it takes its chance
    await takePlace(signal, () => own === controller && close()).catch(() => {})
    if (signal.aborted) return
    const response = await client.open('stream', signal)
    const reader = response.body?.getReader()
    if (!reader) return
    const decoder = new TextDecoder()
    const parse = createSseParser()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      for (const { event, data } of parse(decoder.decode(value, { stream: true }))) dispatch(event, data)
    }
  }

  const close = (): void => {
    clearTimeout(timer)
    controller?.abort()
    controller = null
  }

  const open = (): void => {
    if (controller || ended || document.visibilityState === 'hidden') return
    const own = new AbortController()
    controller = own
    clearTimeout(timer)
    const again = (): void => {
      if (own.signal.aborted) return
      controller = null
      handlers.lost()
      timer = setTimeout(open, wait)
      wait = Math.min(wait * 2, RETRY_MS.last)
    }
    read(own).then(again, (error: unknown) => {
      // asked again when the code was typed, or the page comes back into sight
      if (error instanceof ClientError && error.code === PAIRING_REQUIRED) controller = controller === own ? null : controller
      else again()
    })
  }

  const onVisibility = (): void => (document.visibilityState === 'hidden' ? close() : open())
  document.addEventListener('visibilitychange', onVisibility)
  // a page in the back/forward cache must not hold a connection, and gets a new one when it is shown again
  window.addEventListener('pagehide', close)
  window.addEventListener('pageshow', open)
  // whose place was taken gets one again
  window.addEventListener('focus', open)
  open()
  return {
    retry: () => {
      wait = RETRY_MS.first
      close()
      open()
    },
    end: () => {
      ended = true
      close()
      document.removeEventListener('visibilitychange', onVisibility)
      window.removeEventListener('pagehide', close)
      window.removeEventListener('pageshow', open)
      window.removeEventListener('focus', open)
    },
  }
}
