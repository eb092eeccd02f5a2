import { problems } from '../core/diagnostics.ts'
import type { Undo } from '../core/patch.ts'
import type { Middleware } from '../http/middleware.ts'
import type { Toolbar } from './handle.ts'
import { measure } from './measure.ts'
import type { Settings, ToolbarOptions } from './options.ts'
import { readOptions } from './read-options.ts'
import { joinRuntime, type MakeFramework, ownMark, startRuntime } from './runtime.ts'

/**
 * Checks the options, joins or starts the recorder of the process, and returns a handle.
 * @param framework what the web framework adds to a record
 */
export function createToolbar(options: ToolbarOptions | undefined, framework: MakeFramework): Toolbar {
  const { given, settings } = readOptions(options)
  const runtime = joinRuntime(given) ?? startRuntime(given, settings, framework)
  const undos = new Set<Undo>()
  let open = true
  const watch = (instance: unknown, label: string | null): Undo => {
    if (!open) throw problems.closed()
    const unwatch = runtime.watch(instance, label)
    const undo = (): void => {
      undos.delete(undo)
      unwatch()
    }
    undos.add(undo)
    return undo
  }
  runtime.handles++
  try {
    for (const [label, instance] of listed(settings.watch)) watch(instance, label)
  } catch (error) {
    for (const undo of [...undos]) undo()
    if (--runtime.handles === 0) runtime.release()
    throw error
  }
  const middleware: Middleware = (req, res, next) => {
    if (typeof next !== 'function') throw problems.calledAsMiddleware()
    runtime.middleware(req, res, next)
  }
  // biome-ignore lint/plugin: a function of ours
  Object.defineProperty(middleware, 'name', { value: 'debugToolbar' })
  // biome-ignore lint/plugin: a function of ours
  Object.defineProperty(middleware, ownMark, { value: true })
  return Object.assign(middleware, {
    watch: (instance: unknown, more?: { name?: string }) => watch(instance, more?.name ?? null),
    measure,
    close() {
      if (!open) return
      open = false
      for (const undo of [...undos].reverse()) undo()
      if (--runtime.handles === 0) runtime.release()
    },
  })
}

function listed(watch: Settings['watch']): [label: string | null, instance: unknown][] {
  return Array.isArray(watch) ? watch.map((instance) => [null, instance]) : Object.entries(watch)
}
