import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { DrawerState } from './drawer-state.ts'

/** A menu over the drawer. It takes the focus, and closes when the focus leaves it. */
export function Layer({ state, class: className, role, label, children }: { state: DrawerState; class: string; role: 'dialog' | 'menu'; label: string; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.querySelector<HTMLElement>('input, [role^=menuitem]')?.focus({ preventScroll: true })
  }, [])
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
