import type { Entry, MiddlewareData } from '../../contract/types.ts'
import { round } from '../panel.ts'
import type { SqlGap } from './data.ts'

/** Shorter ones are no news: of the request, and in ms. */
const LEAST_SHARE = 0.02
const LEAST_MS = 1
/** Parts that are named. */
const PARTS = 3

interface Edge {
  at: number
  end: boolean
  entry: Entry | null
  gap: SqlGap | null
}

/** Where the database had nothing to do, and what ran meanwhile: every instant belongs to the deepest entry open then. */
export function gapsOf(entries: readonly Entry[], requestMs: number): SqlGap[] {
  const gaps = emptySpans(entries, requestMs).map(
    ([startMs, endMs]): SqlGap => ({ startMs, durationMs: round(endMs - startMs), parts: [] }),
  )
  if (gaps.length === 0) return []
  const depths = new Map<number, number>()
  const edges: Edge[] = []
  for (const gap of gaps) {
    edges.push({ at: gap.startMs, end: false, entry: null, gap }, { at: gap.startMs + gap.durationMs, end: true, entry: null, gap })
  }
  for (const entry of entries) {
    depths.set(entry.id, entry.parentId === null ? 1 : (depths.get(entry.parentId) ?? 0) + 1)
    const end = Math.min(requestMs, entry.startMs + (entry.durationMs ?? requestMs))
    if (entry.type === 'sql' || end <= entry.startMs) continue
    edges.push({ at: entry.startMs, end: false, entry, gap: null }, { at: end, end: true, entry, gap: null })
  }
  edges.sort((a, b) => a.at - b.at || Number(b.end) - Number(a.end))
  const open = new Set<Entry>()
  let current: { gap: SqlGap; parts: Map<string, SqlGap['parts'][number]> } | null = null
  let from = 0
  for (const { at, end, entry, gap } of edges) {
    if (current !== null && at > from) credit(current.parts, deepest(open, depths), at - from)
    from = at
    if (entry !== null && end) open.delete(entry)
    else if (entry !== null) open.add(entry)
    else if (gap !== null && !end) current = { gap, parts: new Map() }
    else if (current !== null) {
      current.gap.parts = named(current.parts)
      current = null
    }
  }
  return gaps
}

function emptySpans(entries: readonly Entry[], requestMs: number): [startMs: number, endMs: number][] {
  const least = Math.max(LEAST_MS, requestMs * LEAST_SHARE)
  const spans: [number, number][] = []
  let busyTo = 0
  let seen = false
  // in start order
  for (const { type, startMs, durationMs } of entries) {
    if (type !== 'sql') continue
    seen = true
    const start = Math.min(startMs, requestMs)
    if (start - busyTo >= least) spans.push([busyTo, start])
    busyTo = Math.max(busyTo, durationMs === null ? requestMs : startMs + durationMs)
  }
  if (seen && requestMs - busyTo >= least) spans.push([busyTo, requestMs])
  return spans
}

function deepest(open: ReadonlySet<Entry>, depths: ReadonlyMap<number, number>): Entry | null {
  let best: Entry | null = null
  let depth = 0
  for (const entry of open) {
    const own = depths.get(entry.id) ?? 0
    if (own < depth) continue
    best = entry
    depth = own
  }
  return best
}

function credit(parts: Map<string, SqlGap['parts'][number]>, entry: Entry | null, ms: number): void {
  const isPassage = entry?.type === 'middleware' && (entry.data as MiddlewareData).kind === 'router'
  const type = entry === null || isPassage ? 'app' : entry.type
  const name = entry === null || isPassage ? '' : entry.name
  const key = `${type} ${name}`
  const part = parts.get(key)
  if (part) part.durationMs += ms
  else parts.set(key, { type, name, durationMs: ms })
}

function named(parts: ReadonlyMap<string, SqlGap['parts'][number]>): SqlGap['parts'] {
  return [...parts.values()]
    .sort((a, b) => b.durationMs - a.durationMs)
    .slice(0, PARTS)
    .map((part) => ({ ...part, durationMs: round(part.durationMs) }))
}
