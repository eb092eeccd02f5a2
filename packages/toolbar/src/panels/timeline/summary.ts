import type { Entry, LogData, SignalData, SqlData } from '../../contract/types.ts'
import { definePanel, figure, ms, plural } from '../panel.ts'
import { type Rows, selectRows } from '../select-rows.ts'
import { TIMELINE_FIELDS, type TimelinePanelData, type TimelineRow } from './data.ts'

const timelineRows: Rows<TimelineRow, (typeof TIMELINE_FIELDS)[number]> = {
  fields: TIMELINE_FIELDS,
  toFields: ({ name, note, type, status, startMs, durationMs, site }) => ({
    text: [name, note, type],
    fields: { type, time: durationMs, start: startMs, file: site?.file, status, note },
  }),
  sorts: { start: (row) => row.startMs, time: (row) => row.durationMs ?? 0, name: (row) => row.name },
}

/** The flat list on one time axis. */
export const timelinePanel = definePanel<TimelinePanelData>({
  id: 'timeline',
  title: 'Timeline',
  types: [],
  rows: timelineRows,
  summary: ({ summary }) => figure(ms(summary.durationMs), summary.durationMs),
  data(view, query, context) {
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
      rows: selectRows(rows, query, context, timelineRows),
      truncated: view.truncated,
    }
  },
})

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
