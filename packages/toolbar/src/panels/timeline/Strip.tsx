import { useMemo, useRef } from 'preact/hooks'
import { type Hue, toHue } from '../../ui/categories.ts'
import { formatMs } from '../../ui/format.ts'
import type { TimelinePanelData } from './data.ts'
import { readPage } from './view-page-load.ts'
import type { Window } from './view-rows.ts'

interface Block {
  startMs: number
  durationMs: number
  hue: Hue
}

const LANE_PX = 12
/** marks closer than this would write over each other */
const LABEL_SHARE = 0.09
const SHORTEST_MS = 0.05

/** The whole load on one line each: what the server did, and of its own page what the browser did afterwards. Drag on it to zoom. */
export function Strip({
  data,
  ofPage,
  window,
  onWindow,
}: {
  data: TimelinePanelData
  ofPage: boolean
  window: Window
  onWindow(window: Window): void
}) {
  const plot = useRef<HTMLDivElement>(null)
  const page = useMemo(() => (ofPage ? readPage() : null), [ofPage])
  const end = Math.max(data.requestMs, page?.endMs ?? 0) * 1.03 || 1
  const share = (ms: number) => `${Math.max(0, Math.min(100, (ms / end) * 100)).toFixed(2)}%`
  const lanes = useMemo((): [string, Block[]][] => {
    const inside = new Set(data.rows.map(({ parentId }) => parentId))
    const server = data.rows
      .filter(({ id, type }) => type !== 'log' && !inside.has(id))
      .slice(0, 400)
      .map(
        ({ startMs, durationMs, type }): Block => ({
          startMs,
          durationMs: durationMs ?? Math.max(0, data.requestMs - startMs),
          hue: toHue(type),
        }),
      )
    const whole: Block = { startMs: 0, durationMs: data.requestMs, hue: 'app' }
    return [['Server', [whole, ...server]], ...(page?.lanes ?? [])]
  }, [data, page])
  const onPointerDown = (event: PointerEvent): void => {
    const element = plot.current
    if (!element || event.button !== 0) return
    const box = element.getBoundingClientRect()
    const at = (x: number) => Math.max(0, Math.min(end, ((x - box.left) / box.width) * end))
    const start = at(event.clientX)
    element.setPointerCapture(event.pointerId)
    const onMove = (move: PointerEvent) => {
      const now = at(move.clientX)
      if (Math.abs(now - start) > SHORTEST_MS) onWindow({ from: Math.min(start, now), to: Math.max(start, now) })
    }
    const onEnd = () => {
      element.removeEventListener('pointermove', onMove)
      element.removeEventListener('lostpointercapture', onEnd)
    }
    element.addEventListener('pointermove', onMove)
    element.addEventListener('lostpointercapture', onEnd)
  }
  const marks = (page?.marks ?? []).toSorted((a, b) => a.ms - b.ms)
  const sentence = `Whole load, 0 to ${formatMs(end)}: server ${formatMs(data.requestMs)}${marks.map(({ name, ms }) => `, ${name} ${formatMs(ms)}`).join('')}`
  return (
    <div class="mini" role="img" aria-label={sentence} style={{ height: `${20 + lanes.length * LANE_PX}px` }}>
      {lanes.map(([name], index) => (
        <span key={name} class="lane" style={{ top: `${16 + index * LANE_PX}px` }}>
          {name}
        </span>
      ))}
      <div class="plot" ref={plot} onPointerDown={onPointerDown}>
        {lanes.map(([name, blocks], lane) =>
          blocks.map(({ startMs, durationMs, hue }, index) => (
            <i
              key={`${name} ${index}`}
              class={`f-${hue}${hue === 'web' ? ' faint' : ''}`}
              style={{ left: share(startMs), width: share(durationMs), top: `${18 + lane * LANE_PX}px` }}
            />
          )),
        )}
        {marks.map(({ name, ms }, index) => {
          const before = marks[index - 1]
          const flip = ms / end > 1 - LABEL_SHARE
          // a label that was turned to the left needs its own room and that of the one before
          const room = !before || (ms - before.ms) / end > LABEL_SHARE * (flip ? 2 : 1)
          return (
            <span key={name} class={`mk mk-${name}${flip ? ' flip' : ''}`} style={{ left: share(ms) }}>
              {room && (
                <span>
                  {name} <span class="v">{formatMs(ms)}</span>
                </span>
              )}
            </span>
          )
        })}
        <span class="brush" style={{ left: share(window.from), width: share(window.to - window.from) }} />
      </div>
    </div>
  )
}
