import type { Entry, Site, SqlData } from '../../contract/types.ts'
import { definePanel, figure, ms, round } from '../panel.ts'
import { type Rows, selectRows } from '../select-rows.ts'
import { SQL_FIELDS, type SqlColumns, type SqlGroup, type SqlPanelData, type SqlPanelWire } from './data.ts'
import { gapsOf } from './gaps.ts'
import { Transactions } from './transactions.ts'
import { packSql } from './wire.ts'

/** Shorter waits for a connection are the pool's own bookkeeping. */
const WAIT_MS = 0.1

const sqlRows: Rows<Entry<SqlData>, (typeof SQL_FIELDS)[number]> = {
  fields: SQL_FIELDS,
  toFields: ({ data, site, durationMs }, { slowQueryMs }) => ({
    text: [data.sql, site?.file, ...data.params.map((param) => (typeof param === 'string' || typeof param === 'number' ? `${param}` : ''))],
    fields: {
      time: durationMs,
      rows: data.rows,
      bytes: data.bytes,
      wait: data.waitMs,
      table: data.sql,
      file: site?.file,
      connection: data.connection,
      kind: data.kind,
      is: [
        data.similarGroup === null ? '' : 'similar',
        data.duplicateGroup === null ? '' : 'identical',
        data.error === null ? '' : 'failed',
        data.transactionId === null ? '' : 'transaction',
        data.after === null ? '' : 'late',
        (durationMs ?? 0) >= slowQueryMs ? 'slow' : '',
      ].filter(Boolean),
    },
  }),
  sorts: {
    start: (row) => row.startMs,
    time: (row) => row.durationMs ?? 0,
    rows: (row) => row.data.rows ?? -1,
    query: (row) => row.data.sql,
  },
}

export const sqlPanel = definePanel<SqlPanelWire>({
  id: 'sql',
  title: 'SQL',
  types: ['sql'],
  rows: sqlRows,
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
    const shown =
      query.filter === null && query.sort === null && query.from === 0 && query.limit === null
        ? all
        : selectRows(all, query, context, sqlRows)
    const builder = new ColumnBuilder()
    let waitMs = 0
    for (const entry of all) {
      builder.group(entry)
      waitMs += entry.data.waitMs
    }
    for (const entry of shown) builder.add(entry)
    const { summary } = view
    const outside = summary.kind === 'outside'
    return packSql({
      requestMs: outside ? 0 : summary.durationMs,
      total: summary.counts.sql ?? 0,
      truncated: (view.truncated.sql ?? 0) + (view.truncated.transaction ?? 0),
      durationMs: summary.times.sql ?? 0,
      waitMs: round(waitMs),
      slowQueryMs: context.slowQueryMs,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      similar: summary.similar,
      duplicates: summary.duplicates,
      texts: builder.texts.values,
      shapes: builder.shapes.values,
      sites: builder.sites.values,
      connections: builder.connections,
      groups: builder.groups,
      transactions: builder.transactions.values,
      gaps: outside ? [] : gapsOf(view.entries, summary.durationMs),
      columns: builder.columns,
    })
  },
})

/** Values kept once, referred to by index. */
class Dictionary<Value> {
  readonly values: Value[] = []
  private readonly indexes = new Map<string, number>()
  // what repeats, repeats in runs
  private last = ''
  private lastIndex = -1

  indexOf(key: string, value: Value): number {
    if (key === this.last && this.lastIndex >= 0) return this.lastIndex
    let index = this.indexes.get(key)
    if (index === undefined) {
      index = this.values.push(value) - 1
      this.indexes.set(key, index)
    }
    this.last = key
    this.lastIndex = index
    return index
  }
}

class ColumnBuilder {
  readonly texts = new Dictionary<string>()
  readonly shapes = new Dictionary<string>()
  readonly sites = new Dictionary<Site>()
  readonly connections: SqlPanelData['connections'] = []
  readonly groups: SqlGroup[] = []
  readonly transactions = new Transactions()
  readonly columns: SqlColumns = {
    id: [],
    startMs: [],
    durationMs: [],
    text: [],
    params: [],
    rows: [],
    bytes: [],
    site: [],
    inferred: [],
    connection: [],
    similar: [],
    duplicate: [],
    transaction: [],
    depth: [],
    kind: [],
    errors: {},
    waitMs: {},
    after: {},
  }
  private lastSite: { site: Site; index: number } | null = null
  private readonly groupIndexes = new Map<number, number>()
  private readonly connectionIndexes = new Map<string, number>()

  /** Totals of groups, connections and transactions are of all queries, whatever part is shown. */
  group(entry: Entry<SqlData>): void {
    const { data, durationMs } = entry
    if (data.similarGroup !== null) this.count(this.groupIndex(data.similarGroup, 'similar', data), durationMs)
    if (data.duplicateGroup !== null) this.count(this.groupIndex(data.duplicateGroup, 'duplicate', data), durationMs)
    const connection = this.connections[this.connectionIndex(data)] as SqlPanelData['connections'][number]
    if (data.kind === 'query') connection.count++
    connection.durationMs += durationMs ?? 0
    this.transactions.note(entry)
  }

  add(entry: Entry<SqlData>): void {
    const { data, site } = entry
    const { columns } = this
    const index = columns.id.push(entry.id) - 1
    columns.startMs.push(entry.startMs)
    columns.durationMs.push(entry.durationMs)
    columns.text.push(this.texts.indexOf(data.sql, data.sql))
    columns.params.push(data.params)
    columns.rows.push(data.rows)
    columns.bytes.push(data.bytes)
    columns.site.push(site === null ? -1 : this.siteIndex(site))
    columns.inferred.push(site?.inferred === true ? 1 : 0)
    columns.connection.push(this.connectionIndex(data))
    columns.similar.push(data.similarGroup === null ? -1 : this.groupIndex(data.similarGroup, 'similar', data))
    columns.duplicate.push(data.duplicateGroup === null ? -1 : this.groupIndex(data.duplicateGroup, 'duplicate', data))
    columns.transaction.push(this.transactions.indexOf(data))
    columns.depth.push(this.transactions.depthOf(entry.id))
    columns.kind.push(data.kind === 'query' ? 'q' : 't')
    if (data.error !== null) columns.errors[index] = data.error
    if (data.waitMs >= WAIT_MS) columns.waitMs[index] = data.waitMs
    if (data.after !== null) columns.after[index] = data.after
  }

  private count(index: number, durationMs: number | null): void {
    const group = this.groups[index] as SqlGroup
    group.count++
    group.durationMs += durationMs ?? 0
  }

  private siteIndex(site: Site): number {
    const { file, line, column } = site
    const last = this.lastSite
    if (last !== null && last.site.line === line && last.site.column === column && last.site.file === file) return last.index
    const index = this.sites.indexOf(`${file}:${line}:${column}`, { file, line, column, function: site.function })
    this.lastSite = { site, index }
    return index
  }

  private groupIndex(id: number, kind: SqlGroup['kind'], data: SqlData): number {
    let index = this.groupIndexes.get(id)
    if (index === undefined) {
      index =
        this.groups.push({
          kind,
          text: this.texts.indexOf(data.sql, data.sql),
          shape: this.shapes.indexOf(data.shape, data.shape),
          count: 0,
          durationMs: 0,
        }) - 1
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
}
