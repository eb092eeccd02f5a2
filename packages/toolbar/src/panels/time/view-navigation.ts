export interface BrowserPhase {
  name: string
  startMs: number
  durationMs: number
}

/** What the browser measured of this page's own navigation; `null` where it does not tell. */
export function readNavigation(): BrowserPhase[] | null {
  const entry = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined
  if (!entry) return null
  const phase = (name: string, from: number, to: number): BrowserPhase => ({ name, startMs: from, durationMs: Math.max(0, to - from) })
  const phases = [
    phase('Redirects', entry.redirectStart, entry.redirectEnd),
    phase('DNS', entry.domainLookupStart, entry.domainLookupEnd),
    phase('Connect', entry.connectStart, entry.connectEnd),
    phase('Waiting for the first byte', entry.requestStart, entry.responseStart),
    phase('Download', entry.responseStart, entry.responseEnd),
    phase('Reading the document', entry.responseEnd, entry.domInteractive),
    phase('DOMContentLoaded handlers', entry.domContentLoadedEventStart, entry.domContentLoadedEventEnd),
    phase('Images, styles and scripts', entry.domContentLoadedEventEnd, entry.loadEventStart),
    phase('load handlers', entry.loadEventStart, entry.loadEventEnd),
  ]
  return phases.filter(({ durationMs, startMs }) => durationMs > 0 && startMs >= 0)
}
