import { createRequire } from 'node:module'
import type { OverlayConfig } from '../contract/types.ts'
import { describe, problems, warnOnce } from '../core/diagnostics.ts'
import { forgetViews } from '../core/emit.ts'
import { forgetShapes } from '../core/entries/sql.ts'
import { resetHooks } from '../core/guard.ts'
import { type Undo, undoAllPatches } from '../core/patch.ts'
import { Recorder } from '../core/recorder.ts'
import { createRedactor } from '../core/redact.ts'
import { createApiRoutes } from '../http/api.ts'
import { createAssets } from '../http/assets.ts'
import { knownEditors } from '../http/editors.ts'
import { createGate } from '../http/gate.ts'
import { createIgnore } from '../http/ignore.ts'
import { createMiddleware, type Middleware } from '../http/middleware.ts'
import { createPageRoutes } from '../http/page.ts'
import { StreamHub } from '../http/stream.ts'
import { builtInPanels } from '../panels/index.ts'
import type { Panel } from '../panels/panel.ts'
import { sources } from '../sources/index.ts'
import { quietSignals } from '../sources/quiet-signals.ts'
import { read } from '../sources/source.ts'
import { memoryStore } from '../stores/memory.ts'
import { createExpressHooks } from './framework.ts'
import type { Toolbar } from './handle.ts'
import { measure } from './measure.ts'
import { readOptions, type Settings, type ToolbarOptions } from './options.ts'

/** One recorder serves the process, whichever copy of the package made it. */
interface Runtime {
  version: string
  settings: Settings
  middleware: Middleware
  watch(instance: unknown, label: string | null): Undo
  /** handles not closed yet */
  handles: number
  release(): void
}

const slot = Symbol.for('debug-toolbar.runtime')
type Global = { [slot]?: Runtime }

export const version: string = (createRequire(import.meta.url)('../../package.json') as { version: string }).version

/** Checks the options, joins or starts the recorder of the process, and returns a handle. */
export function createToolbar(options?: ToolbarOptions): Toolbar {
  const { given, settings } = readOptions(options)
  const runtime = join(given) ?? start(settings)
  const undos: Undo[] = []
  let open = true
  const watch = (instance: unknown, label: string | null): Undo => {
    if (!open) throw problems.closed()
    const undo = runtime.watch(instance, label)
    undos.push(undo)
    return undo
  }
  runtime.handles++
  try {
    for (const [label, instance] of listed(settings.watch)) watch(instance, label)
  } catch (error) {
    for (const undo of undos) undo()
    if (--runtime.handles === 0) runtime.release()
    throw error
  }
  const middleware: Middleware = (req, res, next) => {
    if (typeof next !== 'function') throw problems.calledAsMiddleware()
    runtime.middleware(req, res, next)
  }
  Object.defineProperty(middleware, 'name', { value: 'debugToolbar' })
  Object.defineProperty(middleware, mark, { value: true })
  return Object.assign(middleware, {
    watch: (instance: unknown, more?: { name?: string }) => watch(instance, more?.name ?? null),
    measure,
    close() {
      if (!open) return
      open = false
      for (const undo of undos.reverse()) undo()
      if (--runtime.handles === 0) runtime.release()
    },
  })
}

/** on our middleware, whichever copy of the package made it: it is no span */
const mark = Symbol.for('debug-toolbar.middleware')

function listed(watch: Settings['watch']): [label: string | null, instance: unknown][] {
  return Array.isArray(watch) ? watch.map((instance) => [null, instance]) : Object.entries(watch)
}

/** What is fixed for the process; a later call must agree or leave it out. */
const fixed = new Set<keyof ToolbarOptions>(['path', 'store', 'limits'])

/** Whether all that is said was said before. */
function agrees(later: unknown, running: unknown): boolean {
  if (typeof later !== 'object' || later === null || typeof running !== 'object' || running === null)
    return later === undefined || later === running
  return Object.entries(later).every(([name, value]) => agrees(value, (running as Record<string, unknown>)[name]))
}

/** The recorder that runs already, if any: what is fixed per process must be the same. */
function join(given: Readonly<Partial<ToolbarOptions>>): Runtime | null {
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

function start(settings: Settings): Runtime {
  resetHooks()
  const gate = createGate(settings)
  const recorder = new Recorder({
    limits: settings.limits,
    stack: settings.stack,
    store: settings.store ?? memoryStore(),
    redactor: createRedactor(settings.redact),
  })
  const panels = checkPanels(settings.panels(builtInPanels))
  const stream = new StreamHub(recorder, version)
  const assets = createAssets()
  const watched: Record<string, string[]> = {}
  const config = (): OverlayConfig => toConfig(settings, panels, watched, recorder.options.store.maxRequests)
  const panelContext = { slowQueryMs: settings.slowQueryMs, quietSignals }
  const routes = [
    ...createApiRoutes({
      recorder,
      gate,
      panels,
      panelContext,
      config,
      stream,
      version,
      path: settings.path,
      sources: () => sources.map(({ id, mechanism }) => ({ id, mechanism, watched: [...(watched[id] ?? [])] })),
    }),
    ...createPageRoutes(assets.entry),
    assets.route,
  ]
  const undos: Undo[] = []
  let open = true
  const middleware = createMiddleware({
    path: settings.path,
    gate,
    routes,
    recorder,
    isIgnored: createIgnore(settings.ignore),
    response: {
      csp: settings.csp,
      serverTiming: settings.serverTiming,
      path: `${settings.path}/`,
      entry: assets.entry,
    },
    framework: createExpressHooks(
      (handle) => read(handle, mark) === true,
      (undo) => undos.push(undo),
    ),
    isOpen: () => open,
  })
  if (gate.pairingCode !== null) warnOnce(gate.pairingCode, `clients beyond this machine may pair with the code ${gate.pairingCode}`)
  const runtime: Runtime = {
    version,
    settings,
    middleware,
    handles: 0,
    watch: (instance, label) => watchOne(instance, label, settings, watched),
    release() {
      open = false
      delete (globalThis as Global)[slot]
      stream.close()
      recorder.close()
      for (const undo of undos.reverse()) undo()
      undoAllPatches()
      forgetViews()
      forgetShapes()
    },
  }
  Object.defineProperty(globalThis, slot, { value: runtime, configurable: true })
  return runtime
}

/** What the option `panels` returned. @throws ToolbarError when it is no list of panels with ids of their own */
function checkPanels(panels: unknown): readonly Panel[] {
  const isPanel = (panel: unknown): boolean =>
    typeof read(panel, 'id') === 'string' &&
    typeof read(panel, 'title') === 'string' &&
    typeof read(panel, 'summary') === 'function' &&
    typeof read(panel, 'data') === 'function'
  if (!Array.isArray(panels) || !panels.every(isPanel))
    throw problems.badOption('panels', describe(panels), 'a function that returns a list of panels, each with id, title, summary and data')
  const ids = panels.map((panel: Panel) => panel.id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined)
    throw problems.badOption('panels', `two with the id '${twice}'`, 'a function that returns panels with different ids')
  return panels as Panel[]
}

/** by instance: the same one watched twice is recorded once */
const instances = new WeakMap<object, { uses: number; undo: Undo }>()

function watchOne(instance: unknown, label: string | null, settings: Settings, watched: Record<string, string[]>): Undo {
  const source = sources.find((candidate) => candidate.recognise(instance))
  if (source === undefined) throw problems.cannotWatch(describe(instance), sources.map(({ what }) => what).join(', '))
  const key = instance as object
  let known = instances.get(key)
  if (known === undefined) {
    const { undo, label: name } = source.watch(instance as never, label, { limits: settings.limits })
    watched[source.id] ??= []
    const labels = watched[source.id] as string[]
    labels.push(name)
    known = {
      uses: 0,
      undo() {
        instances.delete(key)
        labels.splice(labels.indexOf(name), 1)
        undo()
      },
    }
    instances.set(key, known)
  }
  known.uses++
  const own = known
  let undone = false
  return () => {
    if (undone) return
    undone = true
    if (--own.uses === 0) own.undo()
  }
}

function toConfig(
  settings: Settings,
  panels: ReturnType<Settings['panels']>,
  watched: Record<string, string[]>,
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
