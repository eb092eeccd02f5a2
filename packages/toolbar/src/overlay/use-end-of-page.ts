import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

const SCROLLS_PX = 40

/**
 * Whether the page is scrolled to its end, where a bar at the bottom would cover the last line.
 * A thin strip under the window is observed: nothing of the page below it means the end. No scroll listener.
 */
export function useEndOfPage(): Signal<boolean> {
  const atEnd = useSignal(false)
  useEffect(() => {
    const page = document.documentElement
    const observer = new IntersectionObserver(
      ([entry]) => {
        atEnd.value = entry !== undefined && !entry.isIntersecting && page.scrollHeight > window.innerHeight + SCROLLS_PX
      },
      { rootMargin: '-101% 0px 2% 0px' },
    )
    observer.observe(page)
    return () => observer.disconnect()
  }, [atEnd])
  return atEnd
}
