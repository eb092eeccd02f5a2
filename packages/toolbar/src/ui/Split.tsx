import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { Icon } from './Icon.tsx'
import { allIcons } from './icons-more.ts'
import { usePanel } from './panel.ts'

const MIN = 25
const MAX = 60
const STEP = 2
const clamp = (percent: number): number => Math.round(Math.max(MIN, Math.min(MAX, percent)))

/** A list with its details beside it; the line between them can be dragged, moved with the arrow keys, and reset by a double click. */
export function Split({ children, detail }: { children: ComponentChildren; detail: ComponentChildren }) {
  const panel = usePanel()
  const body = useRef<HTMLDivElement>(null)
  const share = (): number => panel.split || clamp((488 / (body.current?.clientWidth || 1200)) * 100)
  const open = detail !== null && detail !== false && detail !== undefined
  const onPointerDown = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    const line = event.currentTarget
    line.setPointerCapture(event.pointerId)
    const onMove = (move: PointerEvent) => {
      const box = body.current?.getBoundingClientRect()
      if (box) panel.setSplit(clamp(((box.right - move.clientX) / box.width) * 100))
    }
    const onEnd = () => {
      line.removeEventListener('pointermove', onMove)
      line.removeEventListener('lostpointercapture', onEnd)
    }
    line.addEventListener('pointermove', onMove)
    line.addEventListener('lostpointercapture', onEnd)
  }
  return (
    <div class={`pbody${open ? ' has-detail' : ''}`} ref={body}>
      <div class="pcol">{children}</div>
      {open && (
        <>
          <div
            class="split"
            role="separator"
            aria-orientation="vertical"
            aria-label="Resize details"
            aria-valuenow={share()}
            aria-valuemin={MIN}
            aria-valuemax={MAX}
            tabIndex={0}
            onPointerDown={onPointerDown}
            onDblClick={() => panel.setSplit(0)}
            onKeyDown={(event) => {
              const step = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key]
              if (!step) return
              event.preventDefault()
              event.stopPropagation()
              panel.setSplit(clamp(share() + step))
            }}
          />
          <div class="detail-box" style={panel.split ? { width: `${panel.split}%` } : undefined}>
            {detail}
          </div>
        </>
      )}
    </div>
  )
}

export interface DetailTab {
  id: string
  label: string
  content(): ComponentChildren
}

/** The details of one row: a head with steps and a close button, tabs where there is more than one, and the body. */
export function Detail({
  label,
  head,
  tabs,
  tab,
  onTab,
  onStep,
}: {
  label: string
  head: ComponentChildren
  tabs: readonly DetailTab[]
  tab?: string
  onTab?(id: string): void
  onStep?(direction: 1 | -1): void
}) {
  const panel = usePanel()
  const current = tabs.find(({ id }) => id === tab) ?? tabs[0]
  const onTabKey = (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const next = step && current ? tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length] : undefined
    if (!next) return
    event.preventDefault()
    event.stopPropagation()
    onTab?.(next.id)
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[tabs.indexOf(next)]?.focus()
  }
  return (
    <section class="detail" aria-label={label}>
      <div class="dh">
        {head}
        <span class="sp" />
        {onStep && (
          <>
            <button type="button" class="ib sm" aria-label="Previous" onClick={() => onStep(-1)}>
              <Icon path={allIcons.left} small />
            </button>
            <button type="button" class="ib sm" aria-label="Next" onClick={() => onStep(1)}>
              <Icon path={allIcons.right} small />
            </button>
          </>
        )}
        <button type="button" class="ib sm" aria-label="Close details" onClick={() => panel.select(null)}>
          <Icon path={allIcons.close} small />
        </button>
      </div>
      {tabs.length > 1 && (
        <div class="tabs" role="tablist" aria-label={label} onKeyDown={onTabKey}>
          {tabs.map(({ id, label: text }) => (
            <button
              key={id}
              type="button"
              role="tab"
              id={`detail-tab-${id}`}
              aria-controls="detail-body"
              aria-selected={id === current?.id}
              tabIndex={id === current?.id ? 0 : -1}
              onClick={() => onTab?.(id)}
            >
              {text}
            </button>
          ))}
        </div>
      )}
      {tabs.length > 1 ? (
        <div class="dbody scroll" role="tabpanel" id="detail-body" aria-labelledby={`detail-tab-${current?.id}`} tabIndex={0}>
          {current?.content()}
        </div>
      ) : (
        <div class="dbody scroll" role="region" aria-label={`${label}, content`} tabIndex={0}>
          {current?.content()}
        </div>
      )}
    </section>
  )
}
