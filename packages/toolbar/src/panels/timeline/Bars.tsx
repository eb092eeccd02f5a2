import { toHue } from '../../ui/categories.ts'
import { formatMs } from '../../ui/format.ts'
import type { Line, Window } from './rows.ts'

/** Ticks drawn of one folded line: the axis has no more pixels than this. */
const TICKS = 600

/** What a line looks like on the axis: a thin line for a parent, bars for leaves, ticks for repeats and logs; and its length beside it. */
export function Bars({ line, window, requestMs }: { line: Line; window: Window; requestMs: number }) {
  const span = window.to - window.from || 1
  const at = (ms: number) => ((ms - window.from) / span) * 100
  const percent = (share: number) => `${Math.max(-5, Math.min(105, share)).toFixed(3)}%`
  const [start, end] = [at(line.startMs), at(line.endMs)]
  const total =
    line.kind === 'one' || line.kind === 'request'
      ? line.endMs - line.startMs
      : line.rows.reduce((sum, row) => sum + (row.durationMs ?? 0), 0)
  const text =
    line.kind === 'run' ? (
      <>
        {formatMs(total)}
        <span class="wide2"> in {line.rows.length} calls</span>
      </>
    ) : (
      formatMs(total)
    )
  const label = () => {
    if (line.kind === 'logs') return null
    if (end < 0) return <span class="du">‹ {formatMs(line.startMs)}</span>
    if (start > 100)
      return (
        <span class="du in" style={{ left: '100%' }}>
          {formatMs(line.startMs)} ›
        </span>
      )
    if (end > 88)
      return (
        <span class={`du in${start > 14 ? '' : ' on'}`} style={{ left: start > 14 ? percent(start) : '100%' }}>
          {text}
        </span>
      )
    return (
      <span class="du" style={{ left: percent(Math.max(0, end)) }}>
        {text}
      </span>
    )
  }
  return (
    <span class="tl">
      {line.kind === 'request' && (
        <i class="f-app par" style={{ left: percent(start), width: `${Math.min(110, end - start).toFixed(3)}%` }} />
      )}
      {line.rows.slice(0, TICKS).map((row) => {
        const left = at(row.startMs)
        const width = ((row.durationMs ?? Math.max(0, requestMs - row.startMs)) / span) * 100
        if (left > 101 || left + width < -1) return null
        if (line.kind === 'logs') {
          const loud = row.note === 'warn' || row.note === 'error' || row.note === 'fatal'
          return (
            <i
              key={row.id}
              class={`tick ${loud ? `w ${row.note === 'warn' ? 'f-warn' : 'f-err'}` : 'f-log'}`}
              style={{ left: percent(left) }}
            />
          )
        }
        const kind = line.parent || line.kind === 'small' ? ' par' : line.kind === 'run' ? ' many' : ''
        return (
          <i
            key={row.id}
            class={`f-${row.status === 'error' ? 'err' : toHue(row.type)}${kind}`}
            style={{ left: percent(left), width: `${Math.min(width, 110).toFixed(3)}%` }}
          />
        )
      })}
      {label()}
    </span>
  )
}
