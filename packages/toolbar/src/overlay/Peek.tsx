import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../ui/Icon.tsx'
import { icons } from '../ui/icons.ts'
import type { BarItem } from './bar-items.tsx'

const DELAY_MS = 350
const WIDTH = 300

/** Which item's card is shown: after a moment over it, gone at once. */
export function usePeek() {
  const shown = useSignal<{ id: string; rect: DOMRect } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const leave = (): void => {
    clearTimeout(timer.current)
    shown.value = null
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  return {
    shown,
    leave,
    enter: (id: string, element: HTMLElement): void => {
      clearTimeout(timer.current)
      timer.current = setTimeout(() => {
        shown.value = { id, rect: element.getBoundingClientRect() }
      }, DELAY_MS)
    },
  }
}

/** On the free side of the item, inside the window. */
function toPlace(anchor: DOMRect): Record<string, string> {
  const { innerWidth, innerHeight } = window
  const vertical = anchor.width < 60 && (anchor.left < 60 || anchor.right > innerWidth - 60) && anchor.height >= 38
  if (vertical) {
    const side: Record<string, string> = anchor.left < innerWidth / 2 ? { left: `${anchor.right + 12}px` } : { right: `${innerWidth - anchor.left + 12}px` }
    return { ...side, top: `${Math.max(8, Math.min(anchor.top - 8, innerHeight - 220))}px` }
  }
  const left = Math.max(8, Math.min(anchor.left + anchor.width / 2 - WIDTH / 2, innerWidth - WIDTH - 8))
  return anchor.top > innerHeight / 2
    ? { left: `${left}px`, bottom: `${innerHeight - anchor.top + 8}px` }
    : { left: `${left}px`, top: `${anchor.bottom + 8}px` }
}

/** Four lines about a figure, and the worst that was found about it. */
export function Peek({ item, anchor }: { item: BarItem; anchor: DOMRect }) {
  const { title, note, lines, findings } = item.peek
  const worst = findings.find(({ severity }) => severity === 'error') ?? findings.find(({ severity }) => severity === 'warning') ?? findings[0]
  return (
    <div class="peek" id="peek" role="tooltip" style={toPlace(anchor)}>
      <p class="peek-head">
        {title}
        <span class="m3">{note}</span>
      </p>
      <dl>
        {lines.slice(0, 4).map(([label, value]) => (
          <>
            <dt>
              <bdi>{label}</bdi>
            </dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </>
        ))}
      </dl>
      {worst && (
        <p class="note">
          <Icon path={icons.warn} />
          <span>
            <span class="b">{worst.title}</span>
            {worst.site && (
              <>
                <br />
                <bdi>
                  {worst.site.file.split('/').slice(-2).join('/')}:{worst.site.line}
                </bdi>
              </>
            )}
          </span>
        </p>
      )}
      <p class="hint">Click to open the panel</p>
    </div>
  )
}
