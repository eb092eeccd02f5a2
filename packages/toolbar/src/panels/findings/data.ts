import type { Finding, PassedCheck, Spine } from '../../contract/types.ts'

export interface FindingsPanelData {
  requestMs: number
  queries: number
  spine: Spine
  /** worst first */
  findings: Finding[]
  passed: PassedCheck[]
}
