import { toHue } from '../../ui/categories.ts'
import { Facts } from '../../ui/Facts.tsx'
import { formatCount, formatMs } from '../../ui/format.ts'
import { usePanel } from '../../ui/panel.ts'
import { Source } from '../../ui/Source.tsx'
import { Detail } from '../../ui/Split.tsx'
import { SqlLine } from '../../ui/Sql.tsx'
import { kindNames, nameOf } from './view-names.ts'
import type { Line } from './view-rows.ts'

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

/** What is known of one line, and the way to its panel. */
export function LineDetail({ line, onStep }: { line: Line; onStep(direction: 1 | -1): void }) {
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
          <span class={`kd c-${toHue(row.type)}`}>{kindNames[row.type] ?? row.type}</span>
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
