import type { CallExpression, MemberExpression, Node, OptionalMemberExpression, PatternLike } from '@babel/types'
import type { SourceFile } from './parse.ts'
import { callbackOf, methodOf } from './place.ts'
import { referencesOf } from './references.ts'

/** What is done with the answer of a query. */

type Shape = 'row' | 'rows'

interface Value {
  readonly shape: Shape
  readonly references: readonly Node[]
}

/** The value itself where it is used in place, else where its variable is read; `null` where it cannot be followed. */
export function readersOf(source: SourceFile, value: Node): Node[] | null {
  const parent = source.parents.get(value)
  if (parent?.type === 'VariableDeclarator' && parent.init === value)
    return parent.id.type === 'Identifier' ? referencesOf(source, parent.id) : null
  if (parent?.type === 'AssignmentExpression') return null
  return [value]
}

/** Where the rows of an answer are read: knex gives them as they are, `pg` as `rows`, `mysql2` as the first of two. */
export function rowReaders(source: SourceFile, answer: Node, wrapped: boolean): Node[] | null {
  if (!wrapped) return readersOf(source, answer)
  const parent = source.parents.get(answer)
  if (parent?.type === 'VariableDeclarator' && parent.init === answer) {
    const { id } = parent
    if (id.type === 'ArrayPattern') return id.elements[0]?.type === 'Identifier' ? referencesOf(source, id.elements[0]) : null
    if (id.type === 'ObjectPattern') {
      const [only] = id.properties
      if (id.properties.length !== 1 || only?.type !== 'ObjectProperty' || nameOfKey(only.key) !== 'rows') return null
      return only.value.type === 'Identifier' ? referencesOf(source, only.value) : null
    }
  }
  const readers = readersOf(source, answer)
  if (readers === null) return null
  const rows: Node[] = []
  for (const reader of readers) {
    const member = memberOf(source, reader)
    if (member === null || nameOfProperty(member) !== 'rows') return null
    const found = readersOf(source, member)
    if (found === null) return null
    rows.push(...found)
  }
  return rows
}

/** `x.length`, if nothing else is done with the rows; whether it only matters that there are any. */
export interface LengthUse {
  /** `rows.length` */
  readonly member: Node
  /** `rows.length > 0`, `!rows.length`, `rows.length` itself: what a row would replace; `null` where the number is used */
  readonly truth: { readonly node: Node; readonly negated: boolean } | null
}

export function lengthUses(source: SourceFile, readers: readonly Node[]): LengthUse[] | null {
  const uses: LengthUse[] = []
  for (const reader of readers) {
    const member = memberOf(source, reader)
    if (member === null || nameOfProperty(member) !== 'length') return null
    uses.push({ member, truth: truthOf(source, member) })
  }
  return uses.length === 0 ? null : uses
}

function truthOf(source: SourceFile, member: Node): LengthUse['truth'] {
  const parent = source.parents.get(member)
  if (parent?.type === 'BinaryExpression' && parent.left === member && parent.right.type === 'NumericLiteral') {
    const comparison = `${parent.operator} ${parent.right.value}`
    if (/^(?:> 0|>= 1|!==? 0)$/.test(comparison)) return { node: parent, negated: false }
    if (/^(?:={2,3} 0|< 1|<= 0)$/.test(comparison)) return { node: parent, negated: true }
    return null
  }
  if (parent?.type === 'UnaryExpression' && parent.operator === '!') return { node: parent, negated: true }
  if ((parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') && parent.test === member)
    return { node: member, negated: false }
  return null
}

/** Columns that are read of an answer; `null` as soon as it goes where it cannot be followed. */
export function columnsRead(source: SourceFile, readers: readonly Node[], shape: Shape): Set<string> | null {
  const columns = new Set<string>()
  const open: Value[] = [{ shape, references: readers }]
  for (let value = open.pop(); value !== undefined; value = open.pop())
    for (const reference of value.references) {
      const followed = value.shape === 'row' ? readRow(source, reference, columns) : readRows(source, reference, columns)
      if (followed === null) return null
      open.push(...followed)
    }
  return columns
}

function readRow(source: SourceFile, reference: Node, columns: Set<string>): Value[] | null {
  const parent = source.parents.get(reference)
  const member = memberOf(source, reference)
  if (member !== null) {
    const name = nameOfProperty(member)
    const user = source.parents.get(member)
    const called = (user?.type === 'CallExpression' || user?.type === 'OptionalCallExpression') && user.callee === member
    const written = (user?.type === 'AssignmentExpression' && user.left === member) || user?.type === 'UpdateExpression'
    // what is written may be no column at all
    if (name === null || called || written || (user?.type === 'UnaryExpression' && user.operator === 'delete')) return null
    columns.add(name)
    return []
  }
  if (parent?.type === 'VariableDeclarator' && parent.init === reference) return bindPattern(source, parent.id as Node, 'row', columns)
  if (parent?.type === 'UnaryExpression' && parent.operator === '!') return []
  if ((parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') && parent.test === reference) return []
  return null
}

const sameRows = new Set(['filter', 'slice', 'sort', 'reverse', 'toSorted', 'toReversed'])
const oneRow = new Set(['find', 'findLast', 'at', 'pop', 'shift'])
const withCallback = new Set([
  'map',
  'forEach',
  'flatMap',
  'some',
  'every',
  'filter',
  'find',
  'findLast',
  'findIndex',
  'sort',
  'toSorted',
  'reduce',
])

function readRows(source: SourceFile, reference: Node, columns: Set<string>): Value[] | null {
  const parent = source.parents.get(reference)
  if (parent?.type === 'ForOfStatement' && parent.right === reference)
    return parent.left.type === 'VariableDeclaration' ? bindPattern(source, parent.left.declarations[0]?.id as Node, 'row', columns) : null
  if (parent?.type === 'VariableDeclarator' && parent.init === reference) return bindPattern(source, parent.id as Node, 'rows', columns)
  const member = memberOf(source, reference)
  if (member === null) return null
  const name = nameOfProperty(member)
  if (name === 'length') return []
  if (member.computed) {
    const { type } = member.property
    if (type !== 'NumericLiteral') return null
    const readers = readersOf(source, member)
    return readers === null ? null : [{ shape: 'row', references: readers }]
  }
  const call = source.parents.get(member)
  if (call?.type !== 'CallExpression' || call.callee !== member || name === null) return null
  return readCall(source, call, name, columns)
}

function readCall(source: SourceFile, call: CallExpression, name: string, columns: Set<string>): Value[] | null {
  const values: Value[] = []
  if (withCallback.has(name)) {
    const callback = callbackOf(call)
    if (callback === null) return null
    const params = callback.params as Node[]
    // the third parameter of a callback is the whole list
    if (params.length > 2 && name !== 'reduce') return null
    const rows = name === 'sort' || name === 'toSorted' ? params : [params[name === 'reduce' ? 1 : 0]]
    for (const row of rows) {
      const bound = row === undefined ? [] : bindPattern(source, row, 'row', columns)
      if (bound === null) return null
      values.push(...bound)
    }
  } else if (!sameRows.has(name) && !oneRow.has(name)) return null
  // `rows.sort(...)` as a statement
  const isUsed = source.parents.get(call)?.type !== 'ExpressionStatement'
  if (isUsed && (sameRows.has(name) || oneRow.has(name))) {
    const readers = bindResult(source, call)
    if (readers === null) return null
    values.push({ shape: sameRows.has(name) ? 'rows' : 'row', references: readers })
  }
  return values
}

/** A destructuring declaration is read as such, by its one reference. */
function bindResult(source: SourceFile, value: Node): Node[] | null {
  const parent = source.parents.get(value)
  if (parent?.type === 'VariableDeclarator' && parent.id.type !== 'Identifier') return [value]
  return readersOf(source, value)
}

/** Variables that a pattern takes out of a row, or rows out of a list. */
function bindPattern(source: SourceFile, pattern: Node, shape: Shape, columns: Set<string>): Value[] | null {
  if (pattern.type === 'Identifier') {
    const references = referencesOf(source, pattern)
    return references === null ? null : [{ shape, references }]
  }
  if (shape === 'rows') {
    if (pattern.type !== 'ArrayPattern') return null
    const values: Value[] = []
    for (const element of pattern.elements as (PatternLike | null)[]) {
      const bound = element === null ? [] : bindPattern(source, element, 'row', columns)
      if (bound === null) return null
      values.push(...bound)
    }
    return values
  }
  if (pattern.type !== 'ObjectPattern') return null
  for (const property of pattern.properties) {
    const name = property.type === 'ObjectProperty' && !property.computed ? nameOfKey(property.key) : null
    if (name === null) return null
    columns.add(name)
  }
  return []
}

/** `value.x` or `value[x]` around a value. */
export function memberOf(source: SourceFile, value: Node): MemberExpression | OptionalMemberExpression | null {
  const parent = source.parents.get(value)
  const isMember = parent?.type === 'MemberExpression' || parent?.type === 'OptionalMemberExpression'
  return isMember && parent.object === value ? parent : null
}

export function nameOfProperty(member: MemberExpression | OptionalMemberExpression): string | null {
  if (member.computed) return member.property.type === 'StringLiteral' ? member.property.value : null
  return member.property.type === 'Identifier' ? member.property.name : null
}

function nameOfKey(key: Node): string | null {
  if (key.type === 'Identifier') return key.name
  return key.type === 'StringLiteral' ? key.value : null
}

/** The method that asks for rows: `query`, `execute`, `raw` wrap them in more; builders of knex do not. */
export function isWrapped(query: Node): boolean {
  const method = query.type === 'CallExpression' ? methodOf(query) : null
  return method === 'query' || method === 'execute' || method === 'raw'
}
