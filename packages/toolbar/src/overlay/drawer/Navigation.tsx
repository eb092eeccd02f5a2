import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Tone } from '../../contract/types.ts'
import { countFindings } from '../../ui/figures.tsx'
import { formatCount } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import type { Model } from '../model.ts'
import { toNavigation } from './panels.ts'
import { hasView, loadView } from './views.ts'

/** The panel in sight: the chosen one, or the timeline where that one cannot be drawn. */
export const toShownPanel = (chosen: string): string => (hasView(chosen) ? chosen : 'timeline')

/** Panels, each with its figure; the icon's hue makes it the legend too. */
export function Navigation({ model, prefetch }: { model: Model; prefetch(panel: string): void }) {
  const list = useRef<HTMLDivElement>(null)
  const groups = toNavigation(model.config.value)
  const tabs = groups.flat()
  const shown = toShownPanel(model.preferences.value.value.panel)
  const summaries = new Map((model.history.details.value.get(model.currentId.value ?? '')?.panels ?? []).map((panel) => [panel.id, panel]))
  const known = model.findingsOf(model.currentId.value)
  const found = model.current.value && known !== null ? countFindings(model.current.value, known) : null
  useLayoutEffect(() => {
    const element = list.current
    const selected = element?.querySelector<HTMLElement>('[aria-selected=true]')
    if (element && selected && element.scrollWidth > element.clientWidth) element.scrollLeft = Math.max(0, selected.offsetLeft - 100)
  }, [shown])
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ id }) => id === shown)
    const target = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const tab = tabs[(target + tabs.length) % tabs.length]
    if (!tab) return
    model.preferences.set({ panel: tab.id })
    list.current?.querySelector<HTMLElement>(`#tab-${tab.id}`)?.focus()
  }
  const figure = (id: string): string => {
    if (id === 'history')
      return model.history.list.value.length > 0 ? String(model.history.counts.value?.stored ?? model.history.list.value.length) : '0'
    if (id === 'findings' && found !== null) return formatCount(found.error + found.warning + found.info)
    return summaries.get(id)?.summary ?? ''
  }
  const toneOf = (id: string): Tone | undefined => {
    if (id !== 'findings' || found === null) return summaries.get(id)?.tone
    return found.error > 0 ? 'error' : found.warning > 0 ? 'warn' : 'none'
  }
  return (
    <div class="nav scroll" role="tablist" aria-label="Panels" aria-orientation="vertical" ref={list} onKeyDown={onKeyDown}>
      {groups.map((group, index) => [
        index > 0 && <span key={`gap-${index}`} class="gap" role="presentation" />,
        ...group.map(({ id, title, icon, hue }) => {
          const tone = toneOf(id)
          const text = figure(id)
          return (
            <button
              key={id}
              type="button"
              role="tab"
              id={`tab-${id}`}
              aria-controls="panel"
              aria-selected={id === shown}
              tabIndex={id === shown ? 0 : -1}
              title={title}
              onPointerEnter={() => {
                void loadView(id)
                if (id !== shown && summaries.has(id)) prefetch(id)
              }}
              onClick={() => model.preferences.set({ panel: id })}
            >
              <span class={tone === 'error' && hue === '' ? 'c-err' : hue}>
                <Icon path={allIcons[icon]} />
              </span>
              {(tone === 'warn' || tone === 'error') && <i class={`dot ${tone}`} />}
              <span class="lb">{title}</span>
              <span class={`fg${tone === 'warn' ? ' c-warn' : tone === 'error' ? ' c-err' : ''}`}>
                <bdi>{text}</bdi>
              </span>
            </button>
          )
        }),
      ])}
    </div>
  )
}
