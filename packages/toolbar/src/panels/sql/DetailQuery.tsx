import type { ComponentChildren } from 'preact'
import type { PoolState, RequestSummary, SqlData } from '../../contract/types.ts'
import { Code } from '../../ui/Code.tsx'
import { Ms } from '../../ui/figures.tsx'
import { formatBytes, formatClock, formatCount, formatMs, formatPlural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { usePanel } from '../../ui/panel.ts'
import { Source } from '../../ui/Source.tsx'
import { SqlLine } from '../../ui/Sql.tsx'
import { ValueRows } from '../../ui/ValueTree.tsx'
import type { SqlPanelData } from './data.ts'
import { toKnexCall } from './knex-call.ts'
import { QueryText } from './QueryText.tsx'
import { toRunnableSql } from './runnable-sql.ts'
import { type Answers, useDetail } from './use-answers.ts'
import type { SqlRow } from './view-rows.ts'

type Rows = [label: string, value: ComponentChildren][]

function List({ rows }: { rows: Rows }) {
  return (
    <dl class="kv">
      {rows.map(([label, value], index) => [<dt key={`${index} label`}>{label}</dt>, <dd key={`${index} value`}>{value}</dd>])}
    </dl>
  )
}

/** Who had the connections while this query waited for one. */
function Pool({ pool }: { pool: PoolState }) {
  const panel = usePanel()
  return (
    <section>
      <h3 class="h">
        Who had the connections
        <span class="m3">
          {formatCount(pool.used)}
          {pool.max !== null && ` of ${formatCount(pool.max)}`} in use, {formatCount(pool.pending)} waiting
        </span>
      </h3>
      <ul class="holders">
        {pool.holders.map(({ request, heldMs, sql, transaction, site }, index) => (
          <li key={index}>
            <span class="b nw">{formatMs(heldMs)}</span>
            <SqlLine sql={sql} />
            <span class="m3">
              {transaction && 'in a transaction, '}
              {site ? <Source site={site} /> : 'place not known'}
            </span>
            {request !== null && request !== panel.currentId && (
              <button type="button" class="btn sm" onClick={() => panel.openRequest(request)}>
                Open its request
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function factsOf(data: SqlPanelData, row: SqlRow, request: RequestSummary, sqlData: SqlData | null): Rows {
  const { columns, connections, transactions } = data
  const { index, members } = row
  const connection = connections[columns.connection[index] ?? 0]
  const number = columns.transaction[index] ?? -1
  const transaction = transactions[number]
  const error = columns.errors[index]
  const duration = columns.durationMs[index]
  const start = columns.startMs[index] ?? 0
  const count = columns.rows[index]
  const bytes = columns.bytes[index]
  const wait = columns.waitMs[index]
  const rows: Rows = []
  if (error) rows.push(['Error', <bdi class="c-err wrap">{`${error.code ? `${error.code}: ` : ''}${error.message}`}</bdi>])
  if (members) {
    const total = members.reduce((sum, member) => sum + (columns.durationMs[member] ?? 0), 0)
    rows.push(['Time', `${formatMs(total)} in ${formatPlural(members.length, 'query', 'queries')}`])
  } else {
    const when = data.requestMs > 0 ? `starts at ${formatMs(start)}` : `at ${formatClock(request.startedAt + start)}`
    rows.push([
      'Time',
      <>
        {duration === null || duration === undefined ? 'still running' : <Ms value={duration} />} <span class="m3">{when}</span>
      </>,
    ])
    const parts = [
      sqlData?.columns ? formatPlural(sqlData.columns, 'column') : null,
      typeof bytes === 'number' ? formatBytes(bytes) : null,
    ].filter(Boolean)
    if (columns.kind[index] === 'q')
      rows.push([
        'Rows',
        <>
          {typeof count === 'number' ? formatCount(count) : 'not known'} <span class="m3">{parts.join(', ')}</span>
        </>,
      ])
  }
  if (wait) rows.push(['Waited', `${formatMs(wait)} for a connection`])
  if (transaction)
    rows.push([
      'Transaction',
      <>
        {[`${number + 1}`, transaction.isolation, transaction.outcome].filter(Boolean).join(', ')}{' '}
        <span class="m3">{formatMs(transaction.endMs - transaction.startMs)}</span>
      </>,
    ])
  if (sqlData?.savepoint) rows.push(['Savepoint', <bdi class="mono">{sqlData.savepoint}</bdi>])
  if (connection)
    rows.push(['Connection', <bdi>{[connection.label, connection.dialect, sqlData?.connectionId].filter(Boolean).join(', ')}</bdi>])
  return rows
}

/** The text of a query with its values, its figures, and where it was asked for. */
export function DetailQuery({
  data,
  row,
  request,
  answers,
  onTab,
}: {
  data: SqlPanelData
  row: SqlRow
  request: RequestSummary
  answers: Answers
  onTab(tab: string): void
}) {
  const panel = usePanel()
  const { columns, texts, sites, groups, shapes, connections } = data
  const { index, members } = row
  const entry = columns.id[index] ?? 0
  const detail = useDetail(answers, entry).value
  const sql = texts[columns.text[index] ?? 0] ?? ''
  const params = columns.params[index] ?? []
  const dialect = connections[columns.connection[index] ?? 0]?.dialect ?? ''
  const group = groups[columns.similar[index] ?? -1]
  const found = sites[columns.site[index] ?? -1]
  const site = found ? { ...found, ...(columns.inferred[index] ? { inferred: true as const } : {}) } : null
  const isQuery = columns.kind[index] === 'q'
  const call = toKnexCall(sql, params, dialect)
  const sqlData = (detail?.entry.data as SqlData | undefined) ?? null
  const after = columns.after[index]
  return (
    <>
      <QueryText
        key={row.key}
        sql={members && group ? (shapes[group.shape] ?? sql) : sql}
        params={members ? [] : params}
        dialect={dialect}
      />
      <div class="acts">
        <button
          type="button"
          class="btn"
          data-key-y
          onClick={() => panel.copy(toRunnableSql(sql, params, { dialect, timeZone: data.timeZone }), 'runnable SQL')}
        >
          <Icon path={allIcons.copy} small />
          Copy runnable SQL
        </button>
        {isQuery && (
          <>
            <button type="button" class="btn" onClick={() => onTab('result')}>
              <Icon path={allIcons.play} small />
              Run again
            </button>
            <button type="button" class="btn" onClick={() => onTab('plan')}>
              Explain
            </button>
          </>
        )}
        {call !== null && (
          <button type="button" class="btn ghost" title={call} onClick={() => panel.copy(call, 'the knex call')}>
            Copy as knex call
          </button>
        )}
        {params.length > 0 && (
          <button type="button" class="btn ghost" onClick={() => panel.copy(sql, 'the query as it was sent')}>
            Copy as sent
          </button>
        )}
      </div>
      <List rows={factsOf(data, row, request, sqlData)} />
      {after !== undefined && (
        <p>
          <span class="m3">Asked for by a request after its response. </span>
          <button type="button" class="btn sm" onClick={() => panel.openRequest(after)}>
            Open that request
          </button>
        </p>
      )}
      {sqlData?.pool && <Pool pool={sqlData.pool} />}
      {!members && params.length > 0 && (
        <section>
          <h3 class="h">Parameters</h3>
          <ValueRows entries={params.map((value, at) => [String(at + 1), value])} />
        </section>
      )}
      {site && (
        <section>
          <h3 class="h">
            Called from
            <Source site={site} loud />
          </h3>
          {detail?.source && (
            <Code
              text={detail.source.lines.join('\n')}
              language="javascript"
              label="Source excerpt"
              firstLine={detail.source.firstLine}
              hot={detail.source.line}
            />
          )}
        </section>
      )}
      {detail?.template && (
        <p>
          <span class="m3">Run while this template was rendered: </span>
          <Source site={{ file: detail.template.file, line: detail.template.line, column: null }} loud />
        </p>
      )}
    </>
  )
}
