import { formatCount, formatMs, formatPercent, toDuration } from '../../ui/format.ts'
import { Stat } from '../../ui/PanelHead.tsx'
import { usePanel } from '../../ui/panel.ts'
import type { SqlPanelData } from './data.ts'

/** The filter with a term added, or without it where it had it. */
export function toggleTerm(filter: string, term: string): string {
  const padded = ` ${filter.trim()} `
  if (!padded.includes(` ${term} `)) return `${filter.trim()} ${term}`.trim()
  return padded.replace(` ${term} `, () => ' ').trim()
}

export const hasTerm = (filter: string, term: string): boolean => ` ${filter.trim()} `.includes(` ${term} `)

/** A figure that shows only what it counts. */
function Door({ count, label, term, tone }: { count: number; label: string; term: string; tone?: string }) {
  const panel = usePanel()
  if (count === 0) return null
  return (
    <button
      type="button"
      class={`door ${tone ?? ''}`}
      aria-pressed={hasTerm(panel.filter, term)}
      title={`Show only these: ${term}`}
      onClick={() => panel.setFilter(toggleTerm(panel.filter, term))}
    >
      <b>{formatCount(count)}</b>
      {label}
    </button>
  )
}

/** What the list sums up to; the figures of some of its rows filter it. */
export function Figures({ data }: { data: SqlPanelData }) {
  const time = toDuration(data.durationMs)
  const transactions = data.transactions.length
  const failed = Object.keys(data.columns.errors).length
  return (
    <>
      <Stat value={formatCount(data.total)} label={data.total === 1 ? 'query' : 'queries'} />
      <Stat value={time.figure} label={time.unit} />
      {data.requestMs > 0 && <Stat value={formatPercent(data.durationMs / data.requestMs)} label="of the request" />}
      <Door count={data.similar} label="similar" term="is:similar" tone="c-warn" />
      <Door count={data.duplicates} label="identical" term="is:identical" />
      <Door count={failed} label="failed" term="is:failed" tone="c-err" />
      <Door count={transactions} label={transactions === 1 ? 'transaction' : 'transactions'} term="is:transaction" />
      {data.waitMs >= 1 && <Stat value={formatMs(data.waitMs)} label="waiting" tone="c-warn" />}
      {data.truncated > 0 && <Stat value={formatCount(data.truncated)} label="not kept" tone="c-warn" />}
    </>
  )
}

/** Which database; only where there are several. */
export function ConnectionChips({ data }: { data: SqlPanelData }) {
  const panel = usePanel()
  return (
    <div class="conns" role="group" aria-label="Connections">
      {data.connections.map(({ label, dialect, count, durationMs }) => {
        const term = `connection:"${label.replaceAll('"', '\\"')}"`
        return (
          <button
            key={label}
            type="button"
            class="btn sm tog"
            aria-pressed={hasTerm(panel.filter, term)}
            onClick={() => panel.setFilter(toggleTerm(panel.filter, term))}
          >
            <bdi>{label}</bdi>
            <span class="m3">
              {dialect}, {formatCount(count)}, {formatMs(durationMs)}
            </span>
          </button>
        )
      })}
    </div>
  )
}
