import type { Finding, RequestSummary } from '../contract/types.ts'
import { formatBytes, formatClock, formatCount, formatMs, formatPercent } from '../ui/format.ts'

export interface PeekFacts {
  title: string
  note: string
  lines: [label: string, value: string][]
  /** the worst that was found about it */
  finding: Finding | undefined
}

const rulesOf: Record<string, RegExp> = {
  sql: /query|n-plus-one|select|index|loading|awaits|pool|transaction/,
  templates: /template/,
  http: /http/,
  logs: /log/,
  cpu: /event-loop/,
  findings: /./,
  status: /./,
  total: /./,
}
const rank = { error: 0, warning: 1, info: 2 }

/** What the card of a figure says. */
export function toPeekFacts(
  id: string,
  request: RequestSummary,
  findings: readonly Finding[],
  ofPage: readonly RequestSummary[],
): PeekFacts {
  const { counts, times, logs, durationMs } = request
  const rules = rulesOf[id]
  const count = (severity: Finding['severity']) => formatCount(findings.filter((found) => found.severity === severity).length)
  const finding = findings.filter(({ rule }) => rules?.test(rule)).sort((a, b) => rank[a.severity] - rank[b.severity])[0]
  const share = (ms: number | undefined) => (ms !== undefined && durationMs > 0 ? `${formatPercent(ms / durationMs)} of the request` : '')
  const facts = (title: string, note: string, lines: PeekFacts['lines']): PeekFacts => ({ title, note, lines, finding })
  const counted = (title: string, type: string, name: string): PeekFacts =>
    facts(title, share(times[type]), [
      [name, formatCount(counts[type] ?? 0)],
      ...(times[type] === undefined ? [] : ([['Time', formatMs(times[type])]] as PeekFacts['lines'])),
    ])
  switch (id) {
    case 'sql': {
      const card = counted('SQL', 'sql', 'Queries')
      return { ...card, lines: [...card.lines, ['Similar', formatCount(request.similar)], ['Identical', formatCount(request.duplicates)]] }
    }
    case 'templates':
      return counted('Templates', 'template', 'Renders')
    case 'http':
      return counted('HTTP client', 'http', 'Calls')
    case 'cache':
      return counted('Cache', 'cache', 'Calls')
    case 'signals':
      return counted('Signals', 'signal', 'Emitted')
    case 'logs':
      return facts('Logs', '', [
        ['Lines', formatCount(counts.log ?? 0)],
        ['Warnings', formatCount(logs.warn)],
        ['Errors', formatCount(logs.error)],
      ])
    case 'cpu':
      return facts('CPU', share(times.cpu), [
        ['On the CPU', formatMs(times.cpu ?? 0)],
        ['Waiting', formatMs(Math.max(0, durationMs - (times.cpu ?? 0)))],
        ['Own code and middleware', formatMs(request.spine.app)],
      ])
    case 'exceptions':
      return facts('Exceptions', '', [['Seen', formatCount(counts.exception ?? 0)]])
    case 'findings':
      return facts('Findings', '', [
        ['Errors', count('error')],
        ['Warnings', count('warning')],
        ['Notes', count('info')],
      ])
    case 'history':
      return facts(
        'Requests of this page',
        '',
        ofPage.slice(0, 4).map((other) => [`${other.method} ${other.path}`, formatMs(other.durationMs)]),
      )
    default:
      return facts('Request', formatClock(request.startedAt), [
        ['Route', request.route ?? 'none'],
        ['Total', formatMs(durationMs)],
        ['Response', formatBytes(request.bytes)],
        ['State', request.state],
      ])
  }
}
