import { definePanel, figure } from '../panel.ts'
import type { FindingsPanelData } from './data.ts'

/** What the rules say about the request, and which of them had nothing to say. */
export const findingsPanel = definePanel<FindingsPanelData>({
  id: 'findings',
  title: 'Findings',
  types: [],
  summary({ summary }) {
    const { error, warning, info } = summary.findings
    const count = error + warning + info
    return figure(String(count), count, error > 0 ? 'error' : warning > 0 ? 'warn' : 'none')
  },
  data: ({ summary, findings, passed }) => ({
    requestMs: summary.durationMs,
    queries: summary.counts.sql ?? 0,
    spine: summary.spine,
    findings: [...findings],
    passed: [...passed],
  }),
})
