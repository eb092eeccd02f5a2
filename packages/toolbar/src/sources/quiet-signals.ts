import { placeOfFunction } from '../core/function-places.ts'
import { watchedEmitters } from './emitter.ts'

const maxQuiet = 200

/**
 * Listeners that are connected to watched emitters and whose event did not fire.
 * @param mask names are the app's: they leave the process as masked as in the record
 * @param fired `emitter\nevent` of those that did, as the record shows them
 */
export function quietSignals(
  mask: (text: string) => string,
  fired: ReadonlySet<string>,
): { emitter: string; event: string; listeners: { name: string; site: string | null }[] }[] {
  const quiet: ReturnType<typeof quietSignals> = []
  for (const { emitter, label } of watchedEmitters) {
    const target = emitter.deref()
    if (target === undefined) continue
    const emitterName = mask(label)
    for (const event of target.eventNames()) {
      const name = mask(typeof event === 'symbol' ? event.toString() : String(event))
      if (fired.has(`${emitterName}\n${name}`) || quiet.length >= maxQuiet) continue
      const listeners = target.listeners(event).map((listener) => {
        const site = placeOfFunction(listener)
        return { name: mask(listener.name) || '(anonymous)', site: site === null ? null : `${site.file}:${site.line}:${site.column}` }
      })
      quiet.push({ emitter: emitterName, event: name, listeners })
    }
  }
  return quiet
}
