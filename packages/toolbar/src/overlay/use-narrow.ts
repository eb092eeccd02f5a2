import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** Whether a bar would lie over the whole width of the page, and so over whatever sticks to its end. */
export function useNarrow(): Signal<boolean> {
  const narrow = useSignal(false)
  useEffect(() => {
    const query = window.matchMedia('(max-width: 480px)')
    const read = (): void => {
      narrow.value = query.matches
    }
    read()
    query.addEventListener('change', read)
    return () => query.removeEventListener('change', read)
  }, [narrow])
  return narrow
}
