import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { DrawerState } from './drawer-state.ts'

/** A menu over the drawer. It takes the focus, and closes when the focus leaves it. */
export function Layer({
  state,
  class: className,
  role,
  label,
  children,
}: {
  state: DrawerState
  class: string
  role: 'dialog' | 'menu'
  label: string
  children: ComponentChildren
}) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = box.current
    const opener = state.menu.peek()
    const root = element?.getRootNode() as ShadowRoot
    ;(element?.querySelector<HTMLElement>('input, [role^=menuitem]') ?? element)?.focus({ preventScroll: true })
    return () => {
      // what had the focus is about to go: it returns to what opened the menu, unless somebody takes it
      if (!element?.contains(root.activeElement)) return
      requestAnimationFrame(() => {
        if (root.activeElement === null) root.querySelector<HTMLElement>(`[data-menu=${opener}]`)?.focus({ preventScroll: true })
      })
    }
  }, [state])
  return (
    <div
      ref={box}
      class={`menu ${className}`}
      role={role}
      aria-label={label}
      tabIndex={-1}
      onFocusOut={(event) => {
        const to = event.relatedTarget as HTMLElement | null
        // a press on the button that opened it closes it there; no target means the window lost the focus
        if (to === null || box.current?.contains(to) || to.dataset.menu === state.menu.peek()) return
        state.menu.value = null
      }}
    >
      {children}
    </div>
  )
}
