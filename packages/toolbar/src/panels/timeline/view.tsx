import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { matches } from '../../contract/filter.ts'
import { toHue } from '../../ui/categories.ts'
import { formatCount, formatMs } from '../../ui/format.ts'
import { type Column, Grid } from '../../ui/Grid.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { FilterBox } from '../../ui/PanelHead.tsx'
import { defineView, type PanelProps, usePanel } from '../../ui/panel.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import { Split } from '../../ui/Split.tsx'
import { SqlLine } from '../../ui/Sql.tsx'
import { State } from '../../ui/States.tsx'
import { Bars } from './Bars.tsx'
import { TIMELINE_FIELDS, type TimelinePanelData, type TimelineRow } from './data.ts'
import { LineDetail } from './LineDetail.tsx'
import { Overview } from './Overview.tsx'
import { Strip } from './Strip.tsx'
import css from './view.css?inline'
import { kindNames, nameOf } from './view-names.ts'
import { type Line, toDatabaseWindow, toLines, toTicks, type Window } from './view-rows.ts'

type Field = (typeof TIMELINE_FIELDS)[number]
const SHORTEST_MS = 0.05
/** a label closer to the end than this share would be cut */
const LAST_LABEL = 0.06

function TimelineView({ data, request, ofPage }: PanelProps<TimelinePanelData>) {
  const panel = usePanel()
  const whole: Window = { from: 0, to: Math.max(data.requestMs * 1.04, SHORTEST_MS) }
  const [zoom, setZoom] = useState<Window | null>(null)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const body = useRef<HTMLDivElement>(null)
  const window = zoom ?? whole
  const filter = panel.parsed
  const lines = useMemo(() => {
    const passes = (row: TimelineRow) =>
      matches<Field>(filter, {
        text: [row.name, kindNames[row.type] ?? row.type, row.note],
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
            <span class={`kd c-${toHue(row.type)}`}>{line.kind === 'logs' ? 'Logs' : (kindNames[row.type] ?? row.type)}</span>
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
              {ms > window.to - (window.to - window.from) * LAST_LABEL ? '' : ms === 0 ? '0' : `${ms.toLocaleString('en-US')} ms`}
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

export const view = defineView<TimelinePanelData>({ View: TimelineView, css, fields: TIMELINE_FIELDS })
