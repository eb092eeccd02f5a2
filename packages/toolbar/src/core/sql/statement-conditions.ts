import type { Scanner } from './scanner.ts'
import type { SqlCondition } from './statement.ts'

/** longer lists are counted, their placeholders are not kept */
const maxPlaceholders = 10_000

const starts = new Set(['where', 'on', 'having', 'and', 'or', 'not', '('])

/** The comparison of a bare column that begins at a token; `null` where none does. */
export function readCondition(
  scan: Scanner,
  index: number,
  clause: SqlCondition['clause'],
  tableOf: (qualifier: string | null) => string | null,
): SqlCondition | null {
  const before = scan.word(index - 1)
  if (!starts.has(before)) return null
  // a bracket of a function is not one around conditions
  if (before === '(' && !starts.has(scan.word(index - 2)) && scan.word(index - 2) !== '') return null
  if (before === 'and' && isBetween(scan, index - 1)) return null
  const column = scan.column(index)
  if (column === null) return null
  const made = (operator: string, value: SqlCondition['value'], placeholders: number[], items: number): SqlCondition => ({
    clause,
    table: tableOf(column.qualifier),
    column: column.name,
    operator,
    value,
    placeholders,
    items,
  })
  let at = column.end
  let negated = ''
  if (scan.word(at) === 'not') {
    negated = 'not '
    at++
  }
  const word = scan.word(at)
  if (word === 'is' && negated === '') {
    const not = scan.word(at + 1) === 'not'
    return scan.word(not ? at + 2 : at + 1) === 'null' ? made(not ? 'is not null' : 'is null', 'none', [], 0) : null
  }
  if (word === 'in') return readList(scan, at + 1, (value, placeholders, items) => made(`${negated}in`, value, placeholders, items))
  if (word === 'between') {
    const low = valueAt(scan, at + 1)
    const high = low === null ? null : valueAt(scan, low.end + 1)
    if (low === null || high === null || scan.word(low.end) !== 'and') return null
    return made(`${negated}between`, low.value, [...low.placeholders, ...high.placeholders], 1)
  }
  if (word === 'like' || word === 'ilike') {
    const value = valueAt(scan, at + 1)
    return value === null ? null : made(`${negated}${word}`, value.value, value.placeholders, 1)
  }
  let operator = ''
  while (/^[<>=!]$/.test(scan.word(at)) && operator.length < 2) operator += scan.word(at++)
  if (!operators.has(operator) || negated !== '') return null
  const value = valueAt(scan, at)
  if (value === null || !endsHere(scan, value.end)) return null
  return made(operator === '!=' ? '<>' : operator === '==' ? '=' : operator, value.value, value.placeholders, 1)
}

const operators = new Set(['=', '==', '<>', '!=', '<', '<=', '>', '>='])

/** `a = b + 1` compares with more than `b`. */
function endsHere(scan: Scanner, index: number): boolean {
  const word = scan.word(index)
  return !/^[-+*/%|&^#~]$/.test(word)
}

interface Value {
  value: 'placeholder' | 'literal' | 'column'
  placeholders: number[]
  end: number
}

function valueAt(scan: Scanner, index: number): Value | null {
  const kind = scan.kind(index)
  const signed = scan.word(index) === '-' && scan.kind(index + 1) === 'number'
  const after = skipCast(scan, signed ? index + 2 : index + 1)
  if (kind === 'placeholder') return { value: 'placeholder', placeholders: [scan.placeholder(index)], end: after }
  if (kind === 'number' || kind === 'string' || signed) return { value: 'literal', placeholders: [], end: after }
  if (kind === 'word' && /^(?:true|false|null)$/.test(scan.word(index))) return { value: 'literal', placeholders: [], end: index + 1 }
  const column = scan.column(index)
  return column === null ? null : { value: 'column', placeholders: [], end: column.end }
}

/** `$1::uuid` */
function skipCast(scan: Scanner, index: number): number {
  return scan.word(index) === ':' && scan.word(index + 1) === ':' ? index + 3 : index
}

function readList(
  scan: Scanner,
  open: number,
  made: (value: SqlCondition['value'], placeholders: number[], items: number) => SqlCondition,
): SqlCondition | null {
  if (scan.kind(open) === 'placeholder') return made('list', [scan.placeholder(open)], 1)
  if (scan.word(open) !== '(') return null
  if (scan.word(open + 1) === 'select' || scan.word(open + 1) === 'with') return made('query', [], 0)
  const placeholders: number[] = []
  let items = 0
  for (let at = open + 1; at < scan.length && scan.word(at) !== ')'; at++) {
    const kind = scan.kind(at)
    if (kind === 'placeholder' || kind === 'number' || kind === 'string') items++
    else if (scan.word(at) === '(') return null
    if (kind === 'placeholder' && placeholders.length < maxPlaceholders) placeholders.push(scan.placeholder(at))
  }
  return made('list', placeholders, items)
}

/** `between ? and ?`: that `and` joins no conditions. */
function isBetween(scan: Scanner, and: number): boolean {
  for (let at = and - 1; at >= 0 && at > and - 8; at--) {
    if (scan.word(at) === 'between' && scan.isBare(at)) return true
    if (/^(?:and|or|where|on)$/.test(scan.word(at))) return false
  }
  return false
}
