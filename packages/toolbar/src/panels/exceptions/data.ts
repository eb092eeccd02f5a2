import type { Entry, ExceptionData } from '../../contract/types.ts'

export interface ExceptionsPanelData {
  exceptions: Entry<ExceptionData>[]
  truncated: number
}
