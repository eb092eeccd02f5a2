/** What outlives a reload of the toolbar's own page: the request somebody chose to keep looking at. `null` while Live is on. */
const KEY = 'debug-toolbar:v1'

export function readChosen(): string | null {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
    const chosen = (stored as { chosen?: unknown } | null)?.chosen
    return typeof chosen === 'string' && /^[\w-]{1,64}$/.test(chosen) ? chosen : null
  } catch {
    return null
  }
}

export function writeChosen(chosen: string | null): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ chosen }))
  } catch {
    // blocked or full: the choice lasts as long as the page
  }
}
