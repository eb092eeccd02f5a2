import { Ms, StatusChip } from '../../ui/figures.tsx'
import { formatClock, formatCount, formatPlural } from '../../ui/format.ts'
import { Icon, Logo } from '../../ui/Icon.tsx'
import { icons } from '../../ui/icons.ts'
import { allIcons } from '../../ui/icons-more.ts'
import { SpineBar } from '../../ui/SpineBar.tsx'
import type { Model } from '../model.ts'
import { type DrawerState, type Menu, toPageAddress } from './drawer-state.ts'

const themes = { auto: 'light', light: 'dark', dark: 'auto' } as const

/** Which request is shown, how to reach others, and how the drawer looks. */
export function Header({ model, state, dock }: { model: Model; state: DrawerState; dock: 'bottom' | 'right' | 'page' }) {
  const request = model.current.value
  const theme = model.preferences.value.value.theme ?? model.config.value?.theme ?? 'auto'
  const older = model.history.list.value.length > 0 ? model.step(1) : null
  const newer = model.history.list.value.length > 0 ? model.step(-1) : null
  const pages = model.newer.value
  const faults = model.faults.value
  const toggle = (menu: Menu) => () => {
    state.menu.value = state.menu.peek() === menu ? null : menu
  }
  return (
    <>
      <div class="hd">
        <span class="logo">
          <Logo />
          <span class="wide">debug-toolbar</span>
        </span>
        <button
          type="button"
          class="switch"
          data-menu="requests"
          aria-haspopup="dialog"
          aria-expanded={state.menu.value === 'requests'}
          onClick={toggle('requests')}
        >
          <span class="sr">Switch request, now </span>
          {request?.kind === 'outside' ? (
            <>
              <span class="b nw">Outside of requests</span>
              <span class="m3 path trunc">{formatPlural(request.counts.sql ?? 0, 'query', 'queries')}</span>
            </>
          ) : request ? (
            <>
              <StatusChip request={request} />
              <span class="meth">{request.method}</span>
              <bdi class="path trunc">{request.url}</bdi>
              <span class="b nw">
                <Ms value={request.durationMs} />
              </span>
              <span class="wide m3 nw">{formatPlural(request.counts.sql ?? 0, 'query', 'queries')}</span>
              <span class="wide m3 nw">{formatClock(request.startedAt)}</span>
            </>
          ) : (
            <span class="path trunc m3">{model.currentId.value === null ? 'No request yet' : 'No longer stored'}</span>
          )}
          <Icon path={allIcons.down} small />
        </button>
        <button
          type="button"
          class="ib mid"
          aria-label="Older request"
          title="Older request  ["
          disabled={!older}
          onClick={() => older && model.select(older.id)}
        >
          <Icon path={allIcons.left} />
        </button>
        <button
          type="button"
          class="ib mid"
          aria-label="Newer request"
          title="Newer request  ]"
          disabled={!newer}
          onClick={() => newer && model.select(newer.id)}
        >
          <Icon path={allIcons.right} />
        </button>
        <button
          type="button"
          class={`live mid${model.connection.value === 'lost' ? ' dim' : ''}`}
          aria-pressed={model.live.value}
          title="Follow the newest page"
          onClick={() => model.setLive(!model.live.peek() || pages > 0)}
        >
          <i />
          <span class="lb">Live</span>
          {pages > 0 && <span class="chip">{formatCount(pages)} newer</span>}
        </button>
        <span class="sp" />
        {faults.failures > 0 && (
          <button
            type="button"
            class="btn ghost sm flt"
            data-menu="faults"
            aria-haspopup="dialog"
            aria-expanded={state.menu.value === 'faults'}
            title="Failures inside of the toolbar; the app is not affected"
            onClick={toggle('faults')}
          >
            <Icon path={icons.warn} small />
            {faults.off.length > 0 ? `${faults.off.join(', ')} off` : formatPlural(faults.failures, 'fault')}
          </button>
        )}
        <button
          type="button"
          class="btn ghost sm mid"
          data-menu="palette"
          aria-haspopup="dialog"
          aria-expanded={state.menu.value === 'palette'}
          onClick={toggle('palette')}
        >
          <Icon path={allIcons.search} small />
          <span class="wide">Search and commands</span>
          <span class="sr narrow">Search and commands</span> <kbd class="wide">Ctrl K</kbd>
        </button>
        <span class="sep mid" />
        <button
          type="button"
          class="ib mid"
          aria-label={`Theme: ${theme === 'auto' ? 'system' : theme}`}
          title={`Theme: ${theme === 'auto' ? 'system' : theme}`}
          onClick={() => {
            model.preferences.set({ theme: themes[theme] })
            state.say(`Theme: ${themes[theme] === 'auto' ? 'system' : themes[theme]}`)
          }}
        >
          <Icon path={allIcons.theme} />
        </button>
        {dock !== 'page' && (
          <>
            <button
              type="button"
              class="ib mid"
              data-menu="dock"
              aria-label="Dock"
              title="Dock"
              aria-haspopup="menu"
              aria-expanded={state.menu.value === 'dock'}
              onClick={toggle('dock')}
            >
              <Icon path={dock === 'right' ? allIcons.dockRight : allIcons.dockBottom} />
            </button>
            <a
              class="ib mid"
              href={toPageAddress(model.config.value, model)}
              target="_blank"
              rel="noopener"
              aria-label="Open as a full page"
              title="Open as a full page"
            >
              <Icon path={allIcons.popOut} />
            </a>
            <button type="button" class="ib" aria-label="Close" title="Close  Esc" onClick={() => model.close()}>
              <Icon path={allIcons.close} />
            </button>
          </>
        )}
      </div>
      {request?.kind === 'http' ? (
        <SpineBar spine={request.spine} named class="hsp" running={request.state === 'running'} />
      ) : (
        <span class="spine hsp" aria-hidden="true" />
      )}
    </>
  )
}
