import type { PanelView } from '../../ui/panel.ts'

type Loader = () => Promise<{ view: PanelView<unknown> }>

/** Every folder of `panels/` with a view is one lazy chunk. */
const loaders = Object.fromEntries(
  Object.entries(import.meta.glob<{ view: PanelView<unknown> }>('../../panels/*/view.tsx')).map(([path, load]) => [
    path.split('/').at(-2),
    load,
  ]),
) as Record<string, Loader>

const loaded = new Map<string, Promise<PanelView<unknown>>>()

/** Settings are the browser's own: they have no folder among the panels. */
export const SETTINGS = 'preferences'

export const hasView = (id: string): boolean => id === SETTINGS || Object.hasOwn(loaders, id)

/** Loads a view once; a failed load is tried again the next time. */
export function loadView(id: string): Promise<PanelView<unknown>> {
  const known = loaded.get(id)
  if (known) return known
  const load = (
    id === SETTINGS ? import('./Settings.tsx') : (loaders[id]?.() ?? Promise.reject(new Error(`There is no view for "${id}"`)))
  ).then(({ view }) => view)
  loaded.set(id, load)
  load.catch(() => loaded.delete(id))
  return load
}
