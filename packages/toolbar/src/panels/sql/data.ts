import type { Preview, Site, SqlData } from '../../contract/types.ts'

/**
 * Columns instead of objects: 10,000 queries stay small on the wire and cheap to build.
 * Index `i` of every column is the same query; the queries are in start order.
 */
export interface SqlColumns {
  id: number[]
  startMs: number[]
  durationMs: (number | null)[]
  waitMs: number[]
  /** index into `texts` */
  text: number[]
  params: Preview[][]
  rows: (number | null)[]
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
  kind: ('q' | 't')[]
  parentId: (number | null)[]
  /** sparse: by index */
  errors: Record<number, NonNullable<SqlData['error']>>
}

export interface SqlGroup {
  kind: 'duplicate' | 'similar'
  /** index into `texts` of the first member */
  text: number
  shape: string
  count: number
  durationMs: number
}

export interface SqlPanelData {
  /** length of the request: the axis */
  requestMs: number
  /** queries, transactions' own statements not counted, exact also when not all are kept */
  total: number
  /** queries and transaction statements not kept */
  truncated: number
  /** union of all queries */
  durationMs: number
  waitMs: number
  slowQueryMs: number
  similar: number
  duplicates: number
  texts: string[]
  sites: Site[]
  connections: { label: string; dialect: string; count: number; durationMs: number }[]
  groups: SqlGroup[]
  transactions: { id: string; outcome: 'committed' | 'rolled back' | 'open' }[]
  columns: SqlColumns
}
