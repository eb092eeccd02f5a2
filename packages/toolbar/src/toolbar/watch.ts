import { describe, problems } from '../core/diagnostics.ts'
import type { Undo } from '../core/patch.ts'
import { sources } from '../sources/index.ts'
import type { Source } from '../sources/source.ts'
import type { Settings } from './options.ts'

/** by instance: the same one watched twice is recorded once */
const instances = new WeakMap<object, { uses: number; undo: Undo }>()

/** Not inline: a closure would hold the instance for as long as its undo is held. */
function sourceOf(instance: unknown): Source {
  const source = sources.find((candidate) => candidate.recognise(instance))
  if (source === undefined) throw problems.cannotWatch(describe(instance), sources.map(({ what }) => what).join(', '))
  return source
}

/** Hands instances to the source that recognises them, and knows what is watched. */
export function createWatcher(settings: Settings) {
  const labels: Record<string, string[]> = {}

  /** @throws ToolbarError when no source recognises the instance */
  function watch(instance: unknown, label: string | null): Undo {
    const source = sourceOf(instance)
    const key = instance as object
    let known = instances.get(key)
    if (known === undefined) {
      const { undo, label: name } = source.watch(instance as never, label, { limits: settings.limits })
      labels[source.id] ??= []
      const own = labels[source.id] as string[]
      const held = new WeakRef(key)
      own.push(name)
      known = {
        uses: 0,
        undo() {
          if (held.deref() !== undefined) instances.delete(held.deref() as object)
          own.splice(own.indexOf(name), 1)
          undo()
        },
      }
      instances.set(key, known)
    }
    known.uses++
    const { undo } = known
    const entry = known
    let undone = false
    return () => {
      if (undone) return
      undone = true
      if (--entry.uses === 0) undo()
    }
  }

  return {
    watch,
    labels: (): Record<string, string[]> => Object.fromEntries(Object.entries(labels).map(([id, names]) => [id, [...names]])),
  }
}
