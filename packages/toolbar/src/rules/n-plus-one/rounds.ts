import type { CallExpression, Identifier, Node } from '@babel/types'
import { chainOf } from '../source/chain.ts'
import { endOf, nodesIn, startOf, textOf } from '../source/parse.ts'
import { isFunction, type Loop, type Place, scopeOf, statementOf } from '../source/place.ts'
import { declaredNames, freeNames } from '../source/references.ts'
import { isSimple } from '../source/simple.ts'

/** The rounds of a loop: what goes through it, and how to go through it once before. */
export interface Rounds {
  /** the statement before which the query is made */
  readonly anchor: Node
  /** what each round has of its own */
  readonly names: ReadonlySet<string>
  /** declared inside of the body */
  readonly inner: ReadonlySet<string>
  readonly body: Node
  /** statements that fill a list with the keys of all rounds */
  collect(list: string, key: string, end: string): string[]
}

/** `null` for loops that cannot be gone through twice: unknown iterables, conditions that call something, `for await`. */
export function readRounds({ source, loop, together }: Place): Rounds | null {
  if (loop === null || loop.kind === 'while') return null
  const names = declaredNames(source, headOf(loop))
  const body = loop.kind === 'callback' ? loop.callback.body : loop.node.body
  const inner = declaredNames(source, body)
  const text = (node: Node): string => textOf(source, node)
  if (changesAny(body, new Set([...names, ...freeNames(source, iterableOf(loop))]))) return null
  if (loop.kind === 'for-of') {
    const { node } = loop
    const [declarator] = node.left.type === 'VariableDeclaration' ? node.left.declarations : []
    if (node.await || declarator === undefined || !isPlain(declarator.id as Node) || !isRepeatable(source.parents, node.right)) return null
    const list = isList(source.parents, node.right) ? `${text(node.right)}.map(` : `Array.from(${text(node.right)}, `
    const given = text(node.right)
    const item = text(declarator.id as Node)
    return {
      anchor: node,
      names,
      inner,
      body,
      collect: (keys, key, end) => [`const ${keys} = [...new Set(${key === item ? given : `${list}(${item}) => ${key})`})]${end}`],
    }
  }
  if (loop.kind === 'for') {
    const { node } = loop
    if (node.init?.type !== 'VariableDeclaration' || node.init.kind !== 'let' || node.test == null || node.update == null) return null
    if (![node.init, node.test].every(isPure) || !isPlainUpdate(node.update)) return null
    const head = source.text.slice(startOf(node), startOf(node.body)).trimEnd()
    return {
      anchor: node,
      names,
      inner,
      body,
      collect: (keys, key, end) => [`const ${keys} = []${end}`, `${head} ${keys}.push(${key})${end}`],
    }
  }
  const { callback, node, method } = loop
  const [item, index] = callback.params as Node[]
  if (method !== 'map' || together === null || item === undefined || callback.params.length > 2 || !isPlain(item)) return null
  const list = node.callee.type === 'MemberExpression' ? node.callee.object : null
  const anchor = statementOf(source, together)?.statement
  if (list === null || anchor === undefined || !isSimple(list) || !isRepeatable(source.parents, list)) return null
  return {
    anchor,
    names,
    inner,
    body,
    collect: (keys, key, end) => {
      const params = index === undefined ? text(item) : `${text(item)}, ${text(index)}`
      const values = key === text(item) ? text(list) : `${text(list)}.map((${params}) => ${key})`
      return [`const ${keys} = [...new Set(${values})]${end}`]
    },
  }
}

function headOf(loop: Loop): Node {
  if (loop.kind === 'for-of') return loop.node.left
  if (loop.kind === 'for') return loop.node.init ?? loop.node
  if (loop.kind === 'while') return loop.node
  // only its parameters: a function around them is the scope they are declared in
  return { ...loop.callback, body: { type: 'BlockStatement', body: [], directives: [] } } as Node
}

function iterableOf(loop: Loop): Node {
  if (loop.kind === 'for-of') return loop.node.right
  if (loop.kind === 'for') return loop.node.test ?? loop.node
  return loop.kind === 'callback' ? loop.node.callee : loop.node
}

/**
 * The query is made in every round, nothing around it would keep it from being made or catch its error, and a statement before
 * the loop runs if and only if the loop does.
 */
export function isAnchored({ source, query, awaited, loop, together }: Place, { anchor, body, names }: Rounds): boolean {
  const inside = awaited ?? query
  for (let at: Node | undefined = inside; at !== body; at = source.parents.get(at)) {
    const parent: Node | undefined = at === undefined ? undefined : source.parents.get(at)
    if (at === undefined || parent === undefined || (isConditional(parent, at) && at !== body)) return false
    if (isFunction(parent) && parent.body !== body) return false
  }
  const outer = loop?.kind === 'callback' ? together : (loop?.node ?? null)
  if (outer === null || isGuarded(body, inside, loop?.kind === 'callback', names)) return false
  const place = statementOf(source, outer)
  if (place === null || place.statement !== anchor) return false
  for (let at: Node = outer; at !== anchor; ) {
    const parent = source.parents.get(at)
    if (parent === undefined || isConditional(parent, at) || isFunction(parent) || !passing.has(parent.type)) return false
    at = parent
  }
  const scope = scopeOf(source, outer)
  return isFunction(scope) ? scope.async === true && scope.generator !== true : scope.type === 'Program'
}

/**
 * Rounds that end before they ask, a loop that ends before its last round, and what may change an item before its key is read: the
 * keys of all rounds are not those that are asked for.
 */
function isGuarded(body: Node, asked: Node, isCallback: boolean, names: ReadonlySet<string>): boolean {
  for (const node of nodesIn(body, (node) => !isFunction(node))) {
    const isBefore = startOf(node) < startOf(asked) && endOf(node) <= startOf(asked)
    if (/^(?:Break|Return|Throw)Statement$/.test(node.type) && (isBefore || (!isCallback && !isInside(node, asked)))) return true
    if (node.type === 'ContinueStatement' && isBefore) return true
    if (node.type !== 'CallExpression' || !isBefore) continue
    const receiver = node.callee.type === 'MemberExpression' ? [node.callee.object] : []
    if ([...node.arguments, ...receiver].some((given) => given.type === 'Identifier' && names.has(given.name))) return true
  }
  return false
}

const isInside = (outer: Node, inner: Node): boolean => startOf(outer) <= startOf(inner) && endOf(inner) <= endOf(outer)

const passing = new Set([
  'AwaitExpression',
  'VariableDeclarator',
  'VariableDeclaration',
  'ExpressionStatement',
  'ReturnStatement',
  'AssignmentExpression',
  'LabeledStatement',
])

function isConditional(parent: Node, at: Node): boolean {
  switch (parent.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
      return parent.test !== at
    case 'LogicalExpression':
      return parent.right === at
    case 'TryStatement':
    case 'CatchClause':
    case 'SwitchCase':
    case 'SwitchStatement':
    case 'OptionalCallExpression':
    case 'OptionalMemberExpression':
    case 'AssignmentPattern':
    case 'ForStatement':
    case 'ForOfStatement':
    case 'ForInStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return true
    default:
      return false
  }
}

const listMethods = new Set(['entries', 'values', 'keys', 'slice', 'filter', 'toSorted', 'toReversed', 'concat'])
const mutators = new Set([
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'sort',
  'reverse',
  'fill',
  'set',
  'add',
  'delete',
  'clear',
  'copyWithin',
])

/** What gives the same items each time: a variable, a literal, `list.entries()`, `Object.values(x)`. */
export function isRepeatable(parents: ReadonlyMap<Node, Node>, node: Node): boolean {
  if (node.type === 'Identifier') {
    const init = initialOf(parents, node)
    // what a function of the app's own returns may be a generator, which can be gone through once
    return init?.type !== 'CallExpression' || makesList(init)
  }
  if (isSimple(node)) return true
  if (node.type === 'ArrayExpression') return isPure(node)
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || node.callee.property.type !== 'Identifier') return false
  const { object, property } = node.callee
  const [only] = node.arguments
  if (object.type === 'Identifier' && object.name === 'Object' && /^(?:entries|values|keys)$/.test(property.name))
    return node.arguments.length === 1 && only !== undefined && isSimple(only)
  return node.arguments.every(isPure) && listMethods.has(property.name) && isSimple(object)
}

const listMakers = /^(?:map|filter|slice|flatMap|flat|concat|split|sort|reverse|toSorted|toReversed|fill|from|of)$/

/** A method of lists, or of `Object` and `Array`. */
function makesList({ callee }: CallExpression): boolean {
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false
  const { object, property } = callee
  if (object.type === 'Identifier' && object.name === 'Object') return /^(?:entries|values|keys)$/.test(property.name)
  return listMakers.test(property.name)
}

/** What a variable of the function is declared with. */
function initialOf(parents: ReadonlyMap<Node, Node>, variable: Identifier): Node | null {
  let scope: Node | undefined = variable
  while (scope !== undefined && !isFunction(scope) && scope.type !== 'Program') scope = parents.get(scope)
  if (scope === undefined) return null
  for (const one of nodesIn(scope))
    if (one.type === 'VariableDeclarator' && one.id.type === 'Identifier' && one.id.name === variable.name) return one.init ?? null
  return null
}

/** Whether it is an array for sure: a variable with the rows of a builder, or a literal. */
export function isList(parents: ReadonlyMap<Node, Node>, node: Node): boolean {
  if (node.type === 'ArrayExpression') return true
  if (node.type !== 'Identifier') return false
  const init = initialOf(parents, node)
  if (init?.type !== 'AwaitExpression') return init?.type === 'ArrayExpression'
  const { table, calls } = chainOf(init.argument)
  return table !== null && calls.every(({ name }) => name !== 'first' && name !== 'then')
}

/** Reads variables and properties, and does nothing. */
export function isPure(node: Node): boolean {
  for (const one of nodesIn(node)) if (!pure.has(one.type)) return false
  return true
}

const pure = new Set(
  `Identifier MemberExpression OptionalMemberExpression StringLiteral NumericLiteral BooleanLiteral NullLiteral BigIntLiteral TemplateLiteral
  TemplateElement BinaryExpression LogicalExpression ConditionalExpression UnaryExpression ArrayExpression ObjectExpression ObjectProperty
  VariableDeclaration VariableDeclarator ThisExpression TSNonNullExpression TSAsExpression ParenthesizedExpression`.split(/\s+/),
)

function isPlainUpdate(node: Node): boolean {
  if (node.type === 'UpdateExpression') return node.argument.type === 'Identifier'
  return node.type === 'AssignmentExpression' && node.left.type === 'Identifier' && isPure(node.right)
}

/** A pattern without defaults, which could call something. */
function isPlain(pattern: Node): boolean {
  for (const node of nodesIn(pattern))
    if (!['Identifier', 'ObjectPattern', 'ArrayPattern', 'ObjectProperty', 'RestElement', 'StringLiteral'].includes(node.type)) return false
  return true
}

/** Whether code assigns to one of these variables, or changes a list that one of them holds. */
function changesAny(body: Node, names: ReadonlySet<string>): boolean {
  for (const node of nodesIn(body)) {
    const target = node.type === 'AssignmentExpression' ? node.left : node.type === 'UpdateExpression' ? node.argument : null
    if (target?.type === 'Identifier' && names.has(target.name)) return true
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') continue
    const { object, property } = node.callee
    if (object.type === 'Identifier' && names.has(object.name) && property.type === 'Identifier' && mutators.has(property.name)) return true
  }
  return false
}

/** Whether code assigns to a property of this name. */
export function changesProperty(body: Node, name: string): boolean {
  for (const node of nodesIn(body)) {
    const target = node.type === 'AssignmentExpression' ? node.left : node.type === 'UpdateExpression' ? node.argument : null
    if (target?.type === 'MemberExpression' && target.property.type === 'Identifier' && target.property.name === name) return true
    if (node.type === 'UnaryExpression' && node.operator === 'delete' && endOf(node) > startOf(node)) return true
  }
  return false
}

/** Whether a function writes to properties of something else than what goes through the loop, the request and the response. */
export function changesOthers(scope: Node, names: ReadonlySet<string>): boolean {
  for (const node of nodesIn(scope)) {
    const target = node.type === 'AssignmentExpression' ? node.left : node.type === 'UpdateExpression' ? node.argument : null
    if (target?.type !== 'MemberExpression') continue
    let root: Node = target.object
    while (root.type === 'MemberExpression') root = root.object
    const isOwn = target.object.type === 'Identifier' && names.has(target.object.name)
    if (!isOwn && !(root.type === 'Identifier' && /^(?:req|res|ctx|request|response|reply)$/.test(root.name))) return true
  }
  return false
}
