import { useMemo } from 'preact/hooks'
import { Axis } from '../../ui/Axis.tsx'
import { Page, Section } from '../../ui/Facts.tsx'
import { Ms } from '../../ui/figures.tsx'
import { formatBytes, formatBytesDelta, formatCount, formatMs, formatPercent, formatPlural, toDuration } from '../../ui/format.ts'
import { PanelHead, Stat } from '../../ui/PanelHead.tsx'
import { defineView, type PanelProps } from '../../ui/panel.ts'
import { Source } from '../../ui/Source.tsx'
import { readNavigation } from './browser-timing.ts'
import type { MiddlewareTime, TimePanelData } from './data.ts'
import css from './view.css?inline'

function depthOf(row: MiddlewareTime, byId: ReadonlyMap<number, MiddlewareTime>): number {
  let depth = 0
  for (let at = row.parentId; at !== null && depth < 20; at = byId.get(at)?.parentId ?? null) if (byId.has(at)) depth++
  return depth
}

function Middleware({ data }: { data: TimePanelData }) {
  const byId = new Map(data.middleware.map((row) => [row.id, row]))
  return (
    <table class="pt">
      <thead>
        <tr>
          <th>Name</th>
          <th class="o">Path</th>
          <th class="r">Own</th>
          <th class="r">Total</th>
          <th class="r o">SQL</th>
          <th class="o">0 to {formatMs(data.wallMs)}</th>
          <th class="o">Source</th>
        </tr>
      </thead>
      <tbody>
        {data.middleware.map((row) => (
          <tr key={row.id}>
            <td>
              <span style={{ paddingInlineStart: `${depthOf(row, byId) * 16}px` }}>
                <bdi class="mono">{row.name}</bdi> <span class="m3">{row.kind}</span>
              </span>
            </td>
            <td class="mono m2 o">
              <bdi>{row.path}</bdi>
            </td>
            <td class="r b">
              <Ms value={row.ownMs} />
            </td>
            <td class="r m2">{row.durationMs === null ? 'running' : <Ms value={row.durationMs} />}</td>
            <td class="r m2 o">{row.queries > 0 ? `${formatMs(row.sqlMs)} in ${formatCount(row.queries)}` : ''}</td>
            <td class="ax o">
              <Axis hue="app" totalMs={data.wallMs} marks={[row]} />
            </td>
            <td class="o">
              <Source site={row.site} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Browser() {
  const phases = useMemo(readNavigation, [])
  if (!phases || phases.length === 0) return <p class="m2">The browser has not measured this page.</p>
  const total = Math.max(...phases.map(({ startMs, durationMs }) => startMs + durationMs))
  return (
    <table class="pt">
      <thead>
        <tr>
          <th>Phase</th>
          <th class="r">Starts</th>
          <th class="r">Takes</th>
          <th class="o">0 to {formatMs(total)}</th>
        </tr>
      </thead>
      <tbody>
        {phases.map((phase) => (
          <tr key={phase.name}>
            <td>{phase.name}</td>
            <td class="r m2">{formatMs(phase.startMs)}</td>
            <td class="r b">
              <Ms value={phase.durationMs} />
            </td>
            <td class="ax o">
              <Axis hue="web" totalMs={total} marks={[phase]} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function TimeView({ data, ofPage }: PanelProps<TimePanelData>) {
  const wall = toDuration(data.wallMs)
  const cpu = toDuration(data.cpuUserMs + data.cpuSystemMs)
  return (
    <>
      <PanelHead>
        <Stat value={wall.figure} label={`${wall.unit} wall`} />
        <Stat value={cpu.figure} label={`${cpu.unit} CPU`} />
        <Stat value={formatMs(data.cpuUserMs)} label="user" />
        <Stat value={formatMs(data.cpuSystemMs)} label="system" />
        <Stat value={formatPercent(data.eventLoopUtilization)} label="event loop busy" />
        <Stat value={formatMs(data.eventLoopDelayMs)} label="held up at most" tone={data.eventLoopDelayMs > 50 ? 'c-warn' : undefined} />
        <Stat value={formatBytes(data.heapUsedBytes)} label={`heap, ${formatBytesDelta(data.heapDeltaBytes)}`} />
      </PanelHead>
      <Page label="Time">
        <div class="stack">
          {data.concurrent > 0 && (
            <p class="m2">
              {formatPlural(data.concurrent, 'other request')} ran at the same time: CPU, event loop and heap are those of the whole
              process.
            </p>
          )}
          <Section
            title="Middleware and handlers"
            note={data.middleware.length === 0 ? 'none seen' : 'until each called next() or answered; own is without what ran inside'}
          >
            {data.middleware.length > 0 && <Middleware data={data} />}
          </Section>
          {ofPage && (
            <Section title="Browser" note="this page, since its navigation began">
              <Browser />
            </Section>
          )}
        </div>
      </Page>
    </>
  )
}

export const view = defineView<TimePanelData>({ View: TimeView, css })
