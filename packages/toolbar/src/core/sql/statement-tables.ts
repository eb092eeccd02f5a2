import type { Scanner } from './scanner.ts'
import type { SqlTable } from './statement.ts'
import { reserved } from './words.ts'

/** Tables of a statement, and which of them a qualifier means. */
export interface Tables {
  readonly tables: readonly SqlTable[]
  /** name of the table that an alias or name stands for; without one the only table there is; `null` when that is not known */
  tableOf(qualifier: string | null): string | null
}

/** more than any statement of a person joins */
const maxTables = 200

export function readTables(scan: Scanner): Tables {
  const tables: SqlTable[] = []
  const common = commonNames(scan)
  /** of the open brackets: whether names after a comma in them are tables */
  const lists: boolean[] = []
  let inFrom = false
  for (let index = 0; index < scan.length && tables.length < maxTables; index++) {
    const word = scan.word(index)
    if (word === '(') {
      lists.push(inFrom)
      // `from (a, b)`, but not `from unnest(a, b)`
      inFrom = inFrom && /^(?:from|join|,|\()$/.test(scan.word(index - 1))
      continue
    }
    if (word === ')') {
      inFrom = lists.pop() ?? false
      continue
    }
    const bare = scan.isBare(index)
    if (bare && ends.has(word)) inFrom = false
    const begins = bare && begin(scan, index, word)
    if (begins) inFrom = word === 'from' || word === 'join' || word === 'straight_join'
    if (!(begins || (inFrom && (word === ',' || word === '(')))) continue
    let at = index + 1
    while (/^(?:only|lateral|ignore|or|table|if|not|exists|low_priority|delayed)$/.test(scan.word(at)) && scan.isBare(at)) at++
    const table = tableAt(scan, at)
    if (table !== null && !(table.schema === null && common.has(table.name))) tables.push(table)
  }
  return { tables, tableOf: (qualifier) => resolve(tables, qualifier) }
}

const ends = new Set([
  'where',
  'on',
  'using',
  'group',
  'order',
  'having',
  'limit',
  'union',
  'intersect',
  'except',
  'set',
  'select',
  'values',
  'returning',
  'for',
  'window',
])

/** Whether a table follows. */
function begin(scan: Scanner, index: number, word: string): boolean {
  switch (word) {
    case 'from': {
      // `extract(year from x)`, `is distinct from x`, `trim(both from x)`: in brackets of a function
      const before = scan.word(index - 1)
      return before !== 'distinct' && !inCall(scan, index)
    }
    case 'join':
    case 'straight_join':
    case 'into':
      return true
    case 'update':
      return index === 0 || scan.word(index - 1) === '(' || scan.word(index - 1) === ')'
    default:
      return false
  }
}

const callsWithFrom = new Set(['extract', 'substring', 'trim', 'overlay', 'position'])

/** `from` belongs to a call when the bracket around it follows the name of such a function. Looks a few tokens back only. */
function inCall(scan: Scanner, index: number): boolean {
  let closed = 0
  for (let at = index - 1; at >= 0 && at > index - 12; at--) {
    if (scan.word(at) === ')') closed++
    else if (scan.word(at) === '(' && closed-- === 0) return callsWithFrom.has(scan.word(at - 1))
  }
  return false
}

function tableAt(scan: Scanner, index: number): SqlTable | null {
  const kind = scan.kind(index)
  if (kind !== 'quoted' && (kind !== 'word' || reserved.has(scan.word(index)))) return null
  let at = index
  while (at < index + 6 && scan.word(at + 1) === '.' && (scan.kind(at + 2) === 'word' || scan.kind(at + 2) === 'quoted')) at += 2
  // a function in its place; but `insert into t (a, b)`
  if (scan.word(at + 1) === '(' && scan.word(index - 1) !== 'into' && scan.kind(at) === 'word') return null
  const schema = at === index ? null : scan.name(at - 2)
  let next = at + 1
  if (scan.word(next) === 'as') next++
  const nextKind = scan.kind(next)
  const isAlias = nextKind === 'quoted' || (nextKind === 'word' && !reserved.has(scan.word(next)))
  return { schema, name: scan.name(at), alias: isAlias ? scan.name(next) : null }
}

/** Names of `with x as (...)`, and of `x (a, b) as (...)`. */
function commonNames(scan: Scanner): Set<string> {
  const names = new Set<string>()
  if (!scan.isWith) return names
  for (let index = 1; index < scan.length; index++) {
    const kind = scan.kind(index)
    if ((kind !== 'word' && kind !== 'quoted') || !/^(?:with|recursive|,)$/.test(scan.word(index - 1))) continue
    const after = scan.word(index + 1)
    if (after === 'as' || after === '(') names.add(scan.name(index))
  }
  return names
}

function resolve(tables: readonly SqlTable[], qualifier: string | null): string | null {
  if (qualifier === null) return tables.length === 1 ? (tables[0] as SqlTable).name : null
  for (const { alias, name } of tables) if (alias === qualifier || (alias === null && name === qualifier)) return name
  for (const { name } of tables) if (name === qualifier) return name
  return null
}
