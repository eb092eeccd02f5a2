import type { Entry, LogData } from '../../contract/types.ts'

export interface LogsPanelData {
  requestMs: number
  lines: Entry<LogData>[]
  /** per level, exact */
  levels: Record<string, number>
  truncated: number
}
