import type { Spine } from '../contract/types.ts'
import type { RawEntry } from './entry.ts'

export type Spined = Pick<RawEntry, 'id' | 'parentId' | 'startMs' | 'endMs' | 'kind'>

/**
 * Where the time went: a sweep line over all intervals. Every instant belongs to the deepest entry open then, of those equally deep
 * to the one that started last; what no entry covers, and what middleware and spans do themselves, is the app's own code.
 */
export function spineOf(entries: readonly Spined[], totalMs: number): Spine {
  const spine: Spine = { sql: 0, http: 0, template: 0, cache: 0, signal: 0, app: 0 }
  const depths = new Map<number, number>()
  const edges: { at: number; entry: Spined; end: boolean }[] = []
  for (const entry of entries) {
    const depth = entry.parentId === 0 ? 1 : (depths.get(entry.parentId) ?? 0) + 1
    depths.set(entry.id, depth)
    const end = Math.min(entry.endMs === -1 ? totalMs : entry.endMs, totalMs)
    if (end <= entry.startMs) continue
    edges.push({ at: entry.startMs, entry, end: false }, { at: end, entry, end: true })
  }
  edges.sort((a, b) => a.at - b.at || Number(b.end) - Number(a.end))
  const open: Spined[] = []
  let from = 0
  for (const edge of edges) {
    if (edge.at > from) {
      credit(spine, deepest(open, depths), edge.at - from)
      from = edge.at
    }
    if (edge.end) open.splice(open.indexOf(edge.entry), 1)
    else open.push(edge.entry)
  }
  if (totalMs > from) spine.app += totalMs - from
  return spine
}

function deepest(open: readonly Spined[], depths: ReadonlyMap<number, number>): Spined | null {
  let best: Spined | null = null
  let depth = 0
  for (const entry of open) {
    const own = depths.get(entry.id) as number
    if (own >= depth) {
      best = entry
      depth = own
    }
  }
  return best
}

function credit(spine: Spine, entry: Spined | null, ms: number): void {
  const part = entry === null ? null : entry.kind.spine
  spine[part ?? 'app'] += ms
}
