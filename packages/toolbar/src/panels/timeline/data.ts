import type { EntryStatus, EntryType, Site, Spine } from '../../contract/types.ts'

/** Fields of the filter, in the view and in the API. */
export const TIMELINE_FIELDS = ['type', 'time', 'start', 'file', 'status', 'note'] as const

export interface TimelineRow {
  id: number
  type: EntryType
  name: string
  startMs: number
  durationMs: number | null
  parentId: number | null
  /** levels below the request */
  depth: number
  status: EntryStatus
  site: Site | null
  /** short remark at the end of the row: `200`, `hit`, `2 listeners`, `warn` */
  note: string | null
}

export interface TimelinePanelData {
  requestMs: number
  spine: Spine
  cpuMs: number
  heapDeltaBytes: number
  logs: number
  findings: number
  rows: TimelineRow[]
  truncated: Record<string, number>
}
