import { exceptionsPanel } from './exceptions/summary.ts'
import { findingsPanel } from './findings/summary.ts'
import { headersPanel } from './headers/summary.ts'
import { historyPanel } from './history/summary.ts'
import { logsPanel } from './logs/summary.ts'
import type { Panel } from './panel.ts'
import { requestPanel } from './request/summary.ts'
import { responsePanel } from './response/summary.ts'
import { signalsPanel } from './signals/summary.ts'
import { sqlPanel } from './sql/summary.ts'
import { templatesPanel } from './templates/summary.ts'
import { timePanel } from './time/summary.ts'
import { timelinePanel } from './timeline/summary.ts'

/** In the order of the navigation. A new panel is its folder and one line here. */
export const builtInPanels: readonly Panel[] = [
  timelinePanel,
  findingsPanel,
  sqlPanel,
  templatesPanel,
  signalsPanel,
  logsPanel,
  exceptionsPanel,
  requestPanel,
  headersPanel,
  responsePanel,
  timePanel,
  historyPanel,
]
