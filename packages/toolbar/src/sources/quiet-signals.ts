import { placeOfFunction } from '../core/function-places.ts'
import { watchedEmitters } from './emitter.ts'

const maxQuiet = 200

/** Listeners that are connected to watched emitters and whose event did not fire. @param fired `emitter\nevent` of those that did */
export function quietSignals(
  fired: ReadonlySet<string>,
): { emitter: string; event: string; listeners: { name: string; site: string | null }[] }[] {
  const quiet: ReturnType<typeof quietSignals> = []
  for (const { emitter, label } of watchedEmitters) {
    const target = emitter.deref()
    if (target === undefined) continue
    for (const event of target.eventNames()) {
      const name = typeof event === 'symbol' ? event.toString() : String(event)
      if (fired.has(`${label}\n${name}`) || quiet.length >= maxQuiet) continue
      const listeners = target.listeners(event).map((listener) => {
        const site = placeOfFunction(listener)
        return { name: listener.name || '(anonymous)', site: site === null ? null : `${site.file}:${site.line}:${site.column}` }
      })
      quiet.push({ emitter: label, event: name, listeners })
    }
  }
  return quiet
}
