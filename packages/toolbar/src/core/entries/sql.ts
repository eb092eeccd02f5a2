import type { PoolState, SqlData } from '../../contract/types.ts'
import { beginningOf } from '../cut-text.ts'
import { defineKind, definePacker, type RawEntry, type Shedding } from '../entry.ts'
import type { Limits } from '../limits.ts'
import { siteOfStack } from '../sites.ts'
import type { SqlConsole } from '../sql/console.ts'
import { shapeOf } from '../sql/shape.ts'
import type { Stack } from '../stacks.ts'
import { packSql } from './sql-pack.ts'
import { leaveOut, paramsKey, picturesOf, sealValues, shortKey, sizeOfValues } from './sql-values.ts'

/** A watched database: what all queries on it share. */
export interface SqlTarget {
  label: string
  readonly dialect: string
  /** for EXPLAIN and running again; `null` once it is no longer watched, or where there is no way */
  console: SqlConsole | null
}

/** A pool at the moment somebody had to wait. */
export interface RawPool {
  max: number | null
  used: number
  pending: number
  holders: { request: string | null; heldMs: number; sql: string; transaction: boolean; stack: Stack | null }[]
}

/** What is known of a text of which only the beginning is kept. */
export interface Cut {
  /** `shortKey` of all of it */
  readonly text: string
  /** `shortKey` of its shape; `text` where that was not found out, `null` where the beginning has it */
  readonly shape: string | null
}

/** bytes of it, estimated */
const cutBytes = 250

/** A query as a source captures it: texts and references. */
export interface RawSql {
  sql: string
  /** `sql` is only the beginning of what this tells apart */
  cut?: Cut
  /** the driver's own array until seal; then primitives, small copies and pictures */
  params: readonly unknown[]
  readonly database: SqlTarget
  connectionId: string | null
  /** BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their like */
  readonly transaction: boolean
  /** -1 when it cannot be known */
  rows: number
  error: { message: string; code: string | null } | null
  transactionId: string | null
  savepoint: string | null
  waitMs: number
  /** below 0 when they cannot be known, or not yet */
  bytes: number
  /** -1 when they cannot be known */
  columns: number
  pool: RawPool | null
  /** id of the sealed request that asked */
  after: string | null
  /** set by `groupQueries` */
  duplicateGroup: number
  similarGroup: number
}

export const sqlKind = defineKind({
  type: 'sql',
  spine: 'sql',
  seal(entry, limits) {
    const raw = entry.data as RawSql
    if (raw.sql.length > limits.sqlLength && raw.cut === undefined) {
      raw.cut = { text: shortKey(raw.sql), shape: null }
      raw.sql = `${beginningOf(raw.sql, limits.sqlLength)} …`
    }
    raw.params = sealValues(raw.params, limits)
    return 160 + sizeOfValues(raw.params) + (raw.cut === undefined ? 0 : cutBytes)
  },
  sharedText: (entry) => (entry.data as RawSql).sql,
  shed(entry, limits, shedding) {
    const raw = entry.data as RawSql
    const before = sizeOfValues(raw.params)
    raw.params = leaveOut(raw.params, limits)
    const bytes = before - sizeOfValues(raw.params)
    if (raw.sql.length <= maxShed) return bytes
    const added = raw.cut === undefined ? cutBytes : 0
    raw.cut = cutOf(raw, shedding)
    raw.sql = `${beginningOf(raw.sql, 500)} …`
    return bytes - added
  },
  title: (data: SqlData) => data.sql,
  toData(entry, limits): SqlData {
    const raw = entry.data as RawSql
    return {
      kind: raw.transaction ? 'transaction' : 'query',
      sql: raw.sql.length > limits.sqlLength + 2 ? `${raw.sql.slice(0, limits.sqlLength)} …` : raw.sql,
      params: picturesOf(raw.params, limits),
      dialect: raw.database.dialect,
      connection: raw.database.label,
      connectionId: raw.connectionId,
      rows: raw.rows === -1 ? null : raw.rows,
      error: raw.error,
      transactionId: raw.transactionId,
      savepoint: raw.savepoint,
      waitMs: raw.waitMs,
      duplicateGroup: raw.duplicateGroup === 0 ? null : raw.duplicateGroup,
      similarGroup: raw.similarGroup === 0 ? null : raw.similarGroup,
      shape: knownShape(raw.sql, raw.database.dialect),
      bytes: raw.bytes < 0 ? null : raw.bytes,
      columns: raw.columns === -1 ? null : raw.columns,
      pool: raw.pool === null ? null : toPool(raw.pool),
      after: raw.after,
    }
  },
})

function toPool({ max, used, pending, holders }: RawPool): PoolState {
  return {
    max,
    used,
    pending,
    holders: holders.map(({ request, heldMs, sql, transaction, stack }) => ({
      request,
      heldMs: Math.round(heldMs * 1_000) / 1_000,
      sql,
      transaction,
      site: stack?.text == null ? null : siteOfStack(stack.text),
    })),
  }
}

/** Not in `counts.sql`, groups or budgets. */
export const transactionKind = defineKind({
  type: 'sql',
  countAs: 'transaction',
  spine: 'sql',
  seal: sqlKind.seal,
  shed: sqlKind.shed,
  sharedText: sqlKind.sharedText,
  title: sqlKind.title ?? undefined,
  toData: sqlKind.toData,
})

definePacker([sqlKind, transactionKind], packSql({ query: sqlKind, transaction: transactionKind }))

/** characters of a text that is not cut, however heavy its record */
const maxShed = 2_000

const shapes = new Map<string, string>()
/** longer texts are too heavy to remember */
const maxRemembered = 4_000

/** Forgets shapes, for the last `close()`. */
export function forgetShapes(): void {
  shapes.clear()
}

/** `shapeOf` with a memory of 2,000 texts. */
export function knownShape(sql: string, dialect: string): string {
  if (sql.length > maxRemembered) return shapeOf(sql, dialect)
  const key = `${dialect}\n${sql}`
  let shape = shapes.get(key)
  if (shape === undefined) {
    shape = shapeOf(sql, dialect)
    if (shapes.size >= 2_000) shapes.clear()
    shapes.set(key, shape)
  }
  return shape
}

/** What is to be known of a text that is cut now; not its shape where reading it would take too long. */
function cutOf({ sql, cut, database: { dialect } }: RawSql, shedding: Shedding): Cut {
  let cuts = shedding.cuts.get(dialect)
  if (cuts === undefined) {
    cuts = new Map()
    shedding.cuts.set(dialect, cuts)
  }
  // equal beginnings may be of two texts
  const own = cut?.text ?? sql
  let found = cuts.get(own)
  if (found === undefined) {
    shedding.chars -= sql.length
    const text = cut?.text ?? shortKey(sql)
    found = { text, shape: shedding.chars < 0 ? text : shortKey(shapeOf(sql, dialect)) }
    cuts.set(own, found)
  }
  return found
}

export interface QueryGroups {
  /** members of duplicate groups */
  duplicates: number
  /** members of similar groups; duplicates are members too */
  similar: number
  largest: number
}

/** Finds duplicates (connection, SQL, parameters) and similar queries (connection, shape), and writes group ids into them. */
export function groupQueries(entries: readonly RawEntry[], limits: Limits): QueryGroups {
  const similar = new Map<string, RawSql[]>()
  const duplicate = new Map<string, RawSql[]>()
  const known = new Map<string, Keys>()
  for (const entry of entries) {
    if (entry.kind !== sqlKind) continue
    const raw = entry.data as RawSql
    const { label } = raw.database
    raw.duplicateGroup = 0
    raw.similarGroup = 0
    const { text, shape } = keysOf(raw, known)
    add(similar, `${label}\n${shape}`, raw)
    add(duplicate, `${label}\n${text}\n${paramsKey(raw.params, limits)}`, raw)
  }
  const result = { duplicates: 0, similar: 0, largest: 0 }
  let id = 0
  for (const members of similar.values()) {
    if (members.length < 2) continue
    id++
    result.similar += members.length
    result.largest = Math.max(result.largest, members.length)
    for (const member of members) member.similarGroup = id
  }
  for (const members of duplicate.values()) {
    if (members.length < 2) continue
    id++
    result.duplicates += members.length
    for (const member of members) member.duplicateGroup = id
  }
  return result
}

interface Keys {
  readonly text: string
  readonly shape: string
}

/** Equal texts have equal keys, cut or not. @param known by whole texts, which many queries share, and by what texts are known by */
function keysOf({ sql, cut, database: { dialect } }: RawSql, known: Map<string, Keys>): Keys {
  const own = `${dialect}\n${cut?.text ?? sql}`
  const seen = known.get(own)
  if (seen !== undefined) return seen
  const text = cut?.text ?? shortKey(sql)
  const byText = `${dialect}\n${text}`
  const keys = known.get(byText) ?? { text, shape: cut?.shape ?? shortKey(knownShape(sql, dialect)) }
  known.set(own, keys)
  known.set(byText, keys)
  return keys
}

function add(groups: Map<string, RawSql[]>, key: string, member: RawSql): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [member])
  else group.push(member)
}
