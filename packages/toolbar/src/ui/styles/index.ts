import banner from './banner.css?inline'
import code from './code.css?inline'
import controls from './controls.css?inline'
import detail from './detail.css?inline'
import items from './items.css?inline'
import panel from './panel.css?inline'
import rows from './rows.css?inline'
import source from './source.css?inline'
import state from './state.css?inline'

/** Style sheets of the components that views use, in the order they are applied. */
export const uiStyles: readonly string[] = [controls, panel, rows, source, code, detail, banner, state, items]
