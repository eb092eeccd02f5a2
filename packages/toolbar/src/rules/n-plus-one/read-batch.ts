import type { Node } from '@babel/types'
import { type ChainCall, chainOf } from '../source/chain.ts'
import type { Edit } from '../source/edits.ts'
import { endOf, nodesIn, startOf, textOf } from '../source/parse.ts'
import { type Place, scopeOf } from '../source/place.ts'
import { freeNames } from '../source/references.ts'
import { isSimple } from '../source/simple.ts'
import { columnsRead, memberOf, readersOf } from '../source/uses.ts'
import { quoted } from '../words.ts'
import { isUnique, type Lookup } from './lookup.ts'
import { changesOthers, changesProperty, type Rounds } from './rounds.ts'

/** A query of knex that looks something up by one column. */
export interface Batch {
  readonly table: string
  /** the property of a row that is the key */
  readonly column: string
  /** the expression whose value it is compared with */
  readonly key: Node
  /** `first()`: one row, not a list */
  readonly isFirst: boolean
  /** what makes one query for all of it */
  edits(keys: string): Edit[]
}

const plainCalls = new Set([
  'where',
  'andWhere',
  'whereNot',
  'andWhereNot',
  'whereNull',
  'whereNotNull',
  'whereIn',
  'whereNotIn',
  'orderBy',
  'from',
])

interface Key {
  /** as written: `authors.id` */
  readonly column: string
  readonly value: Node
  readonly edit: (keys: string) => Edit
}

/** `null` for all but queries of one table, conditions that are the same in each round but for one, and columns as text. */
export function readBatch(place: Place, rounds: Rounds, lookup: Lookup): Batch | null {
  const { source, query } = place
  const chain = chainOf(query)
  if (chain.table === null || !/^[\w.]+$/.test(chain.table) || !isPlainRoot(chain.root)) return null
  const own = new Set([...rounds.names, ...rounds.inner])
  const varies = (node: Node): boolean => [...freeNames(source, node)].some((name) => own.has(name))
  if (varies(chain.root)) return null

  let key: Key | null = null
  let first: ChainCall | null = null
  const selects: ChainCall[] = []
  for (const call of chain.calls) {
    if (call.args.some((arg) => !isHarmless(arg))) return null
    if (call.name === 'first' && first === null) first = call
    else if (call.name === 'select') selects.push(call)
    else if (!plainCalls.has(call.name)) return null
    else if (call.args.some(varies)) {
      if (key !== null) return null
      key = keyOf(place, call, varies)
      if (key === null) return null
    }
  }
  const columns = [...selects, ...(first === null ? [] : [first])].flatMap(({ args }) => args)
  if (key === null || columns.some((column) => column.type !== 'StringLiteral' || varies(column))) return null
  const column = key.column.split('.').at(-1) as string
  if (column !== lookup.column || !isReadable(key.value, rounds)) return null
  // of many rows of a key, one is asked for: all of them are no better
  if (first !== null && (!isUnique(column) || chain.calls.some(({ name }) => name === 'orderBy'))) return null

  const names = columns.map((node) => (node.type === 'StringLiteral' ? node.value : ''))
  if (names.some((name) => / as /i.test(name))) return null
  const hasKey = names.length === 0 || names.some((name) => name === key.column || name === column || /(?:^|\.)\*$/.test(name))
  if (!isSafeResult(place, rounds, first !== null, !hasKey)) return null
  const quote = quoteOf(place)
  return {
    table: chain.table.split('.').at(-1) as string,
    column,
    key: key.value,
    isFirst: first !== null,
    edits(keys) {
      const edits = [key.edit(keys)]
      const added = hasKey ? '' : quote(key.column)
      if (first !== null) {
        const rest = first.args.map((arg) => textOf(source, arg))
        const list = selects.length === 0 && added !== '' ? [added, ...rest] : rest
        edits.push({ start: first.start, end: first.end, text: list.length === 0 ? '' : `.select(${list.join(', ')})` })
      }
      const [select] = selects
      const [firstColumn] = select?.args ?? []
      if (added !== '' && firstColumn !== undefined)
        edits.push({ start: startOf(firstColumn), end: startOf(firstColumn), text: `${added}, ` })
      return edits
    },
  }
}

/** `where('id', x)`, `where('id', '=', x)`, `where({ id: x, state: 'new' })`. */
function keyOf(place: Place, call: ChainCall, varies: (node: Node) => boolean): Key | null {
  if (call.name !== 'where' && call.name !== 'andWhere') return null
  const { source } = place
  const quote = quoteOf(place)
  const [first, second, third] = call.args
  if (first?.type === 'StringLiteral' && second !== undefined) {
    const isEqual = third !== undefined && second.type === 'StringLiteral' && second.value === '='
    const value = third === undefined ? second : isEqual ? third : null
    if (value === null || call.args.length > 3) return null
    const name = textOf(source, first)
    return {
      column: first.value,
      value,
      edit: (keys) => ({ start: call.start, end: call.end, text: `${lead(place, call)}.whereIn(${name}, ${keys})` }),
    }
  }
  if (first?.type !== 'ObjectExpression' || call.args.length !== 1) return null
  const properties = first.properties
  if (!properties.every((one) => one.type === 'ObjectProperty' && !one.computed)) return null
  const varying = properties.filter(varies)
  const [only] = varying
  if (varying.length !== 1 || only?.type !== 'ObjectProperty') return null
  const column = only.key.type === 'Identifier' ? only.key.name : only.key.type === 'StringLiteral' ? only.key.value : null
  if (column === null) return null
  const rest = properties.filter((one) => one !== only).map((one) => textOf(source, one))
  return {
    column,
    value: only.value,
    edit: (keys) => ({
      start: call.start,
      end: call.end,
      text: `${lead(place, call)}.whereIn(${quote(column)}, ${keys})${rest.length === 0 ? '' : `.where({ ${rest.join(', ')} })`}`,
    }),
  }
}

/** White space before the dot of a call, where the chain is written over several lines. */
function lead({ source }: Place, call: ChainCall): string {
  return /^\s*/.exec(source.text.slice(call.start, call.end))?.[0] ?? ''
}

function quoteOf({ source, query }: Place): (text: string) => string {
  for (const node of nodesIn(query))
    if (node.type === 'StringLiteral' && source.text[startOf(node)] === '"') return (text) => JSON_QUOTE(text)
  return quoted
}

const JSON_QUOTE = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

/** `db('books')`, `req.db('books')`, `db`, `this.knex` */
function isPlainRoot(root: Node): boolean {
  if (root.type !== 'CallExpression') return isSimple(root)
  const [table] = root.arguments
  return root.arguments.length === 1 && table?.type === 'StringLiteral' && isSimple(root.callee)
}

/** No function is called or made in an argument. */
function isHarmless(arg: Node): boolean {
  for (const node of nodesIn(arg)) if (/Call|Function|Await|Assignment|Update|Yield|New|Spread|Tagged|Import/.test(node.type)) return false
  return true
}

/** The key can be read before the loop as well: it is made of paths from what the round has, and no line of the loop changes them. */
function isReadable(key: Node, { names, inner, body }: Rounds): boolean {
  const open: Node[] = [key]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    switch (at.type) {
      case 'Identifier':
        if (inner.has(at.name)) return false
        break
      case 'NumericLiteral':
      case 'StringLiteral':
        break
      case 'TSNonNullExpression':
        open.push(at.expression)
        break
      case 'BinaryExpression':
        open.push(at.left, at.right)
        break
      case 'MemberExpression':
      case 'OptionalMemberExpression': {
        const { property } = at
        if (property.type !== 'Identifier' || (at.computed && !names.has(property.name))) return false
        if (!at.computed && changesProperty(body, property.name)) return false
        open.push(at.object)
        break
      }
      default:
        return false
    }
  }
  return true
}

const keeping = new Set(['push', 'set', 'add', 'log', 'json', 'stringify', 'unshift'])
const mutating = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin'])

/**
 * Rounds with the same key share a row now, so nothing may change it; and a key that is selected in addition must not be seen,
 * where a row is passed on whole.
 */
function isSafeResult(place: Place, rounds: Rounds, isFirst: boolean, isWider: boolean): boolean {
  const { source, awaited, query } = place
  const value = awaited ?? query
  const parent = source.parents.get(value)
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern') return isFirst && !hasRest(parent.id)
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'ArrayPattern')
    return !isFirst && !isWider && !changesOthers(scopeOf(source, rounds.anchor), rounds.names)
  const isAssigned = parent?.type === 'AssignmentExpression' && parent.right === value && parent.operator === '='
  const readers = isAssigned || awaited === null ? [value] : readersOf(source, value)
  if (readers === null) return false
  const isFollowed = awaited !== null && !isAssigned && columnsRead(source, readers, isFirst ? 'row' : 'rows') !== null
  if (isFollowed) return readers.every((reader) => !isChanged(place, reader, isFirst))
  // the rows are passed on
  if (isWider || changesOthers(scopeOf(source, rounds.anchor), rounds.names)) return false
  return isAssigned || awaited === null || readers.every((reader) => !isChanged(place, reader, isFirst))
}

function hasRest(pattern: Node): boolean {
  for (const node of nodesIn(pattern)) if (node.type === 'RestElement') return true
  return false
}

function isChanged({ source }: Place, reader: Node, isFirst: boolean): boolean {
  const parent = source.parents.get(reader)
  const member = memberOf(source, reader)
  if (member === null) {
    // a list is gone through by name: what is done to its rows is not followed further than by columnsRead
    if (parent?.type === 'ForOfStatement') return columnsRead(source, [reader], 'rows') === null || changesRows(parent.body)
    if (parent?.type !== 'CallExpression' && parent?.type !== 'NewExpression') return false
    const { callee } = parent
    const method = callee.type === 'MemberExpression' && callee.property.type === 'Identifier' ? callee.property.name : null
    return method === null || !keeping.has(method)
  }
  const user = source.parents.get(member)
  if (user?.type === 'AssignmentExpression') return user.left === member
  if (user?.type === 'UpdateExpression' || (user?.type === 'UnaryExpression' && user.operator === 'delete')) return true
  if (isFirst || user?.type !== 'CallExpression' || user.callee !== member) return false
  if (member.property.type === 'Identifier' && mutating.has(member.property.name)) return true
  return user.arguments.some((argument) => changesRows(argument))
}

function changesRows(body: Node): boolean {
  for (const node of nodesIn(body)) {
    const target = node.type === 'AssignmentExpression' ? node.left : node.type === 'UpdateExpression' ? node.argument : null
    if (target?.type === 'MemberExpression') return true
    if (node.type === 'UnaryExpression' && node.operator === 'delete' && endOf(node) > 0) return true
  }
  return false
}
