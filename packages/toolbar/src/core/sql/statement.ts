import { createScanner, type Scanner } from './scanner.ts'
import { readCondition } from './statement-conditions.ts'
import { readTables } from './statement-tables.ts'
import { aggregates, volatileFunctions, volatileWords, writing } from './words.ts'

/**
 * What can be known of a statement without a grammar: one pass over its tokens, a stack instead of recursion. Clauses are
 * those of the outermost query; tables are of all of them. What is not understood is left out, never guessed.
 */
export interface SqlStatement {
  readonly verb: 'select' | 'insert' | 'update' | 'delete' | 'other'
  /** the statement, or one in its `with`, changes something */
  readonly writes: boolean
  /** `from`, `join`, `into`, `update`, in the order of the text, those of subqueries too; names of `with` are left out */
  readonly tables: readonly SqlTable[]
  /** `select *` or `t.*` */
  readonly star: boolean
  /** names the answer's columns have, as far as each is a column or has an alias; `null` for a star, an expression without one, and for what is no select */
  readonly columns: readonly string[] | null
  /** `limit`, `fetch first`, `top` */
  readonly limited: boolean
  readonly grouped: boolean
  readonly distinct: boolean
  /** one row whatever the table holds: aggregates only, and no group */
  readonly aggregate: boolean
  /** `for update` and its like */
  readonly locking: boolean
  /** asks for something that differs from call to call */
  readonly volatile: boolean
  /** `union`, `intersect`, `except` */
  readonly compound: boolean
  /** there is an `or` among the conditions */
  readonly disjunction: boolean
  readonly conditions: readonly SqlCondition[]
  readonly orderBy: readonly SqlColumn[]
}

export interface SqlTable {
  readonly schema: string | null
  readonly name: string
  readonly alias: string | null
}

export interface SqlColumn {
  /** name of the table: as qualified, else the only one of the statement, else `null` */
  readonly table: string | null
  readonly column: string
}

export interface SqlCondition extends SqlColumn {
  readonly clause: 'where' | 'on' | 'having'
  /** `=`, `<>`, `<`, `<=`, `>`, `>=`, `like`, `ilike`, `in`, `between`, `is null`, `is not null`, and with `not ` in front */
  readonly operator: string
  /** `none`: nothing is compared with; `query`: a subquery */
  readonly value: 'placeholder' | 'literal' | 'column' | 'list' | 'query' | 'none'
  /** positions of the placeholders compared with, from 0 */
  readonly placeholders: readonly number[]
  /** items of an `in` list, else 1, or 0 for `none` */
  readonly items: number
}

const known = new Map<string, SqlStatement>()
const maxKnown = 1_000
/** longer texts are too heavy to remember */
const maxRemembered = 4_000

/** Forgets statements, for the last `close()`. */
export function forgetStatements(): void {
  known.clear()
}

/** Remembers the last 1,000 texts. */
export function statementOf(sql: string, dialect: string): SqlStatement {
  if (sql.length > maxRemembered) return readStatement(sql, dialect)
  const key = `${dialect}\n${sql}`
  let statement = known.get(key)
  if (statement === undefined) {
    statement = readStatement(sql, dialect)
    if (known.size >= maxKnown) known.clear()
    known.set(key, statement)
  }
  return statement
}

type Clause = 'list' | 'from' | 'where' | 'on' | 'having' | 'group' | 'order' | 'rest'

/** What is gathered of the select list. */
interface SelectList {
  items: number
  aggregates: number
  hasAggregate: boolean
  /** a window function makes no aggregate of its item */
  over: boolean
  star: boolean
  names: (string | null)[]
  name: string | null
  /** tokens of the item */
  length: number
}

function readStatement(sql: string, dialect: string): SqlStatement {
  const scan = createScanner(sql, dialect)
  const { tables, tableOf } = readTables(scan)
  const list: SelectList = { items: 0, aggregates: 0, hasAggregate: false, over: false, star: false, names: [], name: null, length: 0 }
  const conditions: SqlCondition[] = []
  const orderBy: SqlColumn[] = []
  const flags = {
    writes: false,
    limited: false,
    grouped: false,
    distinct: false,
    locking: false,
    volatile: false,
    compound: false,
    or: false,
  }
  let verb: SqlStatement['verb'] | null = null
  let clause: Clause = 'rest'
  /** of the open brackets: whether each holds a query of its own; and how many do */
  const brackets: boolean[] = []
  let queries = 0
  let wrapping = 0

  for (let index = 0; index < scan.length; index++) {
    const word = scan.word(index)
    if (word === '(') {
      const inner = scan.word(index + 1)
      const isWrap =
        verb === null && brackets.length === wrapping && !scan.isWith && (inner === 'select' || inner === '(' || inner === 'with')
      if (isWrap) wrapping++
      const isQuery = !isWrap && (inner === 'select' || inner === 'with' || writing.has(inner))
      brackets.push(isQuery)
      if (isQuery) queries++
      if (queries === 0 || isQuery) noteCall(scan, index - 1, list, flags, clause === 'list' && queries === 0)
      if (writing.has(inner) && scan.isBare(index + 1)) flags.writes ||= isQuery && scan.word(index + 2) !== '('
      continue
    }
    if (word === ')') {
      if (brackets.pop() === true) queries--
      else if (brackets.length < wrapping) wrapping = brackets.length
      continue
    }
    if (scan.isBare(index) && volatileWords.has(word)) flags.volatile = true
    if (scan.kind(index) === 'string' && word.toLowerCase() === "'now'") flags.volatile = true
    if (queries > 0) {
      if (scan.word(index + 1) === '(' && scan.isBare(index) && volatileFunctions.has(word)) flags.volatile = true
      continue
    }
    const level = brackets.length - wrapping
    if (level === 0 && scan.isBare(index)) {
      if (verb === null) {
        if (word === 'select' || word === 'insert' || word === 'update' || word === 'delete' || word === 'values') {
          verb = word === 'values' ? 'select' : word
          clause = word === 'select' ? 'list' : 'rest'
          if (word !== 'select' && word !== 'values') flags.writes = true
          continue
        }
        if (writing.has(word)) {
          verb = 'other'
          flags.writes = true
        } else if (index === 0 && word !== 'with') verb = 'other'
        continue
      }
      const next = clauseOf(scan, index, word, clause)
      if (next !== null) {
        if (clause === 'list') endItem(list)
        clause = next
        if (word === 'group') flags.grouped = true
        continue
      }
      if (clause !== 'list' && (word === 'union' || word === 'intersect' || word === 'except')) {
        flags.compound = true
        clause = 'rest'
      } else if (word === 'limit' || (word === 'fetch' && /^(?:first|next)$/.test(scan.word(index + 1)))) {
        flags.limited = true
        clause = 'rest'
      } else if (word === 'for' || (word === 'lock' && scan.word(index + 1) === 'in')) {
        flags.locking ||= word === 'lock' || /^(?:update|share|no|key)$/.test(scan.word(index + 1))
        clause = 'rest'
      } else if (word === 'into' && verb === 'select' && clause === 'list') flags.writes = true
    }
    if (word === 'or' && scan.isBare(index) && (clause === 'where' || clause === 'on')) flags.or = true
    if (clause === 'list' && verb === 'select') {
      if (level === 0) readItem(scan, index, word, list, flags)
      else list.length++
    } else if (clause === 'where' || clause === 'on' || clause === 'having') {
      const condition = readCondition(scan, index, clause, tableOf)
      if (condition !== null) conditions.push(condition)
    } else if (clause === 'order' && level === 0 && (scan.word(index - 1) === 'by' || scan.word(index - 1) === ',')) {
      const column = scan.column(index)
      if (column !== null) orderBy.push({ table: tableOf(column.qualifier), column: column.name })
    }
  }
  if (clause === 'list') endItem(list)
  const isSelect = verb === 'select'
  return {
    verb: verb ?? 'other',
    writes: flags.writes,
    tables,
    star: isSelect && list.star,
    columns: isSelect && !list.star && list.names.length > 0 && !list.names.includes(null) ? (list.names as string[]) : null,
    limited: flags.limited,
    grouped: flags.grouped,
    distinct: flags.distinct,
    aggregate: isSelect && !flags.grouped && !flags.compound && list.items > 0 && list.aggregates === list.items,
    locking: flags.locking,
    volatile: flags.volatile,
    compound: flags.compound,
    disjunction: flags.or,
    conditions,
    orderBy,
  }
}

/** The clause that a word begins; `null` when it begins none. */
function clauseOf(scan: Scanner, index: number, word: string, clause: Clause): Clause | null {
  switch (word) {
    case 'from':
      // `is distinct from`
      return scan.word(index - 1) === 'distinct' ? null : 'from'
    case 'where':
    case 'having':
    case 'on':
      return word
    case 'group':
    case 'order':
      return scan.word(index + 1) === 'by' ? word : null
    case 'join':
      return 'from'
    case 'inner':
    case 'left':
    case 'right':
    case 'full':
    case 'cross':
    case 'natural':
      return clause === 'on' || clause === 'from' ? 'from' : null
    case 'offset':
    case 'window':
    case 'returning':
      return clause === 'list' ? null : 'rest'
    default:
      return null
  }
}

/** A function is called by the name before a bracket. */
function noteCall(scan: Scanner, index: number, list: SelectList, flags: { volatile: boolean }, inList: boolean): void {
  if (!scan.isBare(index)) return
  const name = scan.word(index)
  if (volatileFunctions.has(name)) flags.volatile = true
  if (inList && aggregates.has(name)) list.hasAggregate = true
}

/** One token of the select list, outside of brackets. */
function readItem(scan: Scanner, index: number, word: string, list: SelectList, flags: { distinct: boolean; limited: boolean }): void {
  if (word === ',') {
    endItem(list)
    return
  }
  const before = scan.word(index - 1)
  if (scan.isBare(index) && list.length === 0 && list.items === 0) {
    if (word === 'distinct') {
      flags.distinct = true
      return
    }
    if (word === 'all') return
    if (word === 'top' && (scan.kind(index + 1) === 'number' || scan.word(index + 1) === '(')) {
      flags.limited = true
      return
    }
  }
  if (before === 'top' && list.length === 0) return
  list.length++
  if (word === '*' && (list.length === 1 || before === '.')) list.star = true
  if (word === 'over' && scan.isBare(index)) list.over = true
  // the last name of an item is its alias or its column
  const kind = scan.kind(index)
  const isName = kind === 'quoted' || (kind === 'word' && !(scan.word(index + 1) === '('))
  list.name =
    isName && (list.length === 1 || before === '.' || before === 'as' || before === ')' || isNamed(scan, index - 1))
      ? scan.name(index)
      : null
}

const isNamed = (scan: Scanner, index: number): boolean => {
  const kind = scan.kind(index)
  return kind === 'quoted' || kind === 'word' || kind === 'number' || kind === 'string' || kind === 'placeholder'
}

function endItem(list: SelectList): void {
  if (list.length === 0) return
  list.items++
  if (list.hasAggregate && !list.over) list.aggregates++
  list.names.push(list.name)
  list.hasAggregate = false
  list.over = false
  list.name = null
  list.length = 0
}
