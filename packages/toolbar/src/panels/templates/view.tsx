import { useMemo, useState } from 'preact/hooks'
import { matches } from '../../contract/filter.ts'
import { Axis } from '../../ui/Axis.tsx'
import { Facts, Section } from '../../ui/Facts.tsx'
import { Ms } from '../../ui/figures.tsx'
import { formatCount, formatMs, formatPlural, toDuration } from '../../ui/format.ts'
import { type Column, Grid } from '../../ui/Grid.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { PanelHead, Stat } from '../../ui/PanelHead.tsx'
import { defineView, type PanelProps, usePanel } from '../../ui/panel.ts'
import { Source } from '../../ui/Source.tsx'
import { Detail, Split } from '../../ui/Split.tsx'
import { State } from '../../ui/States.tsx'
import { ValueTree } from '../../ui/ValueTree.tsx'
import { TEMPLATE_FIELDS, type TemplatesPanelData } from './data.ts'
import css from './view.css?inline'
import { type TemplateRow, toRows } from './view-rows.ts'

type Field = (typeof TEMPLATE_FIELDS)[number]
const TICKS = 300

function TemplateDetail({ row, onStep }: { row: TemplateRow; onStep(direction: 1 | -1): void }) {
  const [chosen, setChosen] = useState(0)
  const at = Math.min(chosen, row.renders.length - 1)
  const render = row.renders[at]
  if (!render) return null
  const { file } = render
  return (
    <Detail
      label="Template details"
      onStep={onStep}
      head={
        <>
          <bdi class="mono b trunc">{render.name}</bdi>
          <span class="m3">{render.engine}</span>
        </>
      }
      tabs={[
        {
          id: 'render',
          label: 'Render',
          content: () => (
            <>
              {row.renders.length > 1 && (
                <div class="pager">
                  <button type="button" class="ib sm" aria-label="Previous render" disabled={at === 0} onClick={() => setChosen(at - 1)}>
                    <Icon path={allIcons.left} small />
                  </button>
                  <span>
                    render {formatCount(at + 1)} of {formatCount(row.renders.length)}
                  </span>
                  <button
                    type="button"
                    class="ib sm"
                    aria-label="Next render"
                    disabled={at === row.renders.length - 1}
                    onClick={() => setChosen(at + 1)}
                  >
                    <Icon path={allIcons.right} small />
                  </button>
                </div>
              )}
              <Facts
                rows={[
                  [
                    'Time',
                    <>
                      {render.durationMs === null ? 'still running' : <Ms value={render.durationMs} />}{' '}
                      <span class="m3">
                        own {formatMs(render.ownMs)}, starts at {formatMs(render.startMs)}
                      </span>
                    </>,
                  ],
                  ...(render.queries > 0
                    ? [['Queries', <span class="c-warn">{formatPlural(render.queries, 'query', 'queries')} ran inside</span>] as const]
                    : []),
                  ...(render.error ? [['Result', <span class="c-err">threw</span>] as const] : []),
                  ...(file === null ? [] : [['File', <Source site={{ file, line: null, column: null }} loud />] as const]),
                ]}
              />
              <Section title="Locals" note="what it was given beyond its parent's">
                <ValueTree value={render.locals} />
              </Section>
            </>
          ),
        },
      ]}
    />
  )
}

function TemplatesView({ data, request }: PanelProps<TemplatesPanelData>) {
  const panel = usePanel()
  const filter = panel.parsed
  const all = useMemo(() => toRows(data.renders), [data])
  const rows = all.filter(({ renders, ownMs, totalMs, queries }) =>
    matches<Field>(filter, {
      text: [renders[0]?.name],
      fields: { time: totalMs, own: ownMs, renders: renders.length, queries, engine: renders[0]?.engine, file: renders[0]?.file },
    }),
  )
  if (data.renders.length === 0)
    return (
      <State
        icon={allIcons.templates}
        title="No templates in this request"
        actions={
          <button type="button" class="btn" onClick={() => panel.openPanel('response')}>
            Open the response
          </button>
        }
      >
        res.render and app.render are watched, and nothing was rendered between 0.0 and {formatMs(request.durationMs)}.
      </State>
    )
  const files = new Set(data.renders.map(({ name }) => name)).size
  const time = toDuration(data.durationMs)
  const engines = [...new Set(data.renders.map(({ engine }) => engine))].join(', ')
  const chosen = rows.find(({ key }) => key === panel.selected)
  const columns: Column<TemplateRow>[] = [
    {
      id: 'name',
      label: 'Template',
      class: 'trunc',
      cell: ({ depth, renders, queries }) => (
        <span style={{ paddingInlineStart: `${depth * 18}px` }}>
          {depth > 0 && <span class="m3">└ </span>}
          <bdi class="mono">{renders[0]?.name}</bdi> {renders.some(({ error }) => error) && <span class="chip err">threw</span>}{' '}
          {queries > 0 && <span class="chip warn">{formatPlural(queries, 'query', 'queries')}</span>}
        </span>
      ),
    },
    {
      id: 'renders',
      label: 'Renders',
      class: 'r',
      cell: ({ renders }) => (renders.length > 1 ? <span class="chip">×{formatCount(renders.length)}</span> : '1'),
    },
    {
      id: 'own',
      label: 'Own',
      class: 'r b',
      cell: ({ ownMs }) => <Ms value={ownMs} />,
    },
    { id: 'total', label: 'Total', class: 'r m2', cell: ({ totalMs }) => <Ms value={totalMs} /> },
    {
      id: 'ax',
      label: 'In the request',
      class: 'c-ax',
      cell: ({ renders }) => (
        <Axis
          hue="tpl"
          totalMs={data.requestMs}
          marks={renders.slice(0, TICKS)}
          faint={renders.length === 1 && renders[0]?.ownMs !== renders[0]?.durationMs}
        />
      ),
    },
  ]
  return (
    <>
      <PanelHead filter="Filter templates" errors={filter.errors}>
        <Stat value={formatCount(files)} label={files === 1 ? 'template' : 'templates'} />
        <Stat value={formatCount(data.renders.length)} label={data.renders.length === 1 ? 'render' : 'renders'} />
        <Stat value={time.figure} label={time.unit} />
        <span>{engines}</span>
        {data.truncated > 0 && <span class="c-warn">{formatCount(data.truncated)} not kept</span>}
      </PanelHead>
      <Split
        detail={
          chosen && (
            <TemplateDetail
              key={chosen.key}
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
          label="Render tree"
          class="tplg"
          rows={rows}
          columns={columns}
          keyOf={({ key }) => key}
          selected={panel.selected}
          onSelect={({ key }) => panel.select(key)}
          tree={{ level: ({ depth }) => depth + 1, expanded: () => undefined, toggle: () => {} }}
          empty={<p class="none">No template matches the filter.</p>}
        />
      </Split>
    </>
  )
}

export const view = defineView<TemplatesPanelData>({ View: TemplatesView, css, fields: TEMPLATE_FIELDS })
