import type { Model } from '../model.ts'
import type { DrawerState } from './drawer-state.ts'
import { toShownPanel } from './Navigation.tsx'

/** Keys that work while the focus is in the toolbar; lists, tabs and inputs handle theirs before. Esc closes one layer at a time. */
export function createKeyHandler(model: Model, state: DrawerState, frame: () => HTMLElement | null): (event: KeyboardEvent) => void {
  const panel = () => toShownPanel(model.preferences.value.peek().panel)
  const focusBack = (selector: string): void => {
    const focus = () => frame()?.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true })
    // at once, so that the page does not hear the key's release; and again for what is drawn only after the layer is gone
    focus()
    requestAnimationFrame(focus)
  }
  const closeLayer = (): void => {
    const open = state.menu.peek()
    const reading = model.readingOf(panel())
    if (open) {
      focusBack(`[data-menu=${open}]`)
      state.menu.value = null
    } else if (reading.selected !== null) {
      focusBack(`.panel [data-key="${CSS.escape(reading.selected)}"]`)
      model.setReading(panel(), { selected: null })
    } else if (!model.standalone) model.close()
  }
  const choose = (direction: 1 | -1): void => {
    const request = model.step(direction)
    if (request) model.select(request.id)
  }
  const click = (selector: string): boolean => {
    const element = frame()?.querySelector<HTMLElement>(selector)
    element?.click()
    return Boolean(element)
  }
  const actions: Record<string, () => unknown> = {
    '/': () => frame()?.querySelector<HTMLElement>('.panel .filter input')?.focus(),
    '[': () => choose(1),
    ']': () => choose(-1),
    '?': () => model.preferences.set({ panel: 'preferences' }),
    g: () => click('.panel .groups [aria-pressed=false]'),
    o: () => click('.panel [data-key-o]') || click('.detail a.srcl, .detail a.src'),
    y: () => click('.panel [data-key-y]'),
  }
  return (event) => {
    if (event.isComposing || event.defaultPrevented) return
    if (event.key === 'Escape') {
      event.preventDefault()
      return closeLayer()
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      state.menu.value = state.menu.peek() === 'palette' ? null : 'palette'
      return
    }
    const typing = (event.target as HTMLElement).matches('input, textarea, select')
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return
    const action = actions[event.key]
    if (!action) return
    event.preventDefault()
    action()
  }
}
