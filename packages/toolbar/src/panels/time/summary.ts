import type { Entry, MiddlewareData, SqlData } from '../../contract/types.ts'
import { definePanel, figure, ms, round } from '../panel.ts'
import type { MiddlewareTime, TimePanelData } from './data.ts'

export const timePanel = definePanel<TimePanelData>({
  id: 'time',
  title: 'Time',
  types: ['middleware', 'span'],
  summary: ({ summary }) => figure(`CPU ${ms(summary.times.cpu ?? 0)}`, summary.times.cpu ?? 0),
  data({ summary, facts, entries }) {
    const rows = new Map<number, MiddlewareTime>()
    for (const entry of entries) if (entry.type === 'middleware') rows.set(entry.id, toRow(entry as Entry<MiddlewareData>))
    for (const row of rows.values()) row.ownMs -= coveredMs(entries, row.id)
    const parents = new Map(entries.map((entry) => [entry.id, entry.parentId]))
    for (const entry of entries) {
      if (entry.type !== 'sql' || (entry.data as SqlData).kind !== 'query') continue
      const row = enclosing(entry.parentId, rows, parents)
      if (row === null) continue
      row.queries++
      row.sqlMs += entry.durationMs ?? 0
    }
    return {
      wallMs: summary.durationMs,
      cpuUserMs: facts.cpuUserMs,
      cpuSystemMs: facts.cpuSystemMs,
      eventLoopUtilization: facts.loopUtilization,
      eventLoopDelayMs: facts.loopDelayMs,
      heapUsedBytes: facts.heapUsedBytes,
      heapDeltaBytes: facts.heapDeltaBytes,
      concurrent: facts.concurrent,
      times: summary.times,
      middleware: [...rows.values()].map((row) => ({ ...row, ownMs: round(Math.max(0, row.ownMs)), sqlMs: round(row.sqlMs) })),
    }
  },
})

function toRow(entry: Entry<MiddlewareData>): MiddlewareTime {
  const { id, parentId, name, startMs, durationMs, site, data } = entry
  return { id, parentId, name, kind: data.kind, path: data.path, site, startMs, durationMs, ownMs: durationMs ?? 0, sqlMs: 0, queries: 0 }
}

/** How long something ran directly inside of an entry: the union of its children. They are in start order. */
function coveredMs(entries: readonly Entry[], parentId: number): number {
  let covered = 0
  let until = 0
  for (const { parentId: parent, startMs, durationMs } of entries) {
    if (parent !== parentId || durationMs === null) continue
    const from = Math.max(until, startMs)
    until = Math.max(until, startMs + durationMs)
    covered += Math.max(0, until - from)
  }
  return covered
}

/** The nearest middleware an entry ran in. */
function enclosing(
  from: number | null,
  rows: ReadonlyMap<number, MiddlewareTime>,
  parents: ReadonlyMap<number, number | null>,
): MiddlewareTime | null {
  for (let id = from; id !== null; id = parents.get(id) ?? null) {
    const row = rows.get(id)
    if (row !== undefined) return row
  }
  return null
}
