import type { Entry, Site, SqlData } from '../../contract/types.ts'
import { definePanel, figure, ms } from '../panel.ts'
import { type Rows, selectRows } from '../select-rows.ts'
import type { SqlColumns, SqlGroup, SqlPanelData } from './data.ts'

export const sqlPanel = definePanel<SqlPanelData>({
  id: 'sql',
  title: 'SQL',
  types: ['sql'],
  summary({ summary, entries }) {
    const count = summary.counts.sql ?? 0
    if (count === 0) return figure('0', 0)
    const failed = entries.some((entry) => entry.type === 'sql' && entry.status === 'error')
    return figure(
      `${count.toLocaleString('en-US')} · ${ms(summary.times.sql ?? 0)}`,
      count,
      failed ? 'error' : summary.largestGroup >= 5 ? 'warn' : 'none',
    )
  },
  data(view, query, context) {
    const all = view.entries.filter((entry): entry is Entry<SqlData> => entry.type === 'sql')
    const shown = selectRows(all, query, sqlRows)
    const builder = new ColumnBuilder()
    for (const entry of all) builder.group(entry)
    for (const entry of shown) builder.add(entry)
    const { summary } = view
    return {
      requestMs: summary.durationMs,
      total: summary.counts.sql ?? 0,
      truncated: (view.truncated.sql ?? 0) + (view.truncated.transaction ?? 0),
      durationMs: summary.times.sql ?? 0,
      waitMs: all.reduce((sum, entry) => sum + entry.data.waitMs, 0),
      slowQueryMs: context.slowQueryMs,
      similar: summary.similar,
      duplicates: summary.duplicates,
      texts: builder.texts.values,
      sites: builder.sites.values,
      connections: builder.connections,
      groups: builder.groups,
      transactions: builder.transactions,
      columns: builder.columns,
    }
  },
})

const sqlRows: Rows<Entry<SqlData>> = {
  toFields: ({ data, site, durationMs }) => ({
    text: [data.sql],
    fields: { time: durationMs, rows: data.rows, table: data.shape, file: site?.file, connection: data.connection, kind: data.kind },
  }),
  sorts: {
    start: (row) => row.startMs,
    time: (row) => row.durationMs ?? 0,
    rows: (row) => row.data.rows ?? -1,
    query: (row) => row.data.sql,
  },
}

/** Values kept once, referred to by index. */
class Dictionary<Value> {
  readonly values: Value[] = []
  private readonly indexes = new Map<string, number>()

  indexOf(key: string, value: Value): number {
    let index = this.indexes.get(key)
    if (index === undefined) {
      index = this.values.push(value) - 1
      this.indexes.set(key, index)
    }
    return index
  }
}

class ColumnBuilder {
  readonly texts = new Dictionary<string>()
  readonly sites = new Dictionary<Site>()
  readonly connections: SqlPanelData['connections'] = []
  readonly groups: SqlGroup[] = []
  readonly transactions: SqlPanelData['transactions'] = []
  readonly columns: SqlColumns = {
    id: [],
    startMs: [],
    durationMs: [],
    waitMs: [],
    text: [],
    params: [],
    rows: [],
    site: [],
    inferred: [],
    connection: [],
    similar: [],
    duplicate: [],
    transaction: [],
    kind: [],
    parentId: [],
    errors: {},
  }
  private readonly groupIndexes = new Map<number, number>()
  private readonly connectionIndexes = new Map<string, number>()
  private readonly transactionIndexes = new Map<string, number>()

  /** Totals of groups, connections and transactions are of all queries, whatever part is shown. */
  group(entry: Entry<SqlData>): void {
    const { data, durationMs } = entry
    for (const [id, kind] of [
      [data.similarGroup, 'similar'],
      [data.duplicateGroup, 'duplicate'],
    ] as const) {
      if (id === null) continue
      const group = this.groups[this.groupIndex(id, kind, data)] as SqlGroup
      group.count++
      group.durationMs += durationMs ?? 0
    }
    const connection = this.connections[this.connectionIndex(data)] as SqlPanelData['connections'][number]
    if (data.kind === 'query') connection.count++
    connection.durationMs += durationMs ?? 0
    if (data.transactionId === null) return
    const transaction = this.transactions[this.transactionIndex(data.transactionId)] as SqlPanelData['transactions'][number]
    if (data.kind === 'transaction' && data.savepoint === null && /^commit/i.test(data.sql)) transaction.outcome = 'committed'
    if (data.kind === 'transaction' && data.savepoint === null && /^rollback\s*;?\s*$/i.test(data.sql)) transaction.outcome = 'rolled back'
  }

  add(entry: Entry<SqlData>): void {
    const { data, site } = entry
    const { columns } = this
    const index = columns.id.push(entry.id) - 1
    columns.startMs.push(entry.startMs)
    columns.durationMs.push(entry.durationMs)
    columns.waitMs.push(data.waitMs)
    columns.text.push(this.texts.indexOf(data.sql, data.sql))
    columns.params.push(data.params)
    columns.rows.push(data.rows)
    columns.site.push(site === null ? -1 : this.siteIndex(site))
    columns.inferred.push(site?.inferred === true ? 1 : 0)
    columns.connection.push(this.connectionIndex(data))
    columns.similar.push(data.similarGroup === null ? -1 : this.groupIndex(data.similarGroup, 'similar', data))
    columns.duplicate.push(data.duplicateGroup === null ? -1 : this.groupIndex(data.duplicateGroup, 'duplicate', data))
    columns.transaction.push(data.transactionId === null ? -1 : this.transactionIndex(data.transactionId))
    columns.kind.push(data.kind === 'query' ? 'q' : 't')
    columns.parentId.push(entry.parentId)
    if (data.error !== null) columns.errors[index] = data.error
  }

  private siteIndex(site: Site): number {
    const { file, line, column } = site
    return this.sites.indexOf(`${file}:${line}:${column}`, { file, line, column, function: site.function })
  }

  private groupIndex(id: number, kind: SqlGroup['kind'], data: SqlData): number {
    let index = this.groupIndexes.get(id)
    if (index === undefined) {
      index = this.groups.push({ kind, text: this.texts.indexOf(data.sql, data.sql), shape: data.shape, count: 0, durationMs: 0 }) - 1
      this.groupIndexes.set(id, index)
    }
    return index
  }

  private connectionIndex(data: SqlData): number {
    let index = this.connectionIndexes.get(data.connection)
    if (index === undefined) {
      index = this.connections.push({ label: data.connection, dialect: data.dialect, count: 0, durationMs: 0 }) - 1
      this.connectionIndexes.set(data.connection, index)
    }
    return index
  }

  private transactionIndex(id: string): number {
    let index = this.transactionIndexes.get(id)
    if (index === undefined) {
      index = this.transactions.push({ id, outcome: 'open' }) - 1
      this.transactionIndexes.set(id, index)
    }
    return index
  }
}
