import type { Entry, LogData, SignalData, SqlData } from '../../contract/types.ts'
import { definePanel, figure, ms, plural } from '../panel.ts'
import { type Rows, selectRows } from '../select-rows.ts'
import type { TimelinePanelData, TimelineRow } from './data.ts'

/** The flat list on one time axis. */
export const timelinePanel = definePanel<TimelinePanelData>({
  id: 'timeline',
  title: 'Timeline',
  types: [],
  summary: ({ summary }) => figure(ms(summary.durationMs), summary.durationMs),
  data(view, query) {
    const depths = new Map<number, number>()
    const rows = view.entries.map((entry): TimelineRow => {
      const depth = entry.parentId === null ? 0 : (depths.get(entry.parentId) ?? -1) + 1
      depths.set(entry.id, depth)
      const { id, type, name, startMs, durationMs, parentId, status, site } = entry
      return { id, type, name, startMs, durationMs, parentId, depth, status, site, note: noteOf(entry) }
    })
    const { summary } = view
    return {
      requestMs: summary.durationMs,
      spine: summary.spine,
      cpuMs: summary.times.cpu ?? 0,
      heapDeltaBytes: view.facts.heapDeltaBytes,
      logs: summary.counts.log ?? 0,
      findings: view.findings.length,
      rows: selectRows(rows, query, timelineRows),
      truncated: view.truncated,
    }
  },
})

const timelineRows: Rows<TimelineRow> = {
  toFields: ({ name, note, type, status, durationMs, site }) => ({
    text: [name, note, type],
    fields: { type, status, time: durationMs, file: site?.file },
  }),
  sorts: { start: (row) => row.startMs, time: (row) => row.durationMs ?? 0, name: (row) => row.name },
}

function noteOf(entry: Entry): string | null {
  if (entry.type === 'signal') {
    const { listeners } = entry.data as SignalData
    return listeners.length === 0 ? 'no listener' : plural(listeners.length, 'listener')
  }
  if (entry.type === 'log') return (entry.data as LogData).level
  if (entry.type === 'sql') {
    const { rows, error } = entry.data as SqlData
    return error !== null ? 'error' : rows === null ? null : plural(rows, 'row')
  }
  return null
}
