import { useMemo } from 'preact/hooks'
import { type Filter, matches } from '../../contract/filter.ts'
import type { Entry, SignalData, SignalListener } from '../../contract/types.ts'
import { Axis } from '../../ui/Axis.tsx'
import { Facts, Section } from '../../ui/Facts.tsx'
import { formatCount, formatMs, formatPlural, toDuration } from '../../ui/format.ts'
import { type Column, Grid } from '../../ui/Grid.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { PanelHead, Stat } from '../../ui/PanelHead.tsx'
import { defineView, type PanelProps, usePanel } from '../../ui/panel.ts'
import { Source } from '../../ui/Source.tsx'
import { Detail, Split } from '../../ui/Split.tsx'
import { State } from '../../ui/States.tsx'
import { fromText } from '../../ui/source.ts'
import { ValueRows } from '../../ui/ValueTree.tsx'
import { SIGNAL_FIELDS, type SignalsPanelData } from './data.ts'
import css from './view.css?inline'

type Signal = Entry<SignalData>

type Field = (typeof SIGNAL_FIELDS)[number]

/** A signal, or one of its listeners under it, or a listener that heard nothing. */
interface Row {
  key: string
  signal: Signal | null
  listener: SignalListener | null
  quiet: SignalsPanelData['quiet'][number] | null
}

function toRows(data: SignalsPanelData, filter: Filter): Row[] {
  const rows: Row[] = []
  for (const signal of data.signals) {
    const { event, emitter, listeners } = signal.data
    const found = matches<Field>(filter, {
      text: [event, emitter, ...listeners.map(({ name }) => name)],
      fields: { event, emitter, listener: listeners.map(({ name }) => name), file: signal.site?.file, time: signal.durationMs },
    })
    if (!found) continue
    rows.push({ key: `s${signal.id}`, signal, listener: null, quiet: null })
    for (const [index, listener] of listeners.entries()) rows.push({ key: `s${signal.id}-${index}`, signal, listener, quiet: null })
  }
  return rows
}

const Time = ({ ms }: { ms: number | null }) => (ms === null ? <span class="m3">pending</span> : <span>{formatMs(ms)}</span>)

function SignalDetail({ row, onStep }: { row: Row; onStep(direction: 1 | -1): void }) {
  const { signal, listener } = row
  if (!signal) return null
  const { data, site } = signal
  return (
    <Detail
      label="Signal details"
      onStep={onStep}
      head={
        <>
          <bdi class="b">{data.event}</bdi>
          <span class="m3 trunc">
            {data.emitter}, at {formatMs(signal.startMs)}
          </span>
        </>
      }
      tabs={[
        {
          id: 'signal',
          label: 'Signal',
          content: () => (
            <>
              {data.args.length > 0 ? (
                <Section title="Arguments">
                  <ValueRows entries={data.args.map((arg, index) => [String(index + 1), arg])} />
                </Section>
              ) : (
                <p class="m2">Emitted without arguments.</p>
              )}
              {site && <Facts rows={[['Emitted at', <Source site={site} loud />]]} />}
              {(listener ? [listener] : data.listeners).map((item, index) => (
                <Section
                  key={index}
                  title={item.name || 'anonymous'}
                  note={[item.async ? 'async' : 'sync', item.once ? 'once' : ''].filter(Boolean).join(', ')}
                >
                  <Facts
                    rows={[
                      ['Time', <Time ms={item.durationMs} />],
                      ['Before it returned', formatMs(item.syncMs)],
                      ['Place', item.site ? <Source site={item.site} loud /> : 'not known'],
                      ...(item.error === null ? [] : [['Threw', <bdi class="c-err wrap">{item.error}</bdi>] as const]),
                    ]}
                  />
                </Section>
              ))}
            </>
          ),
        },
      ]}
    />
  )
}

function Quiet({ data }: { data: SignalsPanelData }) {
  if (data.quiet.length === 0) return null
  return (
    <details class="quiet">
      <summary>{formatPlural(data.quiet.length, 'event')} listened for, not emitted in this request</summary>
      <section class="scroll" tabIndex={0} aria-label="Quiet events">
        <Facts
          rows={data.quiet.map(({ emitter, event, listeners }) => [
            `${emitter} · ${event}`,
            listeners.map(({ name, site }, index) => (
              <span key={index} class="ql">
                <bdi class="mono">{name || 'anonymous'}</bdi> {site && <Source site={fromText(site)} />}
              </span>
            )),
          ])}
        />
      </section>
    </details>
  )
}

function SignalsView({ data }: PanelProps<SignalsPanelData>) {
  const panel = usePanel()
  const rows = useMemo(() => toRows(data, panel.parsed), [data, panel.parsed])
  const listeners = data.signals.reduce((sum, signal) => sum + signal.data.listeners.length, 0)
  const deaf = data.signals.filter((signal) => signal.data.listeners.length === 0).length
  const time = toDuration(data.signals.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0))
  if (data.signals.length === 0 && data.quiet.length === 0)
    return (
      <State icon={allIcons.signals} title="No signals in this request">
        {panel.config?.watched.emitter?.length
          ? 'The watched emitters emitted nothing.'
          : 'No EventEmitter is watched. Give debugToolbar({ watch: [bus] }) the emitters of your app.'}
      </State>
    )
  const columns: Column<Row>[] = [
    { id: 'at', label: 'At', class: 'r m3', cell: ({ signal, listener }) => !listener && signal && formatMs(signal.startMs) },
    {
      id: 'event',
      label: 'Event',
      class: 'trunc',
      cell: ({ signal, listener }) =>
        listener ? (
          <>
            <span class="m3 branch">└</span> <bdi class="mono">{listener.name || 'anonymous'}</bdi>{' '}
            {listener.async && <span class="chip">async</span>} {listener.once && <span class="chip">once</span>}{' '}
            {listener.error !== null && <span class="chip err">threw</span>}
            {!listener.reached && <span class="chip warn">not reached</span>}
          </>
        ) : (
          <>
            <bdi class="b">{signal?.data.event}</bdi> <span class="m3">{signal?.data.emitter}</span>{' '}
            {signal?.data.listeners.length === 0 ? (
              <span class="chip warn">no listener</span>
            ) : (
              <span class="m3">{formatPlural(signal?.data.listeners.length ?? 0, 'listener')}</span>
            )}
          </>
        ),
    },
    {
      id: 'time',
      label: 'Time',
      class: 'r',
      cell: ({ signal, listener }) =>
        listener?.reached === false ? null : <Time ms={listener ? listener.durationMs : (signal?.durationMs ?? null)} />,
    },
    {
      id: 'ax',
      label: 'In the request',
      class: 'c-ax',
      cell: ({ signal, listener }) => !listener && signal && <Axis hue="event" totalMs={data.requestMs} marks={[signal]} />,
    },
    {
      id: 'src',
      label: 'Source',
      class: 'trunc c-src',
      cell: ({ signal, listener }) => <Source site={listener ? listener.site : (signal?.site ?? null)} />,
    },
  ]
  const chosen = rows.find(({ key }) => key === panel.selected)
  return (
    <>
      <PanelHead filter="Filter signals" errors={panel.parsed.errors}>
        <Stat value={formatCount(data.signals.length)} label={data.signals.length === 1 ? 'signal' : 'signals'} />
        <Stat value={formatCount(listeners)} label={listeners === 1 ? 'listener' : 'listeners'} />
        <Stat value={time.figure} label={time.unit} />
        {deaf > 0 && <span class="c-warn">{formatCount(deaf)} without a listener</span>}
        {data.truncated > 0 && <span class="c-warn">{formatCount(data.truncated)} not kept</span>}
      </PanelHead>
      <Split
        detail={
          chosen && (
            <SignalDetail
              row={chosen}
              onStep={(direction) => {
                const next = rows[rows.indexOf(chosen) + direction]
                if (next) panel.select(next.key)
              }}
            />
          )
        }
      >
        <Grid
          label="Signals"
          class="sigg"
          rows={rows}
          columns={columns}
          keyOf={({ key }) => key}
          selected={panel.selected}
          onSelect={({ key }) => panel.select(key)}
          tree={{ level: ({ listener }) => (listener ? 2 : 1), expanded: () => undefined, toggle: () => {} }}
          empty={<p class="none">{data.signals.length === 0 ? 'Nothing was emitted in this request.' : 'No signal matches.'}</p>}
        />
        <Quiet data={data} />
      </Split>
    </>
  )
}

export const view = defineView<SignalsPanelData>({ View: SignalsView, css, fields: SIGNAL_FIELDS })
