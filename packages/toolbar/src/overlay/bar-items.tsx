import type { ComponentChildren } from 'preact'
import type { Finding, RequestSummary } from '../contract/types.ts'
import { StatusChip } from '../ui/figures.tsx'
import { formatBytes, formatClock, formatCount, formatMs, formatPercent, formatPlural, toDuration } from '../ui/format.ts'
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
  wide: ComponentChildren
  /** in a column at the left or right edge */
  tall: ComponentChildren
  peek: { title: string; note: string; lines: [label: string, value: string][]; findings: Finding[] }
}

/** Groups of similar queries are marked from this size on. */
const GROUP_MARK = 5

const rulesOf: Record<string, RegExp> = {
  sql: /query|n-plus-one|select|index|loading|awaits/,
  templates: /template/,
  http: /http/,
  logs: /log/,
}

const small = (path: string, hue: string) => (
  <span class={hue}>
    <Icon path={path} small />
  </span>
)

/** Ticks of the last requests of this page: height is time on a logarithmic scale, hue is the status. */
function Ticks({ requests }: { requests: readonly RequestSummary[] }) {
  const tone = (status: number | null) => ((status ?? 0) >= 500 ? 'e5' : (status ?? 0) >= 400 ? 'e4' : '')
  return (
    <span class="ticks" aria-hidden="true">
      {requests
        .slice(0, 6)
        .reverse()
        .map((request) => (
          <i key={request.id} class={tone(request.status)} style={{ height: `${Math.round(Math.min(14, 3 + 4 * Math.log10(1 + request.durationMs)))}px` }} />
        ))}
    </span>
  )
}

const countItem = (
  request: RequestSummary,
  findings: readonly Finding[],
  item: { id: string; type: string; panel: string; label: string; title: string; class: string; icon: string; hue: string; extra?: ComponentChildren; warn?: boolean; lines?: [string, string][] },
): BarItem => {
  const count = request.counts[item.type] ?? 0
  const time = request.times[item.type]
  return {
    id: item.id,
    panel: item.panel,
    label: item.label,
    class: item.class,
    wide: (
      <>
        {small(item.icon, item.hue)}
        <b>{formatCount(count)}</b>
        {time !== undefined && <span class={item.id === 'sql' ? 'm x2' : 'm x3'}>{formatMs(time)}</span>}
        {item.extra}
      </>
    ),
    tall: (
      <>
        {small(item.icon, item.hue)}
        <b class={item.warn ? 'c-warn' : ''}>{formatCount(count)}</b>
      </>
    ),
    peek: {
      title: item.title,
      note: time !== undefined && request.durationMs > 0 ? `${formatPercent(time / request.durationMs)} of the request` : '',
      lines: [['Count', formatCount(count)], ...(time === undefined ? [] : ([['Time', formatMs(time)]] as [string, string][])), ...(item.lines ?? [])],
      findings: findings.filter(({ rule }) => rulesOf[item.id]?.test(rule)),
    },
  }
}

/** The figures of the bar in their order; kinds that did not happen are left out where they would say nothing. */
export function toBarItems(request: RequestSummary, findings: readonly Finding[], ofPage: readonly RequestSummary[]): BarItem[] {
  const { counts, times, logs } = request
  const marked = request.largestGroup >= GROUP_MARK
  const found = request.findings.error + request.findings.warning + request.findings.info
  const total = toDuration(request.durationMs)
  const overview: BarItem['peek'] = {
    title: 'Request',
    note: formatClock(request.startedAt),
    lines: [
      ['Route', request.route ?? 'none'],
      ['Total', formatMs(request.durationMs)],
      ['Response', formatBytes(request.bytes)],
      ['State', request.state],
    ],
    findings: findings.slice(),
  }
  const items: (BarItem | false)[] = [
    {
      id: 'status',
      panel: 'timeline',
      label: 'Status',
      class: 'inpill',
      wide: (
        <>
          <StatusChip request={request} />
          <span class="meth x2 np">{request.method}</span>
          <bdi class="x2 np path">{request.path}</bdi>
        </>
      ),
      tall: <StatusChip request={request} />,
      peek: overview,
    },
    {
      id: 'total',
      panel: 'timeline',
      label: 'Total time',
      class: 'inpill nosep',
      wide: (
        <span>
          <b>{total.figure}</b>
          <span class="u">{total.unit}</span>
        </span>
      ),
      tall: (
        <>
          {small(icons.time, '')}
          <b>{total.figure}</b>
        </>
      ),
      peek: overview,
    },
    countItem(request, findings, {
      ...{ id: 'sql', type: 'sql', panel: 'sql', label: 'SQL queries', title: 'SQL', class: '', icon: icons.sql, hue: 'c-sql', warn: marked },
      extra: marked && <span class="chip warn x2">×{formatCount(request.largestGroup)}</span>,
      lines: [
        ['Similar', formatCount(request.similar)],
        ['Identical', formatCount(request.duplicates)],
      ],
    }),
    countItem(request, findings, {
      ...{ id: 'templates', type: 'template', panel: 'templates', label: 'Templates', title: 'Templates', class: 'p2', icon: icons.templates, hue: 'c-tpl' },
    }),
    (counts.http ?? 0) > 0 &&
      countItem(request, findings, {
        ...{ id: 'http', type: 'http', panel: 'http', label: 'Outgoing HTTP calls', title: 'HTTP client', class: 'p4', icon: icons.http, hue: 'c-http' },
      }),
    (counts.cache ?? 0) > 0 &&
      countItem(request, findings, {
        ...{ id: 'cache', type: 'cache', panel: 'cache', label: 'Cache calls', title: 'Cache', class: 'p3', icon: icons.cache, hue: 'c-cache' },
      }),
    countItem({ ...request, times: {} }, findings, {
      ...{ id: 'signals', type: 'signal', panel: 'signals', label: 'Signals', title: 'Signals', class: 'p5', icon: icons.signals, hue: 'c-event' },
      lines: times.signal === undefined ? [] : [['Time', formatMs(times.signal)]],
    }),
    countItem({ ...request, times: {} }, findings, {
      ...{ id: 'logs', type: 'log', panel: 'logs', label: 'Log lines', title: 'Logs', class: 'p3', icon: icons.logs, hue: 'm', warn: logs.warn + logs.error > 0 },
      extra: (
        <>
          {logs.error > 0 && <span class="chip err">{formatPlural(logs.error, 'error')}</span>}
          {logs.warn > 0 && (
            <span class="chip warn">
              {formatCount(logs.warn)}
              <span class="sr"> {logs.warn === 1 ? 'warning' : 'warnings'}</span>
            </span>
          )}
        </>
      ),
      lines: [
        ['Warnings', formatCount(logs.warn)],
        ['Errors', formatCount(logs.error)],
      ],
    }),
    {
      id: 'cpu',
      panel: 'time',
      label: 'CPU time',
      class: 'p5',
      wide: (
        <>
          {small(icons.cpu, 'm')}
          <span>
            <b>{toDuration(times.cpu ?? 0).figure}</b>
            <span class="m"> {toDuration(times.cpu ?? 0).unit} CPU</span>
          </span>
        </>
      ),
      tall: (
        <>
          {small(icons.cpu, 'm')}
          <b>{toDuration(times.cpu ?? 0).figure}</b>
        </>
      ),
      peek: {
        title: 'CPU',
        note: request.durationMs > 0 ? `${formatPercent((times.cpu ?? 0) / request.durationMs)} of the request` : '',
        lines: [
          ['On the CPU', formatMs(times.cpu ?? 0)],
          ['Waiting', formatMs(Math.max(0, request.durationMs - (times.cpu ?? 0)))],
          ['Own code', formatMs(request.spine.app)],
        ],
        findings: [],
      },
    },
    (counts.exception ?? 0) > 0 && {
      id: 'exceptions',
      panel: 'exceptions',
      label: 'Exceptions',
      class: 'inpill',
      wide: (
        <>
          {small(icons.exceptions, 'c-err')}
          <b>{counts.exception}</b>
        </>
      ),
      tall: (
        <>
          {small(icons.exceptions, 'c-err')}
          <b>{counts.exception}</b>
        </>
      ),
      peek: { title: 'Exceptions', note: '', lines: [['Thrown', formatCount(counts.exception ?? 0)]], findings: [] },
    },
    found > 0 && {
      id: 'findings',
      panel: 'findings',
      label: 'Findings',
      class: 'inpill',
      wide: (
        <>
          {small(icons.findings, 'c-warn')}
          <b>{found}</b>
          <span class="m x3 np">{found === 1 ? 'finding' : 'findings'}</span>
        </>
      ),
      tall: (
        <>
          {small(icons.findings, 'c-warn')}
          <b>{found}</b>
        </>
      ),
      peek: {
        title: 'Findings',
        note: '',
        lines: [
          ['Errors', formatCount(request.findings.error)],
          ['Warnings', formatCount(request.findings.warning)],
          ['Notes', formatCount(request.findings.info)],
        ],
        findings: findings.slice(),
      },
    },
    {
      id: 'history',
      panel: 'history',
      label: 'Requests of this page',
      class: '',
      wide: (
        <>
          <Ticks requests={ofPage} />
          <b>{formatCount(ofPage.length)}</b>
          <span class="m x3">{ofPage.length === 1 ? 'request' : 'requests'}</span>
        </>
      ),
      tall: (
        <>
          <Ticks requests={ofPage.slice(0, 4)} />
          <b>{formatCount(ofPage.length)}</b>
        </>
      ),
      peek: {
        title: 'Requests of this page',
        note: '',
        lines: ofPage.slice(0, 4).map(({ method, path, durationMs }) => [`${method} ${path}`, formatMs(durationMs)]),
        findings: [],
      },
    },
  ]
  return items.filter((item) => item !== false)
}
