import type { Entry, SignalData } from '../../contract/types.ts'

/** Fields of the filter, in the view and in the API. */
export const SIGNAL_FIELDS = ['event', 'emitter', 'listener', 'file', 'time'] as const

export interface SignalsPanelData {
  requestMs: number
  signals: Entry<SignalData>[]
  /** listeners of watched emitters whose event did not fire in this request */
  quiet: { emitter: string; event: string; listeners: { name: string; site: string | null }[] }[]
  truncated: number
}
