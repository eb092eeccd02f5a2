import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { PeekProps } from './Peek.tsx'

const DELAY_MS = 350

/** Which item's card is shown: after a moment over it, gone at once. The card itself arrives with the first need of it. */
export function usePeek(adopt: (css: string) => void) {
  const shown = useSignal<{ id: string; anchor: DOMRect; Peek: ComponentType<PeekProps> } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const leave = (): void => {
    clearTimeout(timer.current)
    timer.current = undefined
    shown.value = null
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  return {
    shown,
    leave,
    enter: (id: string, element: HTMLElement): void => {
      clearTimeout(timer.current)
      const load = import('./Peek.tsx')
      const own = setTimeout(() => {
        load.then(
          ({ Peek, peekCss }) => {
            adopt(peekCss)
            if (timer.current === own) shown.value = { id, anchor: element.getBoundingClientRect(), Peek }
          },
          () => {},
        )
      }, DELAY_MS)
      timer.current = own
    },
  }
}
