import { attach } from './host.ts'

/** A page that takes the toolbar away again and again is right. */
const MOST_RETURNS = 60

export interface KeeperEvents {
  /** the whole document was written anew: with it went what listened to it */
  rewritten(): void
  /** the page does not want it */
  unwanted(): void
}

let returns = 0

/** Brings the host back where the page has removed it, by `document.open()` or by a framework that owns all of `<html>`. */
export function keepInDocument(element: HTMLElement, events: KeeperEvents, signal: AbortSignal): void {
  const root = document.documentElement
  let planned = false
  const restore = (): void => {
    planned = false
    if (signal.aborted || element.isConnected || document.documentElement === null) return
    returns += 1
    if (returns > MOST_RETURNS) events.unwanted()
    else if (document.documentElement === root) attach(element)
    else events.rewritten()
  }
  const observer = new MutationObserver(() => {
    if (planned || element.isConnected) return
    planned = true
    // not at once: two that answer each other in microtasks would stop the page
    setTimeout(restore)
  })
  observer.observe(document, { childList: true })
  observer.observe(root, { childList: true })
  signal.addEventListener('abort', () => observer.disconnect())
}
