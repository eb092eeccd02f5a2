import type { RequestSummary } from '../contract/types.ts'

/** Whether what is on the screen is as a panel opens: no filter, no selection, no scroll place, so that nothing is lost by leaving it. */
export interface Reading {
  filter: string
  selected: string | null
  scrolled: boolean
}

export const isPristine = (reading: Reading): boolean => reading.filter === '' && reading.selected === null && !reading.scrolled

/**
 * The Live rule: which record to show when `arrived` comes in. Only pages are followed, only forwards, only while Live is on,
 * and never away from something that is being read.
 */
export function toFollow(arrived: RequestSummary, current: RequestSummary | null, live: boolean, reading: Reading): boolean {
  if (!live || arrived.type !== 'document') return false
  if (current && arrived.seq <= current.seq) return false
  return isPristine(reading)
}

/** How many pages are newer than the one shown: the figure on the Live button. */
export function countNewer(requests: readonly RequestSummary[], current: RequestSummary | null): number {
  if (!current || current.kind === 'outside') return 0
  return requests.filter((request) => request.type === 'document' && request.seq > current.seq).length
}
