import type { Finding, RequestSummary } from '../contract/types.ts'
import { type Figure, toBytes, toDuration } from './format.ts'

function WithUnit({ figure, unit }: Figure) {
  return (
    <>
      {figure}
      <span class="u">{unit}</span>
    </>
  )
}

/** Milliseconds with their unit in the quiet ink. */
export const Ms = ({ value }: { value: number }) => <WithUnit {...toDuration(value)} />

export const Bytes = ({ value }: { value: number }) => <WithUnit {...toBytes(value)} />

function statusTone(request: RequestSummary): string {
  if (request.state === 'failed') return 'err'
  if (request.state === 'aborted') return 'warn'
  const status = request.status ?? 0
  if (status >= 500) return 'err'
  if (status >= 400) return 'warn'
  return status >= 300 ? 'info' : 'ok'
}

/** The status of a request as a chip; a word where there is no code. */
export function StatusChip({ request }: { request: RequestSummary }) {
  if (request.state === 'running') return <span class="chip st run">running</span>
  const text = request.state === 'aborted' ? 'aborted' : (request.status ?? (request.state === 'failed' ? 'failed' : 'none'))
  return <span class={`chip st ${statusTone(request)}`}>{text}</span>
}

/** How many of each severity: as the summary says, or without those that are ignored where they are known one by one. */
export function countFindings(request: RequestSummary, known: readonly Finding[] | null): RequestSummary['findings'] {
  if (known === null || request.state === 'running') return request.findings
  const counts = { error: 0, warning: 0, info: 0 }
  for (const { severity } of known) counts[severity]++
  return counts
}
