import type { Entry, LogData } from '../../contract/types.ts'

/** Fields of the filter, in the view and in the API. */
export const LOG_FIELDS = ['level', 'logger', 'file', 'time'] as const

export interface LogsPanelData {
  requestMs: number
  lines: Entry<LogData>[]
  /** per level, exact */
  levels: Record<string, number>
  truncated: number
}
