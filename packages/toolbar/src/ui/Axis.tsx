import type { Hue } from './categories.ts'

export interface Mark {
  startMs: number
  durationMs: number | null
}

/** Bars on the axis of the request, never on a scale of their own row. `null` runs on to the end. */
export function Axis({ marks, totalMs, hue, faint }: { marks: readonly Mark[]; totalMs: number; hue: Hue; faint?: boolean }) {
  const total = totalMs || 1
  const share = (ms: number) => `${Math.min(100, (ms / total) * 100).toFixed(3)}%`
  return (
    <span class="axis">
      {marks.map(({ startMs, durationMs }, index) => (
        <i
          key={index}
          class={`f-${hue}${marks.length > 1 ? ' many' : ''}${faint ? ' faint' : ''}`}
          style={{ left: share(startMs), width: share(durationMs ?? Math.max(0, total - startMs)) }}
        />
      ))}
    </span>
  )
}
