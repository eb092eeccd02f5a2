import { AsyncResource } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { describe, problems, warnOnce } from '../core/diagnostics.ts'
import { countFailure, resetHooks } from '../core/guard.ts'
import { type Undo, undoAllPatches } from '../core/patch.ts'
import { Recorder } from '../core/recorder.ts'
import { setIgnoredFiles } from '../core/sites.ts'
import { createAssets } from '../http/assets.ts'
import { createGate } from '../http/gate.ts'
import { createIgnore } from '../http/ignore.ts'
import { createMiddleware, type FrameworkHooks, type Middleware } from '../http/middleware.ts'
import { createReach } from '../http/reach.ts'
import type { Route } from '../http/routes.ts'
import { read } from '../sources/source.ts'
import { memoryStore } from '../stores/memory.ts'
import type { Settings, ToolbarOptions } from './options.ts'
import type { Reading } from './reading.ts'
import { createWatcher } from './watch.ts'

/** One recorder serves the process, whichever copy of the package made it. */
export interface Runtime {
  version: string
  settings: Settings
  middleware: Middleware
  /** all that is served below the path; the tests of the gate walk through it */
  readonly routes: readonly Route[]
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

/** The first thing that a later call says otherwise: `limits.stacks`, what runs, what was said. `null` where it agrees. */
function difference(name: string, later: unknown, running: unknown): [name: string, running: unknown, later: unknown] | null {
  if (later === undefined || later === running) return null
  if (typeof later !== 'object' || later === null || typeof running !== 'object' || running === null) return [name, running, later]
  for (const [key, value] of Object.entries(later)) {
    const found = difference(`${name}.${key}`, value, (running as Record<string, unknown>)[key])
    if (found !== null) return found
  }
  return null
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
    if (name === 'store')
      throw problems.differentOption(name, running.settings.store === null ? 'the default store' : 'a store of its own', 'another one')
    const differs = difference(name, later, running.settings[name])
    if (differs !== null) throw problems.differentOption(differs[0], describe(differs[1]), describe(differs[2]))
  }
  return running
}

/** Starts the recorder of the process. */
export function startRuntime(given: Readonly<Partial<ToolbarOptions>>, settings: Settings, framework: MakeFramework): Runtime {
  resetHooks()
  setIgnoredFiles(settings.stack === false ? [] : settings.stack.ignore)
  const gate = createGate(settings)
  const reading = createLater((): Reading => {
    const { createReading } = createRequire(import.meta.url)('./reading.js') as typeof import('./reading.ts')
    return createReading({ settings, gate, recorder, watched: watcher.labels, assets, version })
  })
  const recorder: Recorder = new Recorder({
    limits: settings.limits,
    stack: settings.stack,
    store: settings.store ?? memoryStore(),
    summarise: (record) => reading.get().summarise(record),
  })
  const assets = createAssets()
  const watcher = createWatcher(settings)
  // what the app says about rules and panels is checked now, and that takes the built-in ones
  if (given.rules !== undefined || given.panels !== undefined) reading.get()
  const undos: Undo[] = []
  let open = true
  const keep = (undo: Undo): void => void undos.push(undo)
  const middleware = createMiddleware({
    path: settings.path,
    gate,
    routes: () => reading.get().routes,
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
    get routes() {
      return reading.get().routes
    },
    handles: 0,
    watch: watcher.watch,
    release() {
      open = false
      delete (globalThis as Global)[slot]
      // each by itself: whatever fails, nothing of ours stays on the app's objects
      for (const step of [() => reading.made()?.close(), () => recorder.close(), ...undos.reverse(), undoAllPatches]) {
        try {
          step()
        } catch (error) {
          countFailure('toolbar.close', error)
        }
      }
    },
  }
  // biome-ignore lint/plugin: a slot of ours
  Object.defineProperty(globalThis, slot, { value: runtime, configurable: true })
  return runtime
}

/**
 * Makes something when it is first asked for, in the context that is current now: nothing of the request that asked first stays with it.
 * What throws is tried again by the next who asks.
 */
function createLater<Made>(make: () => Made): { get(): Made; made(): Made | null } {
  const context = new AsyncResource('debug-toolbar.later')
  let made: Made | null = null
  return {
    get() {
      made ??= context.runInAsyncScope(make)
      return made
    },
    made: () => made,
  }
}
