import type { ComponentChildren } from 'preact'
import type { Finding, RequestSummary } from '../contract/types.ts'
import { countFindings, StatusChip } from '../ui/figures.tsx'
import { formatCount, formatMs, toDuration } from '../ui/format.ts'
import { Icon } from '../ui/Icon.tsx'
import { icons } from '../ui/icons.ts'

/** One figure of the bar: a door to the panel that explains it. */
export interface BarItem {
  id: string
  panel: string
  /** what the figure counts, read before it by assistive technology */
  label: string
  /** which items leave first as the window narrows (`p5` … `p2`), and what stays in the pill (`inpill`) */
  class: string
  icon: ComponentChildren
  figure: ComponentChildren
  /** beside the figure in a bar; a column has no room for it */
  more?: ComponentChildren
  warn?: boolean
}

/** Groups of similar queries are marked from this size on. */
export const GROUP_MARK = 5

const icon = (path: string, hue: string) => (
  <span class={hue}>
    <Icon path={path} small />
  </span>
)

const TICKS = 6
const TICK_PX = 14

/**
 * Ticks of the last requests of this page: height is time on a logarithmic scale, hue is the status. The places are fixed and
 * the height is a transform, so that a new one is no layout shift of the page.
 */
function Ticks({ requests }: { requests: readonly RequestSummary[] }) {
  const tone = (status: number | null) => ((status ?? 0) >= 500 ? 'e5' : (status ?? 0) >= 400 ? 'e4' : '')
  const scale = (ms: number) => Math.min(TICK_PX, Math.max(3, 1 + 6 * Math.log10(1 + ms))) / TICK_PX
  return (
    <span class="ticks" aria-hidden="true">
      {Array.from({ length: TICKS }, (_, place) => {
        const request = requests[TICKS - 1 - place]
        return (
          <i
            key={place}
            class={tone(request?.status ?? null)}
            style={{ transform: `scaleY(${request ? scale(request.durationMs).toFixed(2) : 0})` }}
          />
        )
      })}
    </span>
  )
}

/** The figures of the bar in their order; kinds that did not happen are left out where they would say nothing. */
export function toBarItems(request: RequestSummary, ofPage: readonly RequestSummary[], findings: readonly Finding[] | null): BarItem[] {
  const { counts, times, logs } = request
  const count = (type: string) => formatCount(counts[type] ?? 0)
  const time = (type: string, name: string) => times[type] !== undefined && <span class={`m ${name}`}>{formatMs(times[type])}</span>
  const marked = request.largestGroup >= GROUP_MARK
  const { error, warning, info } = countFindings(request, findings)
  const found = error + warning + info
  const total = toDuration(request.durationMs)
  const cpu = toDuration(times.cpu ?? 0)
  const items: (BarItem | false)[] = [
    {
      ...{ id: 'status', panel: 'timeline', label: 'Status', class: 'inpill', icon: <StatusChip request={request} />, figure: null },
      more: (
        <>
          <span class="meth x2 np">{request.method}</span>
          <bdi class="x2 np path">{request.path}</bdi>
        </>
      ),
    },
    {
      ...{ id: 'total', panel: 'timeline', label: 'Total time', class: 'inpill nosep', icon: null, figure: total.figure },
      more: <span class="u">{total.unit}</span>,
    },
    {
      ...{ id: 'sql', panel: 'sql', label: 'SQL queries', class: '', icon: icon(icons.sql, 'c-sql'), figure: count('sql'), warn: marked },
      more: (
        <>
          {time('sql', 'x2')}
          {marked && <span class="chip warn x2">×{formatCount(request.largestGroup)}</span>}
        </>
      ),
    },
    {
      ...{
        id: 'templates',
        panel: 'templates',
        label: 'Templates',
        class: 'p2',
        icon: icon(icons.templates, 'c-tpl'),
        figure: count('template'),
      },
      more: time('template', 'x3'),
    },
    (counts.http ?? 0) > 0 && {
      ...{ id: 'http', panel: 'http', label: 'Outgoing HTTP calls', class: 'p4', icon: icon(icons.http, 'c-http'), figure: count('http') },
      more: time('http', 'x3'),
    },
    (counts.cache ?? 0) > 0 && {
      ...{ id: 'cache', panel: 'cache', label: 'Cache calls', class: 'p3', icon: icon(icons.cache, 'c-cache'), figure: count('cache') },
      more: time('cache', 'x3'),
    },
    { id: 'signals', panel: 'signals', label: 'Signals', class: 'p5', icon: icon(icons.signals, 'c-event'), figure: count('signal') },
    {
      ...{
        id: 'logs',
        panel: 'logs',
        label: 'Log lines',
        class: 'p3',
        icon: icon(icons.logs, 'm'),
        figure: count('log'),
        warn: logs.warn + logs.error > 0,
      },
      more: (['error', 'warn'] as const).map(
        (level) =>
          logs[level] > 0 && (
            <span key={level} class={`chip ${level === 'error' ? 'err' : 'warn'}`}>
              {formatCount(logs[level])}
              <span class="sr"> {level === 'error' ? 'errors' : 'warnings'}</span>
            </span>
          ),
      ),
    },
    {
      ...{ id: 'cpu', panel: 'time', label: 'CPU time', class: 'p5', icon: icon(icons.cpu, 'm'), figure: cpu.figure },
      more: <span class="m">{cpu.unit} CPU</span>,
    },
    (counts.exception ?? 0) > 0 && {
      ...{
        id: 'exceptions',
        panel: 'exceptions',
        label: 'Exceptions',
        class: 'inpill',
        icon: icon(icons.exceptions, 'c-err'),
        figure: count('exception'),
      },
    },
    found > 0 && {
      ...{
        id: 'findings',
        panel: 'findings',
        label: 'Findings',
        class: 'inpill',
        icon: icon(icons.findings, error > 0 ? 'c-err' : warning > 0 ? 'c-warn' : 'c-info'),
        figure: formatCount(found),
      },
      more: <span class="m x3 np">{found === 1 ? 'finding' : 'findings'}</span>,
    },
    {
      ...{
        id: 'history',
        panel: 'history',
        label: 'Requests of this page',
        class: '',
        icon: <Ticks requests={ofPage} />,
        figure: formatCount(ofPage.length),
      },
      more: <span class="m x3">{ofPage.length === 1 ? 'request' : 'requests'}</span>,
    },
  ]
  return items.filter((item) => item !== false)
}
