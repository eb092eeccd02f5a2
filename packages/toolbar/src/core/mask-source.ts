import type { ExceptionData, Finding, Preview, SourceExcerpt } from '../contract/types.ts'
import type { Redactor } from './redact.ts'

/** Rules read masked entries; source lines come from disk. */
export function maskFinding(finding: Finding, redactor: Redactor): Finding {
  const { source, change } = finding
  return {
    ...finding,
    title: redactor.text(finding.title),
    evidence: redactor.text(finding.evidence),
    fix: redactor.text(finding.fix),
    facts: finding.facts.map(([label, value]) => [label, redactor.text(value)]),
    source: source === null ? null : maskExcerpt(source, redactor),
    change: change === null ? null : { ...change, lines: change.lines.map(({ kind, text }) => ({ kind, text: redactor.code(text) })) },
  }
}

/** The payload of an entry; source in it is masked as source. */
export function maskData(shown: Preview & Partial<ExceptionData>, redactor: Redactor): unknown {
  const { source } = shown
  const data = redactor.value(shown)
  return source == null ? data : { ...(data as object), source: maskExcerpt(source, redactor) }
}

/** Lines of a file of the app, with the literals out that are secrets. */
export function maskExcerpt(excerpt: SourceExcerpt, redactor: Redactor): SourceExcerpt {
  return { ...excerpt, lines: excerpt.lines.map(redactor.code) }
}
