import { useMemo, useState } from 'preact/hooks'
import { matches } from '../../contract/filter.ts'
import type { Entry, LogData } from '../../contract/types.ts'
import { Facts } from '../../ui/Facts.tsx'
import { formatCount, formatMs, formatPlural } from '../../ui/format.ts'
import { type Column, Grid } from '../../ui/Grid.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { PanelHead, Stat } from '../../ui/PanelHead.tsx'
import { defineView, type PanelProps, usePanel } from '../../ui/panel.ts'
import { previewText } from '../../ui/preview.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import { Source } from '../../ui/Source.tsx'
import { Detail, Split } from '../../ui/Split.tsx'
import { State } from '../../ui/States.tsx'
import { ValueTree } from '../../ui/ValueTree.tsx'
import { LOG_FIELDS, type LogsPanelData } from './data.ts'
import css from './view.css?inline'

type Line = Entry<LogData>

type Field = (typeof LOG_FIELDS)[number]
const order = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
const tones: Record<string, string> = { info: 'info', warn: 'warn', error: 'err', fatal: 'err' }
const names: Record<string, string> = { warn: 'Warnings', error: 'Errors' }
const LINE = 300

const Level = ({ level }: { level: string }) => <span class={`chip ${tones[level] ?? ''}`}>{level}</span>
const keyOf = ({ id }: Line): string => String(id)

/** Fields on one line, as `name=value`. */
function toFields(fields: LogData['fields']): string {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return fields === null ? '' : previewText(fields, '')
  const text = Object.entries(fields)
    .map(([name, value]) => `${name}=${previewText(value, '', 1)}`)
    .join(' ')
  return text.length > LINE ? `${text.slice(0, LINE)}…` : text
}

function LogDetail({ line, onStep }: { line: Line; onStep(direction: 1 | -1): void }) {
  const panel = usePanel()
  const { data, site } = line
  return (
    <Detail
      label="Log line details"
      onStep={onStep}
      head={
        <>
          <Level level={data.level} />
          <span class="m3 trunc">
            {formatMs(line.startMs)}, {data.logger}
          </span>
        </>
      }
      tabs={[
        {
          id: 'line',
          label: 'Line',
          content: () => (
            <>
              <p class="wrap">
                <bdi>{data.message}</bdi>
              </p>
              <ValueTree value={data.fields} />
              {site && <Facts rows={[['Called from', <Source site={site} loud />]]} />}
              <div class="acts">
                <button type="button" class="btn" data-key-y onClick={() => panel.copy(data.message, 'the message')}>
                  <Icon path={allIcons.copy} small />
                  Copy message
                </button>
              </div>
            </>
          ),
        },
      ]}
    />
  )
}

function LogsView({ data, request }: PanelProps<LogsPanelData>) {
  const panel = usePanel()
  const [level, setLevel] = useState('all')
  const filter = panel.parsed
  const rows = useMemo(
    () =>
      data.lines.filter(
        (line) =>
          (level === 'all' || line.data.level === level) &&
          matches<Field>(filter, {
            text: [line.data.message, toFields(line.data.fields)],
            fields: { level: line.data.level, logger: line.data.logger, file: line.site?.file, time: line.startMs },
          }),
      ),
    [data, filter, level],
  )
  const total = Object.values(data.levels).reduce((sum, count) => sum + count, 0)
  if (total === 0)
    return (
      <State icon={allIcons.logs} title="No log lines in this request">
        {panel.config?.watched.pino?.length
          ? `pino is watched, and wrote nothing between 0.0 and ${formatMs(request.durationMs)}.`
          : 'No logger is watched. Give debugToolbar({ watch: [logger] }) the pino instance to see its lines.'}
      </State>
    )
  const levels = Object.keys(data.levels).sort((a, b) => order.indexOf(a) - order.indexOf(b))
  const columns: Column<Line>[] = [
    { id: 'at', label: 'At', class: 'r m3', cell: ({ startMs }) => formatMs(startMs) },
    { id: 'level', label: 'Level', cell: (line) => <Level level={line.data.level} /> },
    {
      id: 'message',
      label: 'Message',
      class: 'trunc',
      cell: (line) => <bdi class={tones[line.data.level] && line.data.level !== 'info' ? 'b' : ''}>{line.data.message.slice(0, LINE)}</bdi>,
    },
    { id: 'fields', label: 'Fields', class: 'trunc mono m2 c-fields', cell: (line) => <bdi>{toFields(line.data.fields)}</bdi> },
    { id: 'src', label: 'Source', class: 'trunc c-src', cell: ({ site }) => <Source site={site} /> },
  ]
  const chosen = rows.find((row) => keyOf(row) === panel.selected)
  return (
    <>
      <PanelHead
        filter="Filter lines"
        errors={filter.errors}
        tools={
          <Segmented
            label="Level"
            value={level}
            onChange={setLevel}
            options={[
              ['all', `All ${formatCount(total)}`],
              ...levels.map((name) => [name, `${names[name] ?? name} ${formatCount(data.levels[name] ?? 0)}`] as const),
            ]}
          />
        }
      >
        <Stat value={formatCount(total)} label={total === 1 ? 'line' : 'lines'} />
        {(data.levels.warn ?? 0) > 0 && (
          <Stat value={formatCount(data.levels.warn ?? 0)} label={data.levels.warn === 1 ? 'warning' : 'warnings'} tone="c-warn" />
        )}
        {(data.levels.error ?? 0) > 0 && (
          <Stat value={formatCount(data.levels.error ?? 0)} label={data.levels.error === 1 ? 'error' : 'errors'} tone="c-err" />
        )}
        {data.truncated > 0 && <span class="c-warn">{formatPlural(data.truncated, 'line')} not kept</span>}
      </PanelHead>
      <Split
        detail={
          chosen && (
            <LogDetail
              line={chosen}
              onStep={(direction) => {
                const next = rows[rows.indexOf(chosen) + direction]
                if (next) panel.select(keyOf(next))
              }}
            />
          )
        }
      >
        <Grid
          label="Log lines"
          class="logg"
          rows={rows}
          columns={columns}
          keyOf={keyOf}
          selected={panel.selected}
          onSelect={(line) => panel.select(keyOf(line))}
          copyText={(line) => line.data.message}
          empty={<p class="none">No line matches.</p>}
        />
      </Split>
    </>
  )
}

export const view = defineView<LogsPanelData>({ View: LogsView, css, fields: LOG_FIELDS })
