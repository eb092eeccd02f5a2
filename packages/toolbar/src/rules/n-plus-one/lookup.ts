import type { SqlCondition, SqlStatement } from '../../core/sql/statement.ts'
import { countDistinct, hasValues, type Query, readQuery, valueKey } from '../queries.ts'

/** What repeated queries look up, as far as SQL and parameters say. */
export interface Lookup {
  readonly shape: string
  readonly sql: string
  readonly dialect: string
  readonly statement: SqlStatement
  readonly table: string | null
  /** compared by `=` with a value that differs; `null` when no single column is */
  readonly column: string | null
  /** queries that differ from all others */
  readonly distinct: number
  /** distinct values of the column, where it is compared with a placeholder and all are known */
  readonly values: number | null
  /** a row by what no two rows have in common, as far as its name says */
  readonly isOne: boolean
  /** one of the rows of each value, which may be many */
  readonly isOneOfMany: boolean
  /** all values are known, and can be keys of a Map */
  readonly isKeyed: boolean
  /** some values are numbers as text, which come from outside often */
  readonly isText: boolean
  /** how values are told apart in a Map: as they are, as text, or `null` where the database may find equal what JavaScript does not */
  readonly keys: 'plain' | 'text' | null
}

/** `null` for what is no N+1: no SELECT, locks, and reads in chunks or pages. */
export function lookupOf(queries: readonly Query[]): Lookup | null {
  const sample = queries[0] as Query
  const statement = readQuery(sample)
  if (statement.verb !== 'select' || statement.writes || statement.locking || statement.tables.length === 0) return null
  const distinct = countDistinct(queries)
  const known = queries.filter(hasValues)
  const varying = varyingParams(queries, known, statement)
  const differs = ({ placeholders, value }: SqlCondition): boolean =>
    varying === null ? value === 'literal' : placeholders.some((placeholder) => varying.has(placeholder))
  const compared = statement.conditions.filter(({ clause }) => clause === 'where').filter(differs)
  const equal = compared.filter(({ operator, items }) => operator === '=' || (operator === 'in' && items === 1))
  if (isChunked(queries, statement)) return null
  // `where id > ? order by id limit ?`, `limit ? offset ?`: pages
  if (equal.length === 0 && statement.limited && !statement.aggregate && compared.every(({ operator }) => operator !== 'like')) return null
  const [only] = equal
  const isLookup = only !== undefined && compared.length === 1 && !statement.disjunction
  const position = only?.placeholders[0]
  const isKnown = known.length === queries.length
  const values = isKnown && isLookup && position !== undefined ? queries.map(({ data }) => data.params[position]) : null
  const column = isLookup ? only.column : null
  return {
    shape: sample.data.shape,
    sql: sample.data.sql,
    dialect: sample.data.dialect,
    statement,
    table: statement.tables.length === 1 ? (statement.tables[0]?.name ?? null) : (only?.table ?? null),
    column,
    distinct,
    values: values === null ? null : new Set(values.map(valueKey)).size,
    isOne: isUnique(column) && queries.every(({ data }) => data.rows === null || data.rows <= 1),
    isOneOfMany: statement.limited && !statement.aggregate && (!isUnique(column) || statement.orderBy.length > 0),
    isKeyed: isKnown && (values?.every((value) => typeof value === 'string' || typeof value === 'number') ?? true),
    isText: values?.some((value) => typeof value === 'string' && isNumber(value)) ?? false,
    keys: values === null ? null : keysFor(values, sample.data.dialect),
  }
}

export function isUnique(column: string | null): boolean {
  return column !== null && /^(?:id|uuid|guid)$/i.test(column)
}

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text))

/** Positions of parameters that are not the same in all, as far as they are known; `null` where the SQL itself differs. */
function varyingParams(queries: readonly Query[], known: readonly Query[], { conditions }: SqlStatement): Set<number> | null {
  if (queries.some(({ data }) => data.sql !== queries[0]?.data.sql)) return null
  const [first] = known
  if (first === undefined || (known.length === 1 && queries.length > 1))
    return new Set(conditions.flatMap(({ placeholders }) => placeholders))
  const varying = new Set<number>()
  for (const { data } of known) {
    for (let index = 0; index < data.params.length; index++) {
      if (varying.has(index)) continue
      if (!isSame(data.params[index], first.data.params[index])) varying.add(index)
    }
  }
  return varying
}

function isSame(a: Query['data']['params'][number] | undefined, b: Query['data']['params'][number] | undefined): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && valueKey(a) === valueKey(b))
}

/** Lists of values are batches already. */
function isChunked(queries: readonly Query[], statement: SqlStatement): boolean {
  if (statement.conditions.some(({ operator, items }) => operator.endsWith('in') && items > 1)) return true
  // the lists of one shape differ in length
  const last = queries.at(-1) as Query
  const middle = queries[Math.floor(queries.length / 2)] as Query
  return [last, middle].some((query) => readQuery(query).conditions.some(({ operator, items }) => operator.endsWith('in') && items > 1))
}

/**
 * PostgreSQL gives bigint and numeric as text, SQLite and MySQL give numbers for numbers. MySQL finds `Ada` for `ada`:
 * text is a key only where it has no letters in two cases.
 */
function keysFor(values: readonly unknown[], dialect: string): Lookup['keys'] {
  if (values.every((value) => typeof value === 'number')) return dialect === 'sqlite' || dialect === 'mysql' ? 'plain' : 'text'
  const isKey = (value: unknown): boolean =>
    typeof value === 'number' ||
    // the database finds 1 for '01'
    (!(typeof value === 'string' && isNumber(value) && String(Number(value)) !== value) &&
      typeof value === 'string' &&
      (dialect === 'mysql' ? /^[\da-f-]+$/ : /^[^A-Z]*$/).test(value))
  return values.every(isKey) ? 'text' : null
}
