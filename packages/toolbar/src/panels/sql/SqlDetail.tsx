import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Ms } from '../../ui/figures.tsx'
import { formatCount, formatMs, formatPlural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { usePanel } from '../../ui/panel.ts'
import { Source } from '../../ui/Source.tsx'
import { Detail } from '../../ui/Split.tsx'
import { SqlText } from '../../ui/Sql.tsx'
import { toRunnableSql } from '../../ui/sql-tokens.ts'
import { ValueRows } from '../../ui/ValueTree.tsx'
import type { SqlPanelData } from './data.ts'
import type { SqlRow } from './view-rows.ts'

/** Longer texts are drawn without laying them out, and only on demand: 20 kB of SQL is read by nobody at once. */
const LONG = 20_000
/** Shorter waits for a connection are the pool's own bookkeeping. */
const WAIT_SHOWN_MS = 0.1

function QueryText({ sql, params }: { sql: string; params: SqlPanelData['columns']['params'][number] }) {
  const [all, setAll] = useState(false)
  if (sql.length > LONG && !all)
    return (
      <>
        <section class="code tall" tabIndex={0} aria-label="SQL">
          <pre dir="auto">{sql.slice(0, LONG)}…</pre>
        </section>
        <button type="button" class="btn" onClick={() => setAll(true)}>
          Show all {formatCount(sql.length)} characters
        </button>
      </>
    )
  return (
    <section class="code tall" tabIndex={0} aria-label="SQL">
      {sql.length > LONG ? <pre dir="auto">{sql}</pre> : <SqlText sql={sql} params={params} />}
    </section>
  )
}

function Facts({ data, row }: { data: SqlPanelData; row: SqlRow }) {
  const { columns, connections, transactions } = data
  const { index, members } = row
  const connection = connections[columns.connection[index] ?? 0]
  const transaction = transactions[columns.transaction[index] ?? -1]
  const error = columns.errors[index]
  const duration = columns.durationMs[index]
  const fact = (label: string, value: ComponentChildren) => (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  )
  return (
    <dl class="kv">
      {error && fact('Error', <bdi class="c-err wrap">{`${error.code ? `${error.code}: ` : ''}${error.message}`}</bdi>)}
      {members
        ? fact(
            'Time',
            `${formatMs(members.reduce((sum, member) => sum + (columns.durationMs[member] ?? 0), 0))} in ${formatPlural(members.length, 'query', 'queries')}`,
          )
        : fact(
            'Time',
            <>
              {duration === null || duration === undefined ? 'still running' : <Ms value={duration} />}{' '}
              <span class="m3">starts at {formatMs(columns.startMs[index] ?? 0)}</span>
            </>,
          )}
      {(columns.waitMs[index] ?? 0) >= WAIT_SHOWN_MS && fact('Waited', `${formatMs(columns.waitMs[index] ?? 0)} for a connection`)}
      {!members && fact('Rows', columns.rows[index] === null ? 'not known' : formatCount(columns.rows[index] ?? 0))}
      {transaction && fact('Transaction', `${(columns.transaction[index] ?? 0) + 1}, ${transaction.outcome}`)}
      {connection && fact('Connection', <bdi>{`${connection.label}, ${connection.dialect}`}</bdi>)}
    </dl>
  )
}

/** One query, or what the queries of a group have in common. */
export function SqlDetail({ data, row, hue, onStep }: { data: SqlPanelData; row: SqlRow; hue: string; onStep(direction: 1 | -1): void }) {
  const panel = usePanel()
  const [tab, setTab] = useState('query')
  const { columns, texts, sites, groups } = data
  const { index, members } = row
  const sql = texts[columns.text[index] ?? 0] ?? ''
  const params = columns.params[index] ?? []
  const found = sites[columns.site[index] ?? -1]
  const site = found ? { ...found, ...(columns.inferred[index] ? { inferred: true as const } : {}) } : null
  const group = groups[columns.similar[index] ?? -1]
  const duration = columns.durationMs[index] ?? 0
  const query = () => (
    <>
      <QueryText sql={members ? (group?.shape ?? sql) : sql} params={members ? [] : params} />
      <div class="acts">
        <button type="button" class="btn" data-key-y onClick={() => panel.copy(toRunnableSql(sql, params), 'runnable SQL')}>
          <Icon path={allIcons.copy} small />
          Copy runnable SQL
        </button>
        {!members && params.length > 0 && (
          <button type="button" class="btn ghost" onClick={() => panel.copy(sql, 'the query as it was sent')}>
            Copy as sent
          </button>
        )}
      </div>
      <Facts data={data} row={row} />
      {!members && params.length > 0 && (
        <div>
          <h3 class="h">Parameters</h3>
          <ValueRows entries={params.map((value, at) => [String(at + 1), value])} />
        </div>
      )}
      {site && (
        <p>
          <span class="m3">Called from </span>
          <Source site={site} loud />
        </p>
      )}
    </>
  )
  const stack = () =>
    site ? (
      <>
        <div class="frame">
          <span class="mono trunc">{site.function ?? 'top level'}</span>
          <Source site={site} />
        </div>
        {site.inferred && (
          <p class="m2">
            Taken from an earlier run of the same query: stacks of repeated queries are sampled. Set stack.every to capture each one.
          </p>
        )}
      </>
    ) : (
      <p class="m2">No place in your code was seen: the query was started by a package, or call sites are turned off.</p>
    )
  return (
    <Detail
      label="Query details"
      head={
        members ? (
          <>
            <span class="chip sim l" style={{ '--g': hue }}>
              ×{formatCount(members.length)} similar
            </span>
            <span class="m3 trunc">
              {formatCount((members[0] ?? 0) + 1)} to {formatCount((members.at(-1) ?? 0) + 1)},{' '}
              {formatMs(members.reduce((sum, member) => sum + (columns.durationMs[member] ?? 0), 0))}
            </span>
          </>
        ) : (
          <>
            <span class="b">Query {formatCount(index + 1)}</span>
            <span class="m3 trunc">
              {formatMs(duration)}
              {columns.rows[index] !== null && `, ${formatPlural(columns.rows[index] ?? 0, 'row')}`}
            </span>
          </>
        )
      }
      tabs={[
        { id: 'query', label: 'Query', content: query },
        { id: 'stack', label: 'Stack', content: stack },
      ]}
      tab={tab}
      onTab={setTab}
      onStep={onStep}
    />
  )
}
