import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Icon, Logo } from '../ui/Icon.tsx'
import { icons } from '../ui/icons.ts'
import { SpineBar } from '../ui/SpineBar.tsx'
import { startDrag, toNearestDock } from './bar-drag.ts'
import { type BarItem, toBarItems } from './bar-items.tsx'
import type { Host } from './host.ts'
import { loadDrawer } from './load-drawer.ts'
import type { Model } from './model.ts'
import { isOfPage } from './page-requests.ts'
import { useEndOfPage } from './use-end-of-page.ts'
import { useNarrow } from './use-narrow.ts'
import { usePeek } from './use-peek.ts'

function focusBack(to: Element | string | null, bar: HTMLElement | null): void {
  // a page where nothing had the focus gets it back as it was
  if (to === document.body) return
  const item = (id: string) => bar?.querySelector<HTMLElement>(`[data-id="${id}"]`)
  const target = typeof to === 'string' ? item(to) : to instanceof HTMLElement && to.isConnected ? to : null
  ;(target ?? item('logo'))?.focus({ preventScroll: true })
}

/** The collapsed toolbar: figures of the page's own request. */
export function Bar({ model, host }: { model: Model; host: Host }) {
  const bar = useRef<HTMLDivElement>(null)
  const dragging = useSignal(false)
  const active = useSignal('logo')
  const peek = usePeek(host.adopt)
  const atEnd = useEndOfPage()
  const { barDock, barShape, stepAside } = model.preferences.value.value
  const request = model.pageRecord.value ?? (model.history.failures.value.size > 0 ? model.current.value : null)
  const ofPage = useComputed(() => model.history.list.value.filter((other) => isOfPage(other, model.pageRecord.value, model.pageIds.value)))
  const findings = model.findingsOf(request?.id ?? null)
  const items = request ? toBarItems(request, ofPage.value, findings) : []
  const opened = model.opened.value
  const faults = model.faults.value
  useEffect(() => {
    // the drawer was closed: the focus goes back to what opened it
    if (model.refocus) focusBack(model.returnTo, bar.current)
    model.refocus = false
  }, [model])
  const vertical = barDock === 'l' || barDock === 'r'
  const narrow = useNarrow()
  const aside = stepAside && (atEnd.value || narrow.value) && barDock.startsWith('b')
  const shape = vertical ? 'bar' : aside ? 'pill' : barShape

  const openAt = (panel: string, from: string): void => {
    model.returnTo = from
    if (request) model.select(request.id)
    model.open(panel)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step && event.key !== 'Home' && event.key !== 'End') return
    event.preventDefault()
    const buttons = [...(bar.current?.querySelectorAll<HTMLElement>('.bi') ?? [])].filter((button) => button.getClientRects().length > 0)
    const at = buttons.indexOf(event.target as HTMLElement)
    const target = step ? buttons[at + step] : event.key === 'Home' ? buttons[0] : buttons.at(-1)
    if (!target) return
    active.value = target.dataset.id ?? 'logo'
    target.focus()
  }
  const button = (item: BarItem) => (
    <button
      key={item.id}
      type="button"
      class={`bi ${item.class}`}
      data-id={item.id}
      tabIndex={active.value === item.id ? 0 : -1}
      aria-describedby={peek.shown.value?.id === item.id ? 'peek' : undefined}
      onClick={() => {
        peek.leave()
        openAt(item.panel, item.id)
      }}
      onFocus={() => {
        active.value = item.id
      }}
      onPointerEnter={(event) => {
        void loadDrawer()
        peek.enter(item.id, event.currentTarget)
      }}
      onPointerLeave={peek.leave}
    >
      <span class="sr">{item.label} </span>
      {item.id === 'total' && vertical && (
        <span class="m">
          <Icon path={icons.time} small />
        </span>
      )}
      {item.icon}
      {item.figure !== null && <b class={vertical && item.warn ? 'c-warn' : ''}>{item.figure}</b>}
      {!vertical && item.more}
    </button>
  )
  // drawn once there is something to draw: a bar that grows would count as a layout shift of the page
  const waiting = request === null && model.connection.value !== 'lost' && model.history.failures.value.size === 0
  if (model.hidden.value || opened || waiting) return null
  const card = peek.shown.value
  return (
    <>
      <div
        ref={bar}
        class={`bar${dragging.value ? ' drag' : ''}`}
        role="toolbar"
        aria-label="debug-toolbar"
        aria-orientation={vertical ? 'vertical' : 'horizontal'}
        data-dock={barDock}
        data-shape={shape}
        onKeyDown={onKeyDown}
      >
        <button
          type="button"
          class="bi logo inpill"
          data-id="logo"
          tabIndex={active.value === 'logo' ? 0 : -1}
          aria-label="Open debug-toolbar"
          title="Open (Ctrl + `). Drag to move."
          onClick={() => openAt(model.preferences.value.peek().panel, 'logo')}
          onFocus={() => {
            active.value = 'logo'
          }}
          onPointerEnter={() => void loadDrawer()}
          onPointerDown={(event) =>
            startDrag(
              event,
              (value) => {
                dragging.value = value
              },
              (x, y) => model.preferences.set({ barDock: toNearestDock(x, y) }),
            )
          }
        >
          <Logo />
        </button>
        {items.map(button)}
        {!request && model.page.value !== null && model.history.failures.value.has(model.page.value) && (
          <span class="bi inpill m">no longer stored</span>
        )}
        {model.connection.value === 'lost' && (
          <span class="bi inpill lost" role="status">
            <Icon path={icons.off} small />
            <span class="x3 np">no connection</span>
            <span class="sr">Connection to the app lost</span>
          </span>
        )}
        {faults.off.length > 0 && (
          <span class="bi inpill lost" role="status">
            <Icon path={icons.warn} small />
            <span class="x3 np">{faults.off.join(', ')} off</span>
            <span class="sr">Switched off after failures of the toolbar: {faults.off.join(', ')}. Figures may be missing.</span>
          </span>
        )}
        {!vertical && (
          <button
            type="button"
            class="bi end inpill nosep"
            data-id="shape"
            tabIndex={active.value === 'shape' ? 0 : -1}
            aria-label={shape === 'pill' ? 'Grow to a bar' : 'Shrink to a pill'}
            title={shape === 'pill' ? 'Grow' : 'Shrink'}
            onFocus={() => {
              active.value = 'shape'
            }}
            onClick={() => {
              // growing what had stepped aside by itself means: stay
              if (aside) model.preferences.set({ barShape: 'bar', stepAside: false })
              else model.preferences.set({ barShape: barShape === 'pill' ? 'bar' : 'pill' })
            }}
          >
            <span class="m">
              <Icon path={shape === 'pill' ? icons.more : icons.min} small />
            </span>
          </button>
        )}
        {request && <SpineBar spine={request.spine} running={request.state === 'running'} />}
      </div>
      {card && request && (
        <card.Peek
          id={card.id}
          anchor={card.anchor}
          vertical={vertical}
          request={request}
          findings={findings ?? []}
          ofPage={ofPage.value}
        />
      )}
    </>
  )
}
