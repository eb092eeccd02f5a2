import { Axis } from '../../ui/Axis.tsx'
import { toHue } from '../../ui/categories.ts'
import { Ms } from '../../ui/figures.tsx'
import { formatClock, formatCount, formatMs, formatPercent } from '../../ui/format.ts'
import type { Column } from '../../ui/Grid.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { Source } from '../../ui/Source.tsx'
import { SqlLine } from '../../ui/Sql.tsx'
import type { SqlGap, SqlPanelData } from './data.ts'
import { isFolded, type SqlRow, type SqlSort, toDifferences } from './view-rows.ts'

/** Ticks of a folded group that are drawn: more than the axis has pixels say nothing. */
const TICKS = 300

const partNames: Record<string, string> = {
  template: 'render',
  middleware: '',
  signal: 'signal',
  span: '',
  http: 'call of',
  cache: 'cache',
  log: 'log',
}

/** `2.1 ms without SQL: render books/index 1.8 ms, your code 0.3 ms` */
function GapText({ gap }: { gap: SqlGap }) {
  return (
    <span class="gapt">
      <b>{formatMs(gap.durationMs)}</b> without SQL
      {gap.parts.map(({ type, name, durationMs }, index) => (
        <span key={index}>
          {index === 0 ? ': ' : ', '}
          {partNames[type] && `${partNames[type]} `}
          <bdi>{type === 'app' ? 'your code' : name}</bdi> {formatMs(durationMs)}
        </span>
      ))}
    </span>
  )
}

/** The transaction's and the savepoint's brackets beside a query. */
function brackets({ columns, transactions }: SqlPanelData, index: number): string {
  const { transaction, depth } = columns
  const own = transaction[index] ?? -1
  if (own < 0) return ''
  const same = (at: number) => transaction[at] === own
  const names = ['tx']
  if (!same(index - 1)) names.push('t0')
  if (!same(index + 1)) names.push('t1')
  if (transactions[own]?.outcome === 'rolled back') names.push('rb')
  const deep = depth[index] ?? 0
  if (deep > 0) {
    names.push('sp')
    if (!same(index - 1) || (depth[index - 1] ?? 0) < deep) names.push('s0')
    if (!same(index + 1) || (depth[index + 1] ?? 0) < deep) names.push('s1')
  }
  return ` ${names.join(' ')}`
}

/** The bracket goes on where the transaction was open and asked nothing. */
function throughGap({ columns, transactions }: SqlPanelData, { startMs }: SqlGap): string {
  const next = columns.startMs.findIndex((start) => start >= startMs)
  const own = columns.transaction[next] ?? -1
  if (own < 0 || columns.transaction[next - 1] !== own) return ''
  const nested = Math.min(columns.depth[next] ?? 0, columns.depth[next - 1] ?? 0) > 0
  return ` tx${nested ? ' sp' : ''}${transactions[own]?.outcome === 'rolled back' ? ' rb' : ''}`
}

function TransactionChip({ data, index }: { data: SqlPanelData; index: number }) {
  const { transaction } = data.columns
  const own = transaction[index] ?? -1
  if (own < 0 || transaction[index - 1] === own) return null
  const { outcome = 'open', isolation } = data.transactions[own] ?? {}
  const tone = { committed: 'line', 'rolled back': 'err', open: 'warn' }[outcome]
  return (
    <span class={`chip ${tone}`} title={[isolation, outcome].filter(Boolean).join(', ')}>
      tx {own + 1}
      {outcome !== 'committed' && ` ${outcome}`}
    </span>
  )
}

export interface ColumnOptions {
  data: SqlPanelData
  toggled: ReadonlySet<string>
  sortBy(name: SqlSort): { direction: 'ascending' | 'descending' | null; toggle(): void }
  /** epoch ms; a clock instead of the request's axis */
  startedAt: number | null
}

/** The columns of the list of queries. */
export function toColumns({ data, toggled, sortBy, startedAt }: ColumnOptions): Column<SqlRow>[] {
  const { columns, texts, shapes, sites, groups, slowQueryMs } = data
  const inferred = sites.map((site) => ({ ...site, inferred: true as const }))
  const longest = columns.durationMs.reduce<number>((most, ms) => Math.max(most, ms ?? 0), 0)
  const text = (index: number) => texts[columns.text[index] ?? 0] ?? ''
  const sum = (members: readonly number[], values: readonly (number | null)[]) =>
    members.reduce((total, member) => total + (values[member] ?? 0), 0)
  const differences = new Map<number, (index: number) => string>()
  const membersOf = (group: number) => Array.from(columns.similar.keys()).filter((at) => columns.similar[at] === group)
  const differenceOf = (index: number): string => {
    const group = columns.similar[index] ?? -1
    if (group < 0) return ''
    let known = differences.get(group)
    if (!known) {
      known = toDifferences(data, membersOf(group))
      differences.set(group, known)
    }
    return known(index)
  }
  return [
    {
      id: 'ix',
      label: '#',
      class: 'r ixc',
      sort: sortBy('index'),
      cellClass: ({ index, members, gap }) => `ix${gap ? throughGap(data, gap) : members ? '' : brackets(data, index)}`,
      cell: ({ index, members, gap }) => {
        if (gap) return null
        if (members) return `${(members[0] ?? 0) + 1}–${(members.at(-1) ?? 0) + 1}`
        return columns.kind[index] === 't' ? '' : index + 1
      },
    },
    {
      id: 'q',
      label: 'Query',
      class: 'q',
      cell: ({ index, members, gap, key }) => {
        if (gap) return <GapText gap={gap} />
        if (members) {
          const time = sum(members, columns.durationMs)
          return (
            <>
              <span class={`tw${isFolded(data, toggled, key) ? '' : ' o'}`}>
                <Icon path={allIcons.right} />
              </span>
              <span class="chip sim">×{formatCount(members.length)} similar</span>
              <SqlLine sql={shapes[groups[columns.similar[index] ?? -1]?.shape ?? -1] ?? text(index)} />
              {data.requestMs > 0 && (
                <span class="share" title={`${formatMs(time)} of ${formatMs(data.requestMs)}`}>
                  {formatPercent(time / data.requestMs)}
                </span>
              )}
            </>
          )
        }
        const same = groups[columns.duplicate[index] ?? -1]
        const difference = differenceOf(index)
        return (
          <>
            {difference !== '' && (
              <bdi class="pv dv" aria-hidden="true">
                {difference.slice(0, 80)}
              </bdi>
            )}
            <SqlLine sql={text(index)} params={columns.params[index] ?? []} />
            {columns.errors[index] && <span class="chip err">failed</span>}
            {columns.after[index] !== undefined && (
              <span class="chip warn" title="Asked for by a request after its response">
                late
              </span>
            )}
            {same && (
              <span class="chip dup" title={`${same.count} identical queries`}>
                ×{formatCount(same.count)}
              </span>
            )}
            <TransactionChip data={data} index={index} />
          </>
        )
      },
    },
    {
      id: 'rows',
      label: 'Rows',
      class: 'r c-rows m2',
      sort: sortBy('rows'),
      cell: ({ index, members }) => {
        const count = members ? sum(members, columns.rows) : columns.rows[index]
        return typeof count === 'number' && formatCount(count)
      },
    },
    {
      id: 'time',
      label: 'Time',
      class: 'r c-time',
      cellClass: ({ index, members }) => {
        const ms = columns.durationMs[index] ?? null
        if (members) return 'b'
        if (ms === null) return 'm3'
        return ms >= slowQueryMs ? 'b c-warn' : ms === longest ? 'b' : 'm2'
      },
      sort: sortBy('time'),
      cell: ({ index, members, gap }) => {
        if (gap) return null
        if (members) return <Ms value={sum(members, columns.durationMs)} />
        const ms = columns.durationMs[index] ?? null
        return ms === null ? 'running' : <Ms value={ms} />
      },
    },
    startedAt === null
      ? {
          id: 'ax',
          label: `0 to ${formatMs(data.requestMs)}`,
          class: 'c-ax',
          cell: ({ index, members, gap }) =>
            gap ? (
              <Axis
                hue={toHue(gap.parts[0]?.type === 'app' ? 'span' : (gap.parts[0]?.type ?? 'span'))}
                faint
                totalMs={data.requestMs}
                marks={[gap]}
              />
            ) : (
              <Axis
                hue="sql"
                totalMs={data.requestMs}
                marks={(members?.slice(0, TICKS) ?? [index]).map((at) => ({
                  startMs: columns.startMs[at] ?? 0,
                  durationMs: columns.durationMs[at] ?? null,
                }))}
              />
            ),
        }
      : { id: 'at', label: 'At', class: 'c-at m3', cell: ({ index }) => formatClock(startedAt + (columns.startMs[index] ?? 0)) },
    {
      id: 'src',
      label: 'Source',
      class: 'c-src',
      cell: ({ index }) => {
        const site = (columns.inferred[index] ? inferred : sites)[columns.site[index] ?? -1]
        return site ? <Source site={site} /> : null
      },
    },
  ]
}
