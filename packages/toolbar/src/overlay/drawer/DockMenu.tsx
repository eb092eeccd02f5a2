import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import type { Model } from '../model.ts'
import { type DrawerState, toPageAddress } from './drawer-state.ts'
import { Layer } from './Layer.tsx'
import { SETTINGS } from './views.ts'

/** Where the drawer sits. */
export function DockMenu({ model, state, dock }: { model: Model; state: DrawerState; dock: string }) {
  const choose = (action: () => void) => () => {
    state.menu.value = null
    action()
  }
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^=menuitem]')]
    items[(items.indexOf(event.target as HTMLElement) + step + items.length) % items.length]?.focus()
  }
  return (
    <Layer state={state} class="dm" role="menu" label="Dock">
      <div role="presentation" onKeyDown={onKeyDown}>
        {(['bottom', 'right'] as const).map((side) => (
          <button
            key={side}
            type="button"
            class="row"
            role="menuitemradio"
            aria-checked={dock === side}
            onClick={choose(() => model.preferences.set({ dock: side }))}
          >
            <Icon path={side === 'right' ? allIcons.dockRight : allIcons.dockBottom} />
            {side === 'right' ? 'Right' : 'Bottom'}
            {dock === side && (
              <span class="fg">
                <Icon path={allIcons.check} small />
              </span>
            )}
          </button>
        ))}
        <a
          class="row"
          role="menuitem"
          href={toPageAddress(model.config.value, model)}
          target="_blank"
          rel="noopener"
          onClick={choose(() => {})}
        >
          <Icon path={allIcons.popOut} />
          Full page
        </a>
        <button type="button" class="row" role="menuitem" onClick={choose(() => model.preferences.set({ panel: SETTINGS }))}>
          <Icon path={allIcons.settings} />
          More in Settings
        </button>
      </div>
    </Layer>
  )
}
