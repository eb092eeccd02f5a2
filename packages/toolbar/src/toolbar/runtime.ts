import { createRequire } from 'node:module'
import { Console } from '../console/console.ts'
import { PlanBook } from '../console/plan-book.ts'
import type { OverlayConfig } from '../contract/types.ts'
import { describe, problems, warnOnce } from '../core/diagnostics.ts'
import { forgetViews } from '../core/emit.ts'
import { forgetShapes } from '../core/entries/sql.ts'
import { resetHooks } from '../core/guard.ts'
import { type Undo, undoAllPatches } from '../core/patch.ts'
import { Recorder } from '../core/recorder.ts'
import { createRedactor } from '../core/redact.ts'
import { setIgnoredFiles } from '../core/sites.ts'
import { forgetStatements } from '../core/sql/statement.ts'
import { createApiRoutes } from '../http/api.ts'
import { createAssets } from '../http/assets.ts'
import { knownEditors } from '../http/editors.ts'
import { createGate } from '../http/gate.ts'
import { createIgnore } from '../http/ignore.ts'
import { createMiddleware, type FrameworkHooks, type Middleware } from '../http/middleware.ts'
import { createPageRoutes } from '../http/page.ts'
import { createReach } from '../http/reach.ts'
import type { Route } from '../http/routes.ts'
import { StreamHub } from '../http/stream.ts'
import { builtInPanels } from '../panels/index.ts'
import type { PanelContext } from '../panels/panel.ts'
import { builtInRules } from '../rules/index.ts'
import { createJudge } from '../rules/rule.ts'
import { forgetSources } from '../rules/source/parse.ts'
import { sources } from '../sources/index.ts'
import { quietSignals } from '../sources/quiet-signals.ts'
import { read } from '../sources/source.ts'
import { memoryStore } from '../stores/memory.ts'
import { checkPanels } from './check-panels.ts'
import { checkRules } from './check-rules.ts'
import type { Settings, ToolbarOptions } from './options.ts'
import { createWatcher } from './watch.ts'

/** One recorder serves the process, whichever copy of the package made it. */
export interface Runtime {
  version: string
  settings: Settings
  middleware: Middleware
  /** all that is served below the path; the tests of the gate walk through it */
  routes: readonly Route[]
  watch(instance: unknown, label: string | null): Undo
  /** handles not closed yet */
  handles: number
  release(): void
}

/** Makes the hooks of a web framework. `isOurs` knows our own middleware; `keep` takes the undo of each patch. */
export type MakeFramework = (isOurs: (handle: unknown) => boolean, keep: (undo: Undo) => void) => FrameworkHooks

/** on our middleware, whichever copy of the package made it: it is no span */
export const ownMark = Symbol.for('debug-toolbar.middleware')

const slot = Symbol.for('debug-toolbar.runtime')
type Global = { [slot]?: Runtime }

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

/** What is fixed for the process; a later call must agree or leave it out. */
const fixed = new Set<keyof ToolbarOptions>(['path', 'store', 'limits'])

/** Whether all that is said was said before. */
function agrees(later: unknown, running: unknown): boolean {
  if (typeof later !== 'object' || later === null || typeof running !== 'object' || running === null)
    return later === undefined || later === running
  return Object.entries(later).every(([name, value]) => agrees(value, (running as Record<string, unknown>)[name]))
}

/** The recorder that runs already, if any: what is fixed per process must be the same. */
export function joinRuntime(given: Readonly<Partial<ToolbarOptions>>): Runtime | null {
  const running = (globalThis as Global)[slot]
  if (running === undefined) return null
  if (running.version !== version) throw problems.otherVersion(running.version, version)
  for (const name of Object.keys(given) as (keyof ToolbarOptions)[]) {
    const later = given[name]
    if (name === 'watch' || name === 'enabled' || later === running.settings[name]) continue
    if (!fixed.has(name)) {
      warnOnce(`later ${name}`, `option '${name}' of a later debugToolbar() is not used: the first one decides for the process.`)
      continue
    }
    if (name === 'store' || !agrees(later, running.settings[name]))
      throw problems.differentOption(name, describe(running.settings[name]), describe(later))
  }
  return running
}

/** Starts the recorder of the process. */
export function startRuntime(settings: Settings, framework: MakeFramework): Runtime {
  resetHooks()
  setIgnoredFiles(settings.stack === false ? [] : settings.stack.ignore)
  const gate = createGate(settings)
  const console = new Console({ limits: settings.limits })
  const redactor = createRedactor(settings.redact)
  const recorder: Recorder = new Recorder({
    limits: settings.limits,
    stack: settings.stack,
    store: settings.store ?? memoryStore(),
    viewing: {
      redactor,
      judge: createJudge(checkRules(settings.rules, builtInRules), {
        slowQueryMs: settings.slowQueryMs,
        planOf: (view, entryId) => plans.planOf(view, entryId),
      }),
    },
  })
  const plans = new PlanBook(console, recorder)
  const panels = checkPanels(settings.panels(builtInPanels))
  const stream = new StreamHub(recorder, version)
  const assets = createAssets()
  const watcher = createWatcher(settings)
  // a label may be an address with a password in it
  const labels = (): OverlayConfig['watched'] =>
    Object.fromEntries(Object.entries(watcher.labels()).map(([id, names]) => [id, names.map(redactor.text)]))
  const config = (): OverlayConfig => toConfig(settings, panels, labels(), recorder.options.store.maxRequests)
  const panelContext: PanelContext = {
    slowQueryMs: settings.slowQueryMs,
    quietSignals: (fired) => quietSignals(redactor.text, fired),
  }
  const routes = [
    ...createApiRoutes({
      recorder,
      console,
      gate,
      panels,
      panelContext,
      config,
      stream,
      version,
      path: settings.path,
      sources: () => {
        const watched = labels()
        return sources.map(({ id, mechanism }) => ({ id, mechanism, watched: watched[id] ?? [] }))
      },
    }),
    ...createPageRoutes(assets.entry, settings.path),
    assets.route,
  ]
  const undos: Undo[] = []
  let open = true
  const keep = (undo: Undo): void => void undos.push(undo)
  const middleware = createMiddleware({
    path: settings.path,
    gate,
    routes,
    recorder,
    reach: createReach(settings.allowedPeers),
    isIgnored: createIgnore(settings.ignore),
    response: {
      csp: settings.csp,
      serverTiming: settings.serverTiming,
      path: `${settings.path}/`,
      entry: assets.entry,
    },
    framework: framework((handle) => read(handle, ownMark) === true, keep),
    keep,
    isOpen: () => open,
  })
  if (gate.pairing !== null)
    warnOnce(
      gate.pairing.code,
      `allowedPeers lets clients beyond this machine in: ${settings.allowedPeers.slice(0, 5).join(', ')}. Each browser there asks once for the pairing code ${gate.pairing.code}. Keep everybody else out: publish a container's port with -p 127.0.0.1:3000:3000.`,
    )
  const runtime: Runtime = {
    version,
    settings,
    middleware,
    routes,
    handles: 0,
    watch: watcher.watch,
    release() {
      open = false
      delete (globalThis as Global)[slot]
      stream.close()
      console.close()
      recorder.close()
      for (const undo of undos.reverse()) undo()
      undoAllPatches()
      forgetViews()
      forgetShapes()
      forgetStatements()
      forgetSources()
    },
  }
  // biome-ignore lint/plugin: a slot of ours
  Object.defineProperty(globalThis, slot, { value: runtime, configurable: true })
  return runtime
}

function toConfig(
  settings: Settings,
  panels: ReturnType<Settings['panels']>,
  watched: OverlayConfig['watched'],
  maxRequests: number,
): OverlayConfig {
  return {
    version,
    path: settings.path,
    theme: settings.theme,
    position: settings.position,
    editorUrl: knownEditors[settings.editor] ?? settings.editor,
    pathMap: Object.entries(settings.pathMap).sort(([a], [b]) => b.length - a.length),
    root: process.cwd(),
    slowQueryMs: settings.slowQueryMs,
    maxRequests,
    panels: panels.map(({ id, title }) => ({ id, title })),
    watched,
  }
}
