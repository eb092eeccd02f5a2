import type { Entry, SignalData } from '../../contract/types.ts'

export interface SignalsPanelData {
  requestMs: number
  signals: Entry<SignalData>[]
  /** listeners of watched emitters whose event did not fire in this request */
  quiet: { emitter: string; event: string; listeners: { name: string; site: string | null }[] }[]
  truncated: number
}
