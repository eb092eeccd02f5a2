import type { ComponentChildren } from 'preact'
import { defineView } from '../../ui/panel.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import type { Model } from '../model.ts'
import { type BarDock, barDocks } from '../preferences.ts'

const editors = [
  ['', 'As the server says'],
  ['vscode://file/{file}:{line}:{column}', 'VS Code'],
  ['cursor://file/{file}:{line}:{column}', 'Cursor'],
  ['webstorm://open?file={file}&line={line}&column={column}', 'WebStorm'],
  ['zed://file/{file}:{line}:{column}', 'Zed'],
] as const

const keys: [key: string, action: string][] = [
  ['Ctrl `', 'open, close'],
  ['↑ ↓', 'panel or row'],
  ['← →', 'fold, unfold'],
  ['Enter', 'open the row'],
  ['/', 'filter'],
  ['Ctrl K', 'search and commands'],
  ['[ ]', 'older, newer request'],
  ['G', 'group'],
  ['O', 'open code'],
  ['Y', 'copy'],
  ['0', 'reset zoom'],
  ['?', 'all keys'],
  ['Esc', 'close one layer'],
]

const dockNames: Record<BarDock, string> = { b: 'Bottom', t: 'Top', l: 'Left', r: 'Right', bl: '↙', br: '↘', tl: '↖', tr: '↗' }
const dockLabels: Partial<Record<BarDock, string>> = { bl: 'Bottom left', br: 'Bottom right', tl: 'Top left', tr: 'Top right' }

function Line({ title, note, children }: { title: string; note?: string; children: ComponentChildren }) {
  return (
    <div class="ln2">
      <div>
        <span class="b">{title}</span>
        {note && <p>{note}</p>}
      </div>
      {children}
    </div>
  )
}

/** How the toolbar looks and behaves in this browser. What is recorded is the server's choice. */
function Settings({ data }: { data: unknown }) {
  const { preferences, config, standalone } = data as Model
  const now = preferences.value.value
  const server = config.value
  return (
    <section class="pbody scroll" aria-label="Settings" tabIndex={0}>
      <div class="pad set">
        <Line title="Theme">
          <Segmented
            label="Theme"
            value={now.theme ?? server?.theme ?? 'auto'}
            options={[
              ['auto', 'System'],
              ['light', 'Light'],
              ['dark', 'Dark'],
            ]}
            onChange={(theme) => preferences.set({ theme })}
          />
        </Line>
        {!standalone && (
          <Line title="Drawer">
            <Segmented
              label="Drawer"
              value={now.dock ?? server?.position ?? 'bottom'}
              options={[
                ['bottom', 'Bottom'],
                ['right', 'Right'],
              ]}
              onChange={(dock) => preferences.set({ dock })}
            />
          </Line>
        )}
        <Line title="Bar position">
          <Segmented
            label="Bar position"
            value={now.barDock}
            options={barDocks.map((dock) => [
              dock,
              dockLabels[dock] ? (
                <>
                  <span aria-hidden="true">{dockNames[dock]}</span>
                  <span class="sr">{dockLabels[dock]}</span>
                </>
              ) : (
                dockNames[dock]
              ),
            ])}
            onChange={(barDock) => preferences.set({ barDock })}
          />
        </Line>
        <Line title="Bar shape">
          <Segmented
            label="Bar shape"
            value={now.barShape}
            options={[
              ['bar', 'Bar'],
              ['pill', 'Pill'],
            ]}
            onChange={(barShape) => preferences.set({ barShape })}
          />
        </Line>
        <Line title="Step aside" note="At the end of a scrolling page">
          <Segmented
            label="Step aside"
            value={String(now.stepAside)}
            options={[
              ['true', 'Shrink to the pill'],
              ['false', 'Stay'],
            ]}
            onChange={(aside) => preferences.set({ stepAside: aside === 'true' })}
          />
        </Line>
        <Line title="Editor" note="Opens by its URL scheme; the server starts nothing">
          <Segmented
            label="Editor"
            value={now.editor ?? ''}
            options={editors}
            onChange={(editor) => preferences.set({ editor: editor === '' ? null : editor })}
          />
        </Line>
        <Line title="Keyboard" note="While the toolbar has the focus; Ctrl ` anywhere">
          <div class="keys">
            {keys.map(([key, action]) => (
              <span key={key}>
                <kbd>{key}</kbd> <span class="m2">{action}</span>
              </span>
            ))}
          </div>
        </Line>
        <Line title="Watched" note="By the server">
          <div class="keys">
            {Object.entries(server?.watched ?? {}).map(([source, names]) => (
              <span key={source}>
                {source} <bdi class="m2">{names.join(', ')}</bdi>
              </span>
            ))}
          </div>
        </Line>
        {server && (
          <Line title="Version">
            <span class="mono">{server.version}</span>
          </Line>
        )}
        {preferences.problem.value !== null && (
          <p class="ferr" role="status">
            The browser does not let this page store anything ({preferences.problem.value}): choices last until the page is left.
          </p>
        )}
      </div>
    </section>
  )
}

export const view = defineView<unknown>({ View: Settings, data: false })
