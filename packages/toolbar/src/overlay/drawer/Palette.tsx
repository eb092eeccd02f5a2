import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { matches, parseFilter } from '../../contract/filter.ts'
import { formatMs } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import type { Model } from '../model.ts'
import { type DrawerState, toPageAddress } from './drawer-state.ts'
import { Layer } from './Layer.tsx'
import { toNavigation } from './panels.ts'

interface Command {
  id: string
  group: string
  icon: string
  text: string
  note: string
  run(): void
}

const REQUESTS = 8

/** `curl` for a request, without its secrets: method and address only. */
function toCurl(method: string, url: string): string {
  const quoted = `'${new URL(url, location.origin).href.replaceAll("'", "'\\''")}'`
  return method === 'GET' ? `curl ${quoted}` : `curl -X ${method} ${quoted}`
}

function toCommands(model: Model, state: DrawerState, copy: (text: string, what: string) => void): Command[] {
  const { preferences, current, history, config } = model
  const record = current.value
  const summaries = new Map((history.details.value.get(model.currentId.value ?? '')?.panels ?? []).map(({ id, summary }) => [id, summary]))
  const command = (id: string, icon: string, text: string, run: () => void, note = ''): Command => ({
    id,
    group: 'Commands',
    icon,
    text,
    note,
    run,
  })
  const panels = toNavigation(config.value)
    .flat()
    .map(
      ({ id, title, icon }): Command => ({
        id: `panel-${id}`,
        group: 'Panels',
        icon: allIcons[icon],
        text: title,
        note: summaries.get(id) ?? '',
        run: () => preferences.set({ panel: id }),
      }),
    )
  const commands = [
    command('theme-light', allIcons.theme, 'Light theme', () => preferences.set({ theme: 'light' })),
    command('theme-dark', allIcons.theme, 'Dark theme', () => preferences.set({ theme: 'dark' })),
    command('live', allIcons.history, model.live.value ? 'Stop following the newest page' : 'Follow the newest page', () =>
      model.setLive(!model.live.peek()),
    ),
    ...(record
      ? [command('curl', allIcons.copy, 'Copy request as cURL', () => copy(toCurl(record.method, record.url), 'the request as cURL'))]
      : []),
    command('clear', allIcons.trash, 'Clear the history', () => {
      model.client.clear().then(
        () => state.say('History cleared'),
        (error: Error) => state.say(error.message),
      )
    }),
    ...(model.standalone
      ? []
      : [
          command('right', allIcons.dockRight, 'Dock to the right', () => preferences.set({ dock: 'right' })),
          command('bottom', allIcons.dockBottom, 'Dock to the bottom', () => preferences.set({ dock: 'bottom' })),
          command('full', allIcons.popOut, 'Open as a full page', () =>
            window.open(toPageAddress(config.value, model), '_blank', 'noopener'),
          ),
          command('hide', allIcons.min, 'Hide until the next page', () => {
            model.hidden.value = true
            model.close()
          }),
        ]),
  ]
  const requests = history.list.value.map(
    (request): Command => ({
      id: `request-${request.id}`,
      group: 'Requests',
      icon: allIcons.request,
      text: `${request.status ?? request.state} ${request.method} ${request.url}`,
      note: formatMs(request.durationMs),
      run: () => model.select(request.id),
    }),
  )
  return [...panels, ...commands, ...requests]
}

/** Panels, commands and requests by their names. */
export function Palette({ model, state, copy }: { model: Model; state: DrawerState; copy(text: string, what: string): void }) {
  const text = useSignal('')
  const active = useSignal(0)
  const list = useRef<HTMLDivElement>(null)
  // names hold colons, so that here all is words
  const words = parseFilter(text.value.replaceAll(':', ' '))
  let requests = 0
  const found = toCommands(model, state, copy).filter(
    (item) => matches(words, { text: [item.text], fields: {} }) && (item.group !== 'Requests' || requests++ < REQUESTS),
  )
  const at = Math.min(active.value, found.length - 1)
  const run = (item: Command | undefined): void => {
    if (!item) return
    state.menu.value = null
    item.run()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      active.value = (at + step + found.length) % Math.max(1, found.length)
      list.current?.querySelector(`#cmd-${active.value}`)?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter') run(found[at])
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <Layer state={state} class="pal" role="dialog" label="Search and commands">
      <div class="mh">
        <label class="inp">
          <Icon path={allIcons.search} small />
          <input
            type="text"
            // biome-ignore lint/a11y/noRedundantRoles: there is no datalist, so the role is not implied
            role="combobox"
            list={undefined}
            aria-expanded="true"
            aria-controls="cmds"
            aria-activedescendant={found.length > 0 ? `cmd-${at}` : undefined}
            placeholder="Panel, request or command"
            aria-label="Search"
            spellcheck={false}
            autocomplete="off"
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value
              active.value = 0
            }}
            onKeyDown={onKeyDown}
          />
        </label>
      </div>
      <div class="scroll cmds" id="cmds" role="listbox" aria-label="Results" ref={list}>
        {found.length === 0 && <p class="none">Nothing is called that.</p>}
        {found.map((item, index) => [
          item.group !== found[index - 1]?.group && (
            <div key={item.group} class="lbl" role="presentation">
              {item.group}
            </div>
          ),
          <div
            key={item.id}
            id={`cmd-${index}`}
            class={`row${index === at ? ' on' : ''}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            onClick={() => run(item)}
          >
            <span class="m2">
              <Icon path={item.icon} />
            </span>
            <bdi class="trunc">{item.text}</bdi>
            <span class="fg">{item.note}</span>
          </div>,
        ])}
      </div>
    </Layer>
  )
}
