import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Finding } from '../../contract/types.ts'
import { FindingBanner } from '../../ui/FindingBanner.tsx'
import { bySeverity } from '../../ui/FindingParts.tsx'
import { formatMs } from '../../ui/format.ts'
import { Grid } from '../../ui/Grid.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { PanelHead } from '../../ui/PanelHead.tsx'
import { defineView, type PanelProps, usePanel } from '../../ui/panel.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import { Split } from '../../ui/Split.tsx'
import { State } from '../../ui/States.tsx'
import { SQL_FIELDS, type SqlPanelData, type SqlPanelWire } from './data.ts'
import { ConnectionChips, Figures } from './Figures.tsx'
import { toRunnableSql } from './runnable-sql.ts'
import { SqlDetail } from './SqlDetail.tsx'
import { toColumns } from './sql-columns.tsx'
import { useAnswers } from './use-answers.ts'
import css from './view.css?inline'
import { groupKey, isFolded, queryKey, type SqlRow, type SqlSort, toGroupHues, toRows } from './view-rows.ts'
import { unpackSql } from './wire.ts'

/** Sources of SQL, by their ids. */
const SOURCES = ['knex', 'pg', 'mysql2', 'better-sqlite3', 'node:sqlite']

const formatList = (names: readonly string[]): string => `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'}`

/** What another panel chooses: the entry, whatever row shows it. */
const ENTRY = /^entry (\d+)$/

function toSort(option: string, initial: 1 | -1): { sort: SqlSort; direction: 1 | -1 } {
  const [sort, direction] = option.split(' ')
  if (direction === undefined) return { sort: 'index', direction: initial }
  return { sort: sort === 'rows' || sort === 'time' ? sort : 'index', direction: direction === '-1' ? -1 : 1 }
}

/** Findings that name one of the queries, worst first; and by entry, for the rows. */
function useFindings(data: SqlPanelData, findings: readonly Finding[]) {
  return useMemo(() => {
    const own = new Set(findings.length > 0 ? data.columns.id : [])
    const about = findings.filter(({ entries }) => entries.some((id) => own.has(id))).toSorted(bySeverity)
    const sets = about.map((finding) => ({ finding, entries: new Set(finding.entries) }))
    const ofRow = ({ index, members }: SqlRow): Finding[] =>
      sets.filter(({ entries }) => (members ?? [index]).some((at) => entries.has(data.columns.id[at] ?? -1))).map(({ finding }) => finding)
    return { about, ofRow }
  }, [data, findings])
}

function SqlView({ data: wire, request, findings }: PanelProps<SqlPanelWire>) {
  const panel = usePanel()
  const outside = request.kind === 'outside'
  const data = useMemo(() => unpackSql(wire), [wire])
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const [tab, setTab] = useState<string | null>(null)
  const answers = useAnswers()
  const { about, ofRow } = useFindings(data, findings)
  const { sort, direction } = toSort(panel.option('sqlSort'), outside ? -1 : 1)
  const inGroups = !outside && panel.option('grouped') === 'true' && sort === 'index'
  const gaps = panel.option('gaps') === 'true'
  const filter = panel.parsed
  const rows = useMemo(
    () => toRows(data, { filter, sort, direction, grouped: inGroups, gaps, toggled }),
    [data, filter, sort, direction, inGroups, gaps, toggled],
  )
  const hues = useMemo(() => toGroupHues(data), [data])
  const { columns, texts } = data
  const watched = SOURCES.flatMap((source) => panel.config?.watched[source]?.map((name) => `${name} (${source})`) ?? [])
  const wanted = ENTRY.exec(panel.selected ?? '')
  const selected = rows.find(({ key, gap }) => key === panel.selected && gap === null) ?? null

  /** Chooses the row that shows an entry: its group where there are groups. */
  const show = (entry: number): void => {
    const index = columns.id.indexOf(entry)
    if (index < 0) {
      panel.select(null)
      return
    }
    const group = columns.similar[index] ?? -1
    panel.select(group >= 0 && inGroups ? groupKey(group) : queryKey(index))
    setTab('fix')
  }
  useEffect(() => {
    if (wanted) show(Number(wanted[1]))
  })

  if (columns.text.length === 0)
    return (
      <State
        icon={allIcons.sql}
        title={outside ? 'No SQL outside of requests' : 'No SQL in this request'}
        actions={
          <button type="button" class="btn" onClick={() => panel.openPanel('timeline')}>
            Open the timeline
          </button>
        }
      >
        {watched.length > 0
          ? `${formatList(watched)} watched, and ran no query${outside ? ' there' : ` between 0.0 and ${formatMs(request.durationMs)}`}.`
          : 'No database is watched. Give debugToolbar({ watch: [db] }) the knex instance, pool or connection to see its queries.'}
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
  const step = (by: 1 | -1): void => {
    if (!selected) return
    const singles = rows.filter(({ gap }) => gap === null)
    const next = singles[singles.indexOf(selected) + by]
    if (next) panel.select(next.key)
  }
  const copyText = ({ index, gap, members }: SqlRow): string => {
    if (gap || index < 0) return ''
    const dialect = data.connections[columns.connection[index] ?? 0]?.dialect ?? ''
    const written = (at: number) =>
      toRunnableSql(texts[columns.text[at] ?? 0] ?? '', columns.params[at] ?? [], { dialect, timeZone: data.timeZone })
    return members && !isFolded(data, toggled, groupKey(columns.similar[index] ?? -1)) ? members.map(written).join('\n') : written(index)
  }
  return (
    <>
      <PanelHead
        filter="Filter queries"
        errors={filter.errors}
        tools={
          !outside && (
            <span class="groups">
              {!inGroups && sort === 'index' && data.gaps.length > 0 && (
                <button type="button" class="btn sm tog" aria-pressed={gaps} onClick={() => panel.setOption('gaps', String(!gaps))}>
                  Gaps
                </button>
              )}
              <Segmented
                label="Rows"
                value={inGroups ? 'true' : 'false'}
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
          )
        }
      >
        <Figures data={data} />
      </PanelHead>
      {data.connections.length > 1 && <ConnectionChips data={data} />}
      <FindingBanner
        findings={about}
        onShow={({ entries }) => {
          panel.setFilter('')
          show(entries[0] ?? -1)
        }}
      />
      <Split
        detail={
          selected && (
            <SqlDetail
              {...{ data, request, answers, tab }}
              row={selected}
              findings={ofRow(selected)}
              hue={hues.get(columns.similar[selected.index] ?? -1) ?? 'var(--ink-3)'}
              onTab={setTab}
              onStep={step}
            />
          )
        }
      >
        <Grid
          label="Queries"
          class={outside ? 'sqlg clock' : 'sqlg'}
          rows={rows}
          columns={toColumns({ data, toggled, sortBy, startedAt: outside ? request.startedAt : null })}
          keyOf={({ key }) => key}
          selected={wanted ? null : panel.selected}
          onSelect={({ key, gap }) => gap === null && panel.select(key)}
          tree={{
            level: ({ level }) => level,
            expanded: (row) => (row.members ? !isFolded(data, toggled, row.key) : undefined),
            toggle: (row) => row.members && toggle(row),
          }}
          rowClass={({ index, members, level, gap }) => {
            if (gap) return 'gap'
            const similar = hues.has(columns.similar[index] ?? -1) ? 'ing' : ''
            const identical = !members && (columns.duplicate[index] ?? -1) >= 0 ? ' idn' : ''
            return `${similar}${members ? ' grp' : ''}${level === 2 ? ' kid' : ''}${identical}${columns.kind[index] === 't' ? ' txn' : ''}`
          }}
          rowStyle={({ index }) => {
            const hue = hues.get(columns.similar[index] ?? -1)
            return hue ? { '--g': hue } : undefined
          }}
          copyText={copyText}
          empty={<p class="none">No query matches the filter.</p>}
        />
      </Split>
    </>
  )
}

export const view = defineView<SqlPanelWire>({ View: SqlView, css, fields: SQL_FIELDS })
