import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { matches, parseFilter } from '../../contract/filter.ts'
import { spineParts, toHue } from '../../ui/categories.ts'
import { Facts } from '../../ui/Facts.tsx'
import { Ms } from '../../ui/figures.tsx'
import { formatBytesDelta, formatCount, formatMs, formatPlural, toDuration } from '../../ui/format.ts'
import { type Column, Grid } from '../../ui/Grid.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { FilterBox } from '../../ui/PanelHead.tsx'
import { defineView, type PanelProps, usePanel } from '../../ui/panel.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import { Source } from '../../ui/Source.tsx'
import { SpineBar } from '../../ui/SpineBar.tsx'
import { Detail, Split } from '../../ui/Split.tsx'
import { SqlLine } from '../../ui/Sql.tsx'
import { State } from '../../ui/States.tsx'
import { Bars } from './Bars.tsx'
import type { TimelinePanelData, TimelineRow } from './data.ts'
import { type Line, toDatabaseWindow, toLines, toTicks, type Window } from './rows.ts'
import { Strip } from './Strip.tsx'
import css from './view.css?inline'

const KEYS = ['type', 'time', 'start', 'file', 'status', 'note']
const SHORTEST_MS = 0.05
const kinds: Record<string, string> = {
  middleware: 'Middleware',
  sql: 'SQL',
  template: 'Template',
  signal: 'Signal',
  http: 'HTTP',
  cache: 'Cache',
  span: 'Span',
  log: 'Log',
  exception: 'Exception',
}
const panels: Record<string, string> = {
  sql: 'sql',
  template: 'templates',
  signal: 'signals',
  http: 'http',
  cache: 'cache',
  log: 'logs',
  exception: 'exceptions',
  middleware: 'time',
}

function Overview({ data }: { data: TimelinePanelData }) {
  const panel = usePanel()
  const total = toDuration(data.requestMs)
  const offered = new Set(panel.config?.panels.map(({ id }) => id))
  return (
    <div class="ovw">
      <div>
        <div class="hero">
          {total.figure}
          <span class="u"> {total.unit}</span>
        </div>
        <div class="m3 nw">
          CPU {formatMs(data.cpuMs)}, heap {formatBytesDelta(data.heapDeltaBytes)}
        </div>
      </div>
      <div class="ovs">
        <SpineBar spine={data.spine} named class="big" />
        <div class="legend">
          {spineParts
            .filter(({ key }) => data.spine[key] > 0)
            .map(({ key, hue, label, panel: target }) => {
              const content = (
                <>
                  <i class={`sw f-${hue}`} />
                  {label}{' '}
                  <b>
                    <Ms value={data.spine[key]} />
                  </b>
                </>
              )
              return offered.has(target) ? (
                <button key={key} type="button" onClick={() => panel.openPanel(target)}>
                  {content}
                </button>
              ) : (
                <span key={key}>{content}</span>
              )
            })}
          <span class="gapx" />
          <span class="m3 wide2">
            {formatPlural(data.findings, 'finding')}, {formatPlural(data.logs, 'log line')}
          </span>
        </div>
      </div>
    </div>
  )
}

function nameOf({ kind, rows }: Line): string {
  if (kind === 'logs') return formatPlural(rows.length, 'log line')
  if (kind !== 'small') return rows[0]?.name ?? ''
  const names = rows.slice(0, 3).map(({ name }) => name)
  return rows.length > 3 ? `${names.join(', ')} and ${rows.length - 3} more` : names.join(', ')
}

function LineDetail({ line, onStep }: { line: Line; onStep(direction: 1 | -1): void }) {
  const panel = usePanel()
  const row = line.rows[0]
  if (!row) return null
  const target = panels[row.type]
  const total = line.rows.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0)
  return (
    <Detail
      label="Details"
      onStep={onStep}
      head={
        <>
          <span class={`kd c-${toHue(row.type)}`}>{kinds[row.type] ?? row.type}</span>
          <bdi class="trunc b">{nameOf(line)}</bdi>
        </>
      }
      tabs={[
        {
          id: 'entry',
          label: 'Entry',
          content: () => (
            <>
              <p class="mono wrap">{row.type === 'sql' ? <SqlLine sql={row.name} /> : <bdi>{nameOf(line)}</bdi>}</p>
              <Facts
                rows={[
                  ['Starts at', formatMs(line.startMs)],
                  [
                    'Takes',
                    row.durationMs === null
                      ? 'still running'
                      : line.rows.length > 1
                        ? `${formatMs(total)} in ${formatCount(line.rows.length)}`
                        : formatMs(total),
                  ],
                  ['Ends at', formatMs(line.endMs)],
                  ...(row.note === null ? [] : [['Note', row.note] as const]),
                  ...(row.site ? [['Called from', <Source site={row.site} loud />] as const] : []),
                ]}
              />
              {target && panel.config?.panels.some(({ id }) => id === target) && (
                <div class="acts">
                  <button type="button" class="btn" onClick={() => panel.openPanel(target)}>
                    Show in {panel.config.panels.find(({ id }) => id === target)?.title}
                  </button>
                </div>
              )}
            </>
          ),
        },
      ]}
    />
  )
}

function TimelineView({ data, request, ofPage }: PanelProps<TimelinePanelData>) {
  const panel = usePanel()
  const whole: Window = { from: 0, to: Math.max(data.requestMs * 1.04, SHORTEST_MS) }
  const [zoom, setZoom] = useState<Window | null>(null)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const body = useRef<HTMLDivElement>(null)
  const window = zoom ?? whole
  const filter = useMemo(() => parseFilter(panel.filter, KEYS), [panel.filter])
  const lines = useMemo(() => {
    const passes = (row: TimelineRow) =>
      matches(filter, {
        text: [row.name, kinds[row.type] ?? row.type, row.note],
        fields: { type: row.type, time: row.durationMs, start: row.startMs, file: row.site?.file, status: row.status, note: row.note },
      })
    return toLines(data, opened, passes)
  }, [data, opened, filter])
  const database = useMemo(() => toDatabaseWindow(data), [data])
  const state = useRef({ window, whole })
  state.current = { window, whole }
  useEffect(() => {
    const element = body.current
    if (!element) return
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      const box = element.querySelector('.tlg.th .c-tl')?.getBoundingClientRect()
      if (!box) return
      const { window: now, whole: all } = state.current
      const at = now.from + ((event.clientX - box.left) / box.width) * (now.to - now.from)
      const factor = event.deltaY > 0 ? 1.25 : 0.8
      const from = Math.max(0, at - (at - now.from) * factor)
      const to = Math.min(all.to, Math.max(from + SHORTEST_MS, at + (now.to - at) * factor))
      setZoom(from === 0 && to === all.to ? null : { from, to })
    }
    // not passive: the browser would zoom the page
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [])
  if (data.rows.length === 0)
    return (
      <>
        <Overview data={data} />
        <State icon={allIcons.timeline} title="Nothing was recorded in this request">
          No query, render, signal, log line or middleware was seen between 0.0 and {formatMs(request.durationMs)}.
        </State>
      </>
    )
  const ticks = toTicks(window)
  const place = (ms: number) => `${(((ms - window.from) / (window.to - window.from)) * 100).toFixed(2)}%`
  const preset = zoom === null ? 'request' : database && zoom.from === database.from && zoom.to === database.to ? 'database' : ''
  const truncated = Object.entries(data.truncated).filter(([, count]) => count > 0)
  const toggle = (line: Line): void => {
    const next = new Set(opened)
    if (!next.delete(line.key)) next.add(line.key)
    setOpened(next)
  }
  const folds = ({ kind }: Line) => kind === 'run' || kind === 'small'
  const columns: Column<Line>[] = [
    {
      id: 'what',
      label: 'What ran',
      class: 'lab',
      cell: (line) => {
        const row = line.rows[0]
        if (!row)
          return (
            <>
              <span class="kd c-app">Request</span>
              <span class="nm">
                <bdi>
                  {request.method} {request.url}
                </bdi>
              </span>
            </>
          )
        return (
          <>
            <span class="ind" style={{ width: `${line.depth * 14}px` }} />
            <span class={`kd c-${toHue(row.type)}`}>{line.kind === 'logs' ? 'Logs' : (kinds[row.type] ?? row.type)}</span>
            {folds(line) && (
              <span class={`tw${opened.has(line.key) ? ' o' : ''}`}>
                <Icon path={allIcons.right} />
              </span>
            )}
            <span class="nm">{row.type === 'sql' ? <SqlLine sql={nameOf(line)} /> : <bdi>{nameOf(line)}</bdi>}</span>
            {line.kind === 'run' ? (
              <span class={`chip ${row.type === 'sql' ? 'warn' : ''}`}>×{formatCount(line.rows.length)}</span>
            ) : (
              line.kind === 'one' && row.note && <span class={`chip ${row.note === 'hit' ? 'ok' : ''}`}>{row.note}</span>
            )}
          </>
        )
      },
    },
    {
      id: 'axis',
      label: (
        <span class="ticksx">
          <span class="sr">Time axis</span>
          {ticks.map((ms) => (
            <span key={ms} class="tk" style={{ left: place(ms) }} aria-hidden="true">
              {ms === 0 ? '0' : `${ms.toLocaleString('en-US')} ms`}
            </span>
          ))}
        </span>
      ),
      class: 'c-tl',
      cell: (line) => <Bars line={line} window={window} requestMs={data.requestMs} />,
    },
  ]
  const chosen = lines.find(({ key }) => key === panel.selected)
  return (
    <>
      <Overview data={data} />
      <div class="phead flat">
        <Segmented
          label="Zoom"
          value={preset}
          onChange={(value) => setZoom(value === 'database' ? database : null)}
          options={[['request', 'Request'], ...(database ? [['database', 'Database'] as const] : [])]}
        />
        <span class="m3 opt trunc">Drag on the strip to zoom, Ctrl + wheel over the rows, 0 resets</span>
        {truncated.length > 0 && (
          <span class="c-warn trunc">{truncated.map(([type, count]) => `${formatCount(count)} ${type} not kept`).join(', ')}</span>
        )}
        <span class="sp" />
        <FilterBox placeholder="Filter rows" value={panel.filter} onInput={panel.setFilter} errors={filter.errors} />
      </div>
      {filter.errors[0] && <p class="ferr">{filter.errors[0].message}</p>}
      <Strip data={data} ofPage={ofPage} window={window} onWindow={setZoom} />
      <div
        class="tlwrap"
        ref={body}
        onKeyDown={(event) => {
          if (event.key === '0') setZoom(null)
        }}
      >
        <Split
          detail={
            chosen && (
              <LineDetail
                line={chosen}
                onStep={(direction) => {
                  const next = lines[lines.indexOf(chosen) + direction]
                  if (next) panel.select(next.key)
                }}
              />
            )
          }
        >
          <Grid
            label="Timeline"
            class="tlg"
            rows={lines}
            columns={columns}
            keyOf={({ key }) => key}
            selected={panel.selected}
            onSelect={({ key, kind }) => panel.select(kind === 'request' ? null : key)}
            tree={{
              level: ({ depth }) => depth + 1,
              expanded: (line) => (folds(line) ? opened.has(line.key) : undefined),
              toggle: (line) => folds(line) && toggle(line),
            }}
            backdrop={
              <div class="gr tlg tlgrid" role="presentation" aria-hidden="true">
                <span />
                <span class="tl">
                  {ticks.map((ms) => (
                    <i key={ms} style={{ left: place(ms) }} />
                  ))}
                </span>
              </div>
            }
            empty={<p class="none">Nothing matches the filter.</p>}
          />
        </Split>
      </div>
    </>
  )
}

export const view = defineView<TimelinePanelData>({ View: TimelineView, css })
