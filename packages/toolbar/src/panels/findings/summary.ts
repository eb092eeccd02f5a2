import type { Entry, Finding } from '../../contract/types.ts'
import { definePanel, figure, round } from '../panel.ts'
import type { FindingEvidence, FindingsPanelData } from './data.ts'

/** More ticks than an axis has pixels say nothing. */
const MARKS = 300

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
  data({ summary, findings, passed, entries }) {
    const byId = findings.length === 0 ? new Map() : new Map(entries.map((entry) => [entry.id, entry]))
    return {
      requestMs: summary.durationMs,
      queries: summary.counts.sql ?? 0,
      spine: summary.spine,
      findings: [...findings],
      evidence: findings.map((finding) => evidenceOf(finding, byId)),
      passed: [...passed],
    }
  },
})

function evidenceOf(finding: Finding, byId: ReadonlyMap<number, Entry>): FindingEvidence {
  const entries = finding.entries.map((id) => byId.get(id)).filter((entry) => entry !== undefined)
  return {
    marks: entries.slice(0, MARKS).map(({ type, startMs, durationMs }) => ({ type, startMs, durationMs: durationMs ?? 0 })),
    durationMs: round(entries.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0)),
  }
}
