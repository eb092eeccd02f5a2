import { type Signal, signal } from '@preact/signals'
import type { RequestSummary } from '../contract/types.ts'

/**
 * Ids of the records that this page caused, as the browser tells them: each response carries its id in Server-Timing, so nothing
 * of the page has to be wrapped. An answer from the HTTP cache (`transferSize` 0) repeats an old id and is left out.
 */
export function observePageRequests(): Signal<ReadonlySet<string>> {
  const ids = signal<ReadonlySet<string>>(new Set())
  const add = (entries: PerformanceEntryList): void => {
    const found = new Set(ids.peek())
    for (const entry of entries as PerformanceResourceTiming[]) {
      if (entry.transferSize === 0) continue
      for (const timing of entry.serverTiming ?? [])
        if (timing.name === 'debug-toolbar' && timing.description) found.add(timing.description)
    }
    if (found.size > ids.peek().size) ids.value = found
  }
  try {
    new PerformanceObserver((list) => add(list.getEntries())).observe({ type: 'resource', buffered: true })
  } catch {
    // a browser without resource timing: the referrer still joins them
  }
  return ids
}

/** Whether a record belongs to this page: itself, or asked for by it afterwards. */
export function isOfPage(request: RequestSummary, page: RequestSummary | null, ids: ReadonlySet<string>): boolean {
  if (!page) return false
  if (request.id === page.id || ids.has(request.id)) return true
  return request.type !== 'document' && request.seq > page.seq && request.referrer === page.path
}
