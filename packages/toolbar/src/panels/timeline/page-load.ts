import type { Hue } from '../../ui/categories.ts'

export interface PageLoad {
  lanes: [name: string, blocks: { startMs: number; durationMs: number; hue: Hue }[]][]
  marks: { name: string; ms: number }[]
  endMs: number
}

const KEPT = 200
const LONGEST_MS = 60_000

/** What the browser measured of this page, on the axis of the server's request: zero is when the browser sent it. */
export function readPage(): PageLoad | null {
  const entry = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined
  if (!entry) return null
  const zero = entry.requestStart
  const resources = (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
    .filter(({ startTime }) => startTime >= zero)
    .slice(0, KEPT)
  const isFetch = ({ initiatorType }: PerformanceResourceTiming) => initiatorType === 'fetch' || initiatorType === 'xmlhttprequest'
  // the toolbar's own files and calls are no part of the page
  const own = new URL(/* @vite-ignore */ '../', import.meta.url).href
  const theirs = resources.filter(({ name }) => !name.startsWith(own))
  const loadEnd = (entry.loadEventEnd || entry.domContentLoadedEventEnd || entry.responseEnd) - zero
  const block = (hue: Hue) => (resource: PerformanceResourceTiming) => ({
    startMs: resource.startTime - zero,
    durationMs: resource.duration,
    hue,
  })
  const within = ({ startTime }: PerformanceResourceTiming) => startTime - zero <= Math.min(LONGEST_MS, loadEnd * 1.5 + 500)
  const lanes: PageLoad['lanes'] = [
    ['Assets', theirs.filter((resource) => !isFetch(resource) && within(resource)).map(block('web'))],
    ['Fetch', theirs.filter((resource) => isFetch(resource) && within(resource)).map(block('http'))],
  ]
  const paint = performance.getEntriesByName('first-contentful-paint')[0]
  const marks = [
    { name: 'TTFB', ms: entry.responseStart - zero },
    { name: 'DCL', ms: entry.domContentLoadedEventEnd - zero },
    { name: 'FCP', ms: (paint?.startTime ?? 0) - zero },
    { name: 'load', ms: entry.loadEventEnd - zero },
  ].filter(({ ms }) => ms > 0)
  const ends = [
    loadEnd,
    ...marks.map(({ ms }) => ms),
    ...lanes.flatMap(([, blocks]) => blocks.map(({ startMs, durationMs }) => startMs + durationMs)),
  ]
  return { lanes: lanes.filter(([, blocks]) => blocks.length > 0), marks, endMs: Math.max(...ends) }
}
