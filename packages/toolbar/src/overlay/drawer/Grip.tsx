import type { Model } from '../model.ts'

const STEP_PX = 16
const PAGE_LEFT_PX = 24
const MIN = { bottom: 200, right: 360 }

/** The edge of the drawer: drag it, or move it with the arrow keys. */
export function Grip({ model, dock }: { model: Model; dock: 'bottom' | 'right' }) {
  const bottom = dock === 'bottom'
  const { height, width } = model.preferences.value.value
  const max = bottom ? window.innerHeight - PAGE_LEFT_PX : window.innerWidth
  const now = bottom ? height || Math.round(window.innerHeight * 0.6) : width || 720
  const resize = (size: number): void => {
    const clamped = Math.round(Math.max(MIN[dock], Math.min(max, size)))
    model.preferences.set(bottom ? { height: clamped } : { width: clamped })
  }
  const onPointerDown = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    const grip = event.currentTarget
    grip.setPointerCapture(event.pointerId)
    const onMove = (move: PointerEvent) => resize(bottom ? window.innerHeight - move.clientY : window.innerWidth - move.clientX)
    const onEnd = () => {
      grip.removeEventListener('pointermove', onMove)
      grip.removeEventListener('lostpointercapture', onEnd)
    }
    grip.addEventListener('pointermove', onMove)
    grip.addEventListener('lostpointercapture', onEnd)
  }
  return (
    <div
      class="grip"
      role="separator"
      aria-orientation={bottom ? 'horizontal' : 'vertical'}
      aria-label="Resize the toolbar"
      aria-valuenow={Math.round((now / max) * 100)}
      aria-valuemin={Math.min(100, Math.round((MIN[dock] / max) * 100))}
      aria-valuemax={100}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onDblClick={() => model.preferences.set(bottom ? { height: 0 } : { width: 0 })}
      onKeyDown={(event) => {
        const step = { ArrowUp: 1, ArrowLeft: 1, ArrowDown: -1, ArrowRight: -1 }[event.key]
        if (!step) return
        event.preventDefault()
        event.stopPropagation()
        resize(now + step * STEP_PX)
      }}
    />
  )
}
