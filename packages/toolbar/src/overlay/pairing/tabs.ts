import { isToken, type Tokens } from '../tokens.ts'

/** a channel is of one origin: what can listen here could read the storage as well */
const CHANNEL = 'debug-toolbar:token'
const WAIT_MS = 300

let channel: BroadcastChannel | null = null
let answering = false

/** Answers tabs of this browser that were opened later and have no token, so that the code is typed once. */
export function answerTabs(tokens: Tokens): void {
  if (answering) return
  answering = true
  const open = (): void => {
    if (channel !== null || typeof BroadcastChannel !== 'function') return
    channel = new BroadcastChannel(CHANNEL)
    channel.addEventListener('message', ({ data }) => {
      const token = tokens.read()
      if (data === 'token?' && token !== null) channel?.postMessage(token)
    })
  }
  open()
  // an open channel would keep the page out of the back/forward cache
  window.addEventListener('pagehide', () => {
    channel?.close()
    channel = null
  })
  window.addEventListener('pageshow', open)
}

/** Asks the tabs that are open; resolves soon, with a token other than the one that was refused, or with `null`. */
export function askTabs(refused: string | null): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = channel
    const done = (found: string | null): void => {
      clearTimeout(timer)
      asked?.removeEventListener('message', onMessage)
      resolve(found)
    }
    const onMessage = ({ data }: MessageEvent): void => {
      if (isToken(data) && data !== refused) done(data)
    }
    const timer = setTimeout(done, asked === null ? 0 : WAIT_MS, null)
    asked?.addEventListener('message', onMessage)
    asked?.postMessage('token?')
  })
}
