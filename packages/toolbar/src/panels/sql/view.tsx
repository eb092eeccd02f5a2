import { useMemo, useState } from 'preact/hooks'
import { parseFilter, SQL_FILTER_KEYS } from '../../contract/filter.ts'
import { Axis } from '../../ui/Axis.tsx'
import { FindingBanner } from '../../ui/FindingBanner.tsx'
import { Ms } from '../../ui/figures.tsx'
import { formatCount, formatMs, formatPercent, toDuration } from '../../ui/format.ts'
import { type Column, Grid } from '../../ui/Grid.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { PanelHead, Stat } from '../../ui/PanelHead.tsx'
import { defineView, type PanelProps, usePanel } from '../../ui/panel.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import { Source } from '../../ui/Source.tsx'
import { Split } from '../../ui/Split.tsx'
import { SqlLine } from '../../ui/Sql.tsx'
import { State } from '../../ui/States.tsx'
import { toRunnableSql } from '../../ui/sql-tokens.ts'
import type { SqlPanelData } from './data.ts'
import { groupKey, isFolded, queryKey, type SqlRow, type SqlSort, toGroupHues, toRows } from './rows.ts'
import { SqlDetail } from './SqlDetail.tsx'
import css from './view.css?inline'

/** Ticks of a folded group that are drawn: more than the axis has pixels say nothing. */
const TICKS = 300

function Figures({ data }: { data: SqlPanelData }) {
  const time = toDuration(data.durationMs)
  const transactions = data.transactions.length
  return (
    <>
      <Stat value={formatCount(data.total)} label={data.total === 1 ? 'query' : 'queries'} />
      <Stat value={time.figure} label={time.unit} />
      {data.requestMs > 0 && <Stat value={formatPercent(data.durationMs / data.requestMs)} label="of the request" />}
      {data.similar > 0 && <Stat value={formatCount(data.similar)} label="similar" tone="c-warn" />}
      {data.duplicates > 0 && <Stat value={formatCount(data.duplicates)} label="identical" />}
      {transactions > 0 && <Stat value={transactions} label={transactions === 1 ? 'transaction' : 'transactions'} />}
      {data.truncated > 0 && <Stat value={formatCount(data.truncated)} label="not kept" tone="c-warn" />}
    </>
  )
}

/** Which part of a transaction's bracket stands beside a query. */
function bracket(data: SqlPanelData, index: number): string {
  const { transaction } = data.columns
  const own = transaction[index] ?? -1
  if (own < 0) return ''
  return ` tx${transaction[index - 1] === own ? '' : ' t0'}${transaction[index + 1] === own ? '' : ' t1'}`
}

function toSort(option: string): { sort: SqlSort; direction: 1 | -1 } {
  const [sort, direction] = option.split(' ')
  return { sort: sort === 'rows' || sort === 'time' ? sort : 'index', direction: direction === '-1' ? -1 : 1 }
}

const ABOUT_SQL = /query|n-plus-one|select|index|loading|awaits/

function SqlView({ data, request, findings }: PanelProps<SqlPanelData>) {
  const panel = usePanel()
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const { sort, direction } = toSort(panel.option('sqlSort'))
  const grouped = panel.option('grouped') === 'true'
  const filter = useMemo(() => parseFilter(panel.filter, SQL_FILTER_KEYS), [panel.filter])
  const rows = useMemo(() => toRows(data, { filter, sort, direction, grouped, toggled }), [data, filter, sort, direction, grouped, toggled])
  const hues = useMemo(() => toGroupHues(data), [data])
  const { columns, texts, sites, groups } = data
  const slow = data.slowQueryMs
  const longest = useMemo(() => columns.durationMs.reduce<number>((most, ms) => Math.max(most, ms ?? 0), 0), [columns])
  const selected = rows.find(({ key }) => key === panel.selected) ?? null
  const text = (index: number) => texts[columns.text[index] ?? 0] ?? ''

  if (columns.text.length === 0)
    return (
      <State
        icon={allIcons.sql}
        title="No SQL in this request"
        actions={
          <button type="button" class="btn" onClick={() => panel.openPanel('timeline')}>
            Open the timeline
          </button>
        }
      >
        {panel.config?.watched.knex?.length
          ? `knex is watched (${panel.config.watched.knex.join(', ')}), and ran no query between 0.0 and ${formatMs(request.durationMs)}.`
          : 'No database is watched. Give debugToolbar({ watch: [db] }) the knex instance to see its queries.'}
      </State>
    )

  const toggle = (row: SqlRow): void => {
    const next = new Set(toggled)
    if (!next.delete(row.key)) next.add(row.key)
    setToggled(next)
  }
  const sortBy = (name: SqlSort) => ({
    direction: sort === name ? (direction === 1 ? ('ascending' as const) : ('descending' as const)) : null,
    toggle: () => panel.setOption('sqlSort', `${name} ${sort === name ? -direction : name === 'index' ? 1 : -1}`),
  })
  const sum = (members: readonly number[], values: readonly (number | null)[]) =>
    members.reduce((total, member) => total + (values[member] ?? 0), 0)
  const list: Column<SqlRow>[] = [
    {
      id: 'ix',
      label: '#',
      class: 'r ixc',
      sort: sortBy('index'),
      cell: ({ index, members }) => (
        <span class={`ix${members ? '' : bracket(data, index)}`}>
          {members ? `${(members[0] ?? 0) + 1}–${(members.at(-1) ?? 0) + 1}` : columns.kind[index] === 't' ? '' : index + 1}
        </span>
      ),
    },
    {
      id: 'q',
      label: 'Query',
      class: 'q',
      cell: (row) => {
        const { index, members } = row
        if (members)
          return (
            <>
              <span class={`tw${isFolded(data, toggled, row.key) ? '' : ' o'}`}>
                <Icon path={allIcons.right} />
              </span>
              <span class="chip sim">×{formatCount(members.length)} similar</span>
              <SqlLine sql={groups[columns.similar[index] ?? -1]?.shape ?? text(index)} />
            </>
          )
        const same = groups[columns.duplicate[index] ?? -1]
        const first = (columns.transaction[index] ?? -1) >= 0 && columns.transaction[index - 1] !== columns.transaction[index]
        return (
          <>
            <SqlLine sql={text(index)} params={columns.params[index] ?? []} />
            {columns.errors[index] && <span class="chip err">failed</span>}
            {same && (
              <span class="chip dup" title={`${same.count} identical queries`}>
                ×{formatCount(same.count)}
              </span>
            )}
            {first && <span class="chip line">tx {(columns.transaction[index] ?? 0) + 1}</span>}
          </>
        )
      },
    },
    {
      id: 'rows',
      label: 'Rows',
      class: 'r c-rows',
      sort: sortBy('rows'),
      cell: ({ index, members }) => (
        <span class="m2">
          {members ? formatCount(sum(members, columns.rows)) : columns.rows[index] === null ? '' : formatCount(columns.rows[index] ?? 0)}
        </span>
      ),
    },
    {
      id: 'time',
      label: 'Time',
      class: 'r c-time',
      sort: sortBy('time'),
      cell: ({ index, members }) => {
        const ms = columns.durationMs[index]
        if (members)
          return (
            <span class="b">
              <Ms value={sum(members, columns.durationMs)} />
            </span>
          )
        if (ms === null || ms === undefined) return <span class="m3">running</span>
        return (
          <span class={ms >= slow ? 'b c-warn' : ms === longest ? 'b' : 'm2'}>
            <Ms value={ms} />
          </span>
        )
      },
    },
    {
      id: 'ax',
      label: `0 to ${formatMs(data.requestMs)}`,
      class: 'c-ax',
      cell: ({ index, members }) => (
        <Axis
          hue="sql"
          totalMs={data.requestMs}
          marks={(members?.slice(0, TICKS) ?? [index]).map((at) => ({
            startMs: columns.startMs[at] ?? 0,
            durationMs: columns.durationMs[at] ?? null,
          }))}
        />
      ),
    },
    {
      id: 'src',
      label: 'Source',
      class: 'c-src trunc',
      cell: ({ index }) => {
        const site = sites[columns.site[index] ?? -1]
        return site ? <Source site={columns.inferred[index] ? { ...site, inferred: true } : site} /> : null
      },
    },
  ]
  const step = (direction: 1 | -1): void => {
    const next = selected ? rows[rows.indexOf(selected) + direction] : undefined
    if (next) panel.select(next.key)
  }
  return (
    <>
      <PanelHead
        filter="Filter queries"
        errors={filter.errors}
        tools={
          <span class="groups">
            <Segmented
              label="Rows"
              value={grouped && sort === 'index' ? 'true' : 'false'}
              options={[
                ['true', 'Grouped'],
                ['false', 'In order'],
              ]}
              onChange={(value) => {
                if (value === 'true' && sort !== 'index') panel.setOption('sqlSort', '')
                panel.setOption('grouped', value)
              }}
            />
          </span>
        }
      >
        <Figures data={data} />
      </PanelHead>
      <FindingBanner
        findings={findings.filter(({ rule }) => ABOUT_SQL.test(rule))}
        onShow={({ entries }) => {
          const index = columns.id.indexOf(entries[0] ?? -1)
          if (index < 0) return
          const group = columns.similar[index] ?? -1
          panel.setFilter('')
          panel.select(group >= 0 && grouped && sort === 'index' ? groupKey(group) : queryKey(index))
        }}
      />
      <Split
        detail={
          selected && (
            <SqlDetail data={data} row={selected} hue={hues.get(columns.similar[selected.index] ?? -1) ?? 'var(--ink-3)'} onStep={step} />
          )
        }
      >
        <Grid
          label="Queries"
          class="sqlg"
          rows={rows}
          columns={list}
          keyOf={({ key }) => key}
          selected={panel.selected}
          onSelect={({ key }) => panel.select(key)}
          tree={{
            level: ({ level }) => level,
            expanded: (row) => (row.members ? !isFolded(data, toggled, row.key) : undefined),
            toggle: (row) => row.members && toggle(row),
          }}
          rowClass={({ index, members, level }) =>
            `${hues.has(columns.similar[index] ?? -1) ? 'ing' : ''}${members ? ' grp' : ''}${level === 2 ? ' kid' : ''}${!members && (columns.duplicate[index] ?? -1) >= 0 ? ' idn' : ''}${columns.kind[index] === 't' ? ' txn' : ''}`
          }
          rowStyle={({ index }) => {
            const hue = hues.get(columns.similar[index] ?? -1)
            return hue ? { '--g': hue } : undefined
          }}
          copyText={({ index }) => toRunnableSql(text(index), columns.params[index] ?? [])}
          empty={<p class="none">No query matches the filter.</p>}
        />
      </Split>
    </>
  )
}

export const view = defineView<SqlPanelData>({ View: SqlView, css })
