import { describe, problems } from '../core/diagnostics.ts'
import type { Panel } from '../panels/panel.ts'
import { read } from '../sources/source.ts'

const isRows = (rows: unknown): boolean =>
  rows === undefined || (Array.isArray(read(rows, 'fields')) && typeof read(rows, 'sorts') === 'object' && read(rows, 'sorts') !== null)

/** What the option `panels` returned. @throws ToolbarError when it is no list of panels with ids of their own */
export function checkPanels(panels: unknown): readonly Panel[] {
  const isPanel = (panel: unknown): boolean =>
    typeof read(panel, 'id') === 'string' &&
    typeof read(panel, 'title') === 'string' &&
    typeof read(panel, 'summary') === 'function' &&
    typeof read(panel, 'data') === 'function' &&
    isRows(read(panel, 'rows'))
  if (!Array.isArray(panels) || !panels.every(isPanel))
    throw problems.badOption(
      'panels',
      describe(panels),
      'a function that returns a list of panels, each with id, title, summary and data, and rows as { fields, sorts } where it is a list',
    )
  const ids = panels.map((panel: Panel) => panel.id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined)
    throw problems.badOption('panels', `two with the id '${twice}'`, 'a function that returns panels with different ids')
  return panels as Panel[]
}
