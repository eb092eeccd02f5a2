import { useEffect, useMemo, useRef } from 'preact/hooks'
import { uiStyles } from '../../ui/styles/index.ts'
import type { Host } from '../host.ts'
import type { Model } from '../model.ts'
import drawerCss from '../styles/drawer.css?inline'
import menusCss from '../styles/menus.css?inline'
import navCss from '../styles/nav.css?inline'
import { Announcer } from './Announcer.tsx'
import { DockMenu } from './DockMenu.tsx'
import { copyText, createDrawerState } from './drawer-state.ts'
import { FaultsMenu } from './FaultsMenu.tsx'
import { Grip } from './Grip.tsx'
import { Header } from './Header.tsx'
import { createKeyHandler } from './keyboard.ts'
import { Navigation } from './Navigation.tsx'
import { Palette } from './Palette.tsx'
import { PanelArea } from './PanelArea.tsx'
import { RequestMenu } from './RequestMenu.tsx'

export interface DrawerProps {
  model: Model
  host: Host
}

/** The open toolbar: header, navigation and one panel. */
export function Drawer({ model, host }: DrawerProps) {
  const state = useMemo(() => createDrawerState(model), [model])
  const frame = useRef<HTMLElement>(null)
  for (const css of [drawerCss, navCss, menusCss, ...uiStyles]) host.adopt(css)
  const { dock: chosen, height, width } = model.preferences.value.value
  const dock = model.standalone ? 'page' : (chosen ?? model.config.value?.position ?? 'bottom')
  useEffect(() => {
    if (model.refocus) frame.current?.querySelector<HTMLElement>('.nav [aria-selected=true]')?.focus({ preventScroll: true })
    model.refocus = false
  }, [model])
  useEffect(() => {
    void model.readOutside()
    return state.watchOutside()
  }, [model, state])
  const copy = async (text: string, what: string): Promise<void> => {
    const done = await copyText(text)
    state.say(done ? `Copied ${what}` : 'The browser did not allow copying')
  }
  const onKeyDown = useMemo(() => createKeyHandler(model, state, () => frame.current), [model, state])
  const size: Record<string, string> = {}
  if (height > 0) size['--dh'] = `${height}px`
  if (width > 0) size['--dw'] = `${width}px`
  return (
    <section class="drawer" ref={frame} aria-label="debug-toolbar" data-dock={dock} style={size} onKeyDown={onKeyDown}>
      {dock !== 'page' && <Grip model={model} dock={dock} />}
      <Header model={model} state={state} dock={dock} />
      <div class="main">
        <Navigation model={model} prefetch={state.prefetch} />
        <PanelArea model={model} state={state} host={host} copy={copy} />
      </div>
      {state.menu.value === 'requests' && <RequestMenu model={model} state={state} />}
      {state.menu.value === 'palette' && <Palette model={model} state={state} copy={copy} />}
      {state.menu.value === 'faults' && <FaultsMenu model={model} state={state} />}
      {state.menu.value === 'dock' && <DockMenu model={model} state={state} dock={dock} />}
      <Announcer model={model} />
      {state.toast.value !== null && (
        <div class="toast" role="status">
          {state.toast.value.text}
          {state.toast.value.undo && (
            <button type="button" onClick={state.toast.value.undo}>
              Undo
            </button>
          )}
        </div>
      )}
    </section>
  )
}
