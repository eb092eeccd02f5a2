import type { BarDock } from './preferences.ts'

const docks: [BarDock, x: number, y: number][] = [
  ['tl', 0, 0],
  ['t', 0.5, 0],
  ['tr', 1, 0],
  ['l', 0, 0.5],
  ['r', 1, 0.5],
  ['bl', 0, 1],
  ['b', 0.5, 1],
  ['br', 1, 1],
]

/** The dock nearest to a point of the window, both as shares of its size. */
export function toNearestDock(x: number, y: number): BarDock {
  const distance = ([, dockX, dockY]: (typeof docks)[number]) => Math.hypot(dockX - x, dockY - y)
  return docks.reduce((best, dock) => (distance(dock) < distance(best) ? dock : best))[0]
}

/** Lets an element be dragged by its pointer; `dropped` hears where, in shares of the window. A press without a move stays a click. */
export function startDrag(event: PointerEvent, moved: (dragging: boolean) => void, dropped: (x: number, y: number) => void): void {
  if (event.button !== 0) return
  const grip = event.currentTarget as HTMLElement
  const { clientX, clientY, pointerId } = event
  let dragging = false
  grip.setPointerCapture(pointerId)
  const onMove = (move: PointerEvent): void => {
    if (dragging || Math.hypot(move.clientX - clientX, move.clientY - clientY) < 6) return
    dragging = true
    moved(true)
  }
  const onEnd = (end: PointerEvent): void => {
    grip.removeEventListener('pointermove', onMove)
    grip.removeEventListener('pointerup', onEnd)
    grip.removeEventListener('pointercancel', onEnd)
    if (!dragging) return
    moved(false)
    if (end.type === 'pointercancel') return
    // the click that follows belongs to the drag
    grip.addEventListener('click', (click) => click.stopImmediatePropagation(), { once: true, capture: true })
    dropped(end.clientX / window.innerWidth, end.clientY / window.innerHeight)
  }
  grip.addEventListener('pointermove', onMove)
  grip.addEventListener('pointerup', onEnd)
  grip.addEventListener('pointercancel', onEnd)
}
