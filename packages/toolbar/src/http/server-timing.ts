import { allKinds } from '../core/entry.ts'
import type { RequestRecord } from '../core/record.ts'

/** What is known when the headers are sent: totals per type, in ms. At most twenty names, all ours, all ASCII. */
export function toServerTiming(record: RequestRecord): string {
  const elapsed = record.elapsed()
  let text = `total;dur=${elapsed.toFixed(1)}`
  for (const kind of allKinds()) {
    const tally = record.tallies[kind.index]
    if (kind.spine === null || kind.countAs !== kind.type || tally === undefined) continue
    const busy = tally.busyMs + (tally.open > 0 ? elapsed - tally.busySince : 0)
    text += `, ${kind.type};dur=${busy.toFixed(1)}`
  }
  return `${text}, debug-toolbar;desc="${record.id}"`
}
