import type { Spine } from '../contract/types.ts'
import { spineParts } from './categories.ts'
import { formatMs } from './format.ts'

/** Where the time went: one thin bar. Named when it stands alone, else hidden from assistive technology. */
export function SpineBar({
  spine,
  named,
  running,
  class: className,
}: {
  spine: Spine
  named?: boolean
  running?: boolean
  class?: string
}) {
  const parts = spineParts.filter(({ key }) => spine[key] > 0)
  const label = parts.map(({ key, label }) => `${label} ${formatMs(spine[key])}`).join(', ') || 'No time yet'
  return (
    <span class={`spine ${className ?? ''}`} {...(named ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' as const })}>
      {parts.map(({ key, hue }) => (
        <i key={key} class={running && key === 'app' ? 'f-log' : `f-${hue}`} style={{ flexGrow: String(spine[key]) }} />
      ))}
    </span>
  )
}
