import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { formatPlural } from '../../ui/format.ts'
import type { Model } from '../model.ts'

const QUIET_MS = 5000

/** Says politely, at most every five seconds, how many requests came in. */
export function Announcer({ model }: { model: Model }) {
  const text = useSignal('')
  const seen = useRef(model.history.list.peek()[0]?.seq ?? 0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useSignalEffect(() => {
    const newest = model.history.list.value[0]?.seq ?? 0
    if (seen.current === 0) seen.current = newest
    if (newest <= seen.current || timer.current !== undefined) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      const list = model.history.list.peek()
      text.value = formatPlural(list.filter(({ seq }) => seq > seen.current).length, 'new request')
      seen.current = list[0]?.seq ?? 0
    }, QUIET_MS)
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <div class="sr" role="status">
      {text.value}
    </div>
  )
}
