import { allKinds } from '../core/entry.ts'
import type { RequestRecord } from '../core/record.ts'

/** What is known when the headers are sent: totals per type, in ms. At most twenty names, all ours, all ASCII. */
export function toServerTiming(record: RequestRecord): string {
  const elapsed = record.elapsed()
  let text = `total;dur=${toTenths(elapsed)}`
  for (const kind of allKinds()) {
    const tally = record.tallies[kind.index]
    if (kind.spine === null || kind.countAs !== kind.type || tally === undefined) continue
    const busy = tally.busyMs + (tally.open > 0 ? elapsed - tally.busySince : 0)
    text += `, ${kind.type};dur=${toTenths(busy)}`
  }
  return `${text}, debug-toolbar;desc="${record.id}"`
}

/** `12.3`: what `toFixed(1)` says, in a tenth of its time. */
function toTenths(ms: number): string {
  const tenths = Math.round(ms * 10)
  return `${Math.trunc(tenths / 10)}.${tenths % 10}`
}
