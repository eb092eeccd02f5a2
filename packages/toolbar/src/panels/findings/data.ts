import type { EntryType, Finding, PassedCheck, Spine } from '../../contract/types.ts'

/** The entries of a finding on the request's clock. */
export interface FindingEvidence {
  /** at most 300, the first ones */
  marks: { type: EntryType; startMs: number; durationMs: number }[]
  /** of all its entries together */
  durationMs: number
}

export interface FindingsPanelData {
  requestMs: number
  queries: number
  spine: Spine
  /** worst first */
  findings: Finding[]
  /** beside `findings`, one each */
  evidence: FindingEvidence[]
  passed: PassedCheck[]
}
