import type { EntryType, Preview, Site, SqlData } from '../../contract/types.ts'

/** Fields of the filter, in the view and in the API. */
export const SQL_FIELDS = ['time', 'rows', 'bytes', 'wait', 'table', 'file', 'connection', 'kind', 'is'] as const

/** What columns have in common on the wire and when they are read. Index `i` of every column is the same query, in start order. */
interface SharedColumns {
  /** index into `texts` */
  text: number[]
  params: Preview[][]
  rows: (number | null)[]
  /** of the answer, as far as they are known */
  bytes: (number | null)[]
  /** index into `sites`, -1 for none */
  site: number[]
  /** 1 when the site was inferred */
  inferred: (0 | 1)[]
  /** index into `connections` */
  connection: number[]
  /** index into `groups`, -1 when alone */
  similar: number[]
  duplicate: number[]
  /** index into `transactions`, -1 outside */
  transaction: number[]
  /** savepoints it ran in, one inside the other; 0 outside of them */
  depth: number[]
  kind: ('q' | 't')[]
  /** sparse, by index */
  errors: Record<number, NonNullable<SqlData['error']>>
  /** sparse: ms of waiting for a connection, where it was not the pool's own bookkeeping */
  waitMs: Record<number, number>
  /** sparse: id of the request that asked after its response; only outside of requests */
  after: Record<number, string>
}

/** Columns as they are read: 10,000 queries are cheap to build and to go through. */
export interface SqlColumns extends SharedColumns {
  id: number[]
  startMs: number[]
  /** `null` while running */
  durationMs: (number | null)[]
}

/** Columns as they are sent: small whole numbers compress to a third. `wire.ts` turns one into the other. */
export interface SqlWireColumns extends SharedColumns {
  /** each as the difference to the one before */
  id: number[]
  /** µs, each as the difference to the one before */
  start: number[]
  /** µs, -1 while running */
  duration: number[]
}

export interface SqlGroup {
  kind: 'duplicate' | 'similar'
  /** index into `texts` of the first member */
  text: number
  /** index into `shapes` */
  shape: number
  count: number
  durationMs: number
}

export interface SqlTransaction {
  id: string
  outcome: 'committed' | 'rolled back' | 'open'
  /** in lower case, `null` where it was left to the database */
  isolation: string | null
  startMs: number
  /** of its last statement so far */
  endMs: number
}

/** Between two queries the database had nothing to do for long. */
export interface SqlGap {
  startMs: number
  durationMs: number
  /** what ran then, longest first: the deepest entries; type `app` is code that no entry tells of */
  parts: { type: EntryType | 'app'; name: string; durationMs: number }[]
}

interface SqlPanel<Columns> {
  /** length of the request: the axis; 0 for a list that is of no request */
  requestMs: number
  /** queries, transactions' own statements not counted, exact also when not all are kept */
  total: number
  /** queries and transaction statements not kept */
  truncated: number
  /** union of all queries */
  durationMs: number
  waitMs: number
  slowQueryMs: number
  /** of the app's process: drivers write dates in it */
  timeZone: string
  similar: number
  duplicates: number
  texts: string[]
  shapes: string[]
  sites: Site[]
  connections: { label: string; dialect: string; count: number; durationMs: number }[]
  groups: SqlGroup[]
  transactions: SqlTransaction[]
  gaps: SqlGap[]
  columns: Columns
}

export type SqlPanelData = SqlPanel<SqlColumns>
/** Answer of `GET .../panels/sql`. */
export type SqlPanelWire = SqlPanel<SqlWireColumns>
