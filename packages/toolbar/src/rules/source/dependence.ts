import type { Node } from '@babel/types'
import { nodesIn, type SourceFile, textOf } from './parse.ts'
import { isFunction, type Loop, loopAround, methodOf, type Place, scopeOf } from './place.ts'
import { freeNames } from './references.ts'

/** What the rounds of a loop have from the answers of the rounds before. */

/** The next value to ask for comes from the answer: a chain of rows, a queue that answers fill, a function that calls itself. */
export function asksByAnswer(place: Place): boolean {
  const { source, query } = place
  if (callsItself(place)) return true
  for (const { node } of loopsAround(place)) {
    const known = knownFromAnswer(place, node)
    if (readsAny(source, query, known)) return true
  }
  return false
}

/** Asked until the answer is another: the loop may end early, by its condition or a jump, or it waits between its rounds. */
export function polls(place: Place): boolean {
  return loopsAround(place).some((loop) => loop.kind !== 'callback' && (isEndless(loop) || endsEarly(place, loop) || waits(loop.node)))
}

function loopsAround({ source, loop }: Place): Loop[] {
  const loops: Loop[] = []
  for (let at = loop; at !== null; at = loopAround(source, at.node)) loops.push(at)
  return loops
}

function isEndless({ kind, node }: Loop): boolean {
  return (kind === 'while' && node.type !== 'ForInStatement') || (kind === 'for' && node.test == null)
}

function endsEarly(place: Place, { kind, node }: Loop): boolean {
  for (const one of nodesIn(node, (inner) => !isFunction(inner))) if (/^(?:Break|Return|Throw)Statement$/.test(one.type)) return true
  return kind === 'for' && node.test != null && readsAny(place.source, node.test, knownFromAnswer(place, node))
}

const waiting = /^(?:setTimeout|setImmediate|setInterval)$|^(?:sleep|delay|wait|pause|backoff)|(?:Sleep|Delay|Wait|Backoff)$/

function waits(loop: Node): boolean {
  for (const node of nodesIn(loop)) {
    if (node.type !== 'CallExpression') continue
    const name = node.callee.type === 'Identifier' ? node.callee.name : methodOf(node)
    if (name !== null && waiting.test(name)) return true
  }
  return false
}

const filling = new Set(['push', 'unshift', 'add', 'set', 'splice', 'enqueue', 'append'])

/** Variables and properties, as they are written, whose values come from the answer. */
function knownFromAnswer({ source, query, awaited }: Place, loop: Node): Set<string> {
  const answer = awaited ?? query
  const known = new Set<string>()
  const comesFrom = (value: Node): boolean => contains(value, answer) || readsAny(source, value, known)
  for (let before = -1; before !== known.size; ) {
    before = known.size
    for (const node of nodesIn(loop)) {
      const [target, value] = givenTo(node)
      if (target === null || value == null || !comesFrom(value)) continue
      // `[x.rows] = …` gives a property, not `x`
      for (const one of nodesIn(target, ({ type }) => type !== 'MemberExpression'))
        if (one.type === 'MemberExpression') known.add(textOf(source, one))
        else if (one.type === 'Identifier' && (one === target || !isPart(source, one))) known.add(one.name)
    }
  }
  return known
}

/** Of a property, or the key of a pattern. */
function isPart(source: SourceFile, node: Node): boolean {
  const parent = source.parents.get(node)
  return (parent?.type === 'ObjectProperty' && parent.key === node && !parent.computed) || parent?.type === 'MemberExpression'
}

function givenTo(node: Node): [target: Node | null, value: Node | null | undefined] {
  if (node.type === 'VariableDeclarator') return [node.id as Node, node.init]
  if (node.type === 'AssignmentExpression') return [node.left, node.right]
  if (node.type === 'ForOfStatement')
    return [node.left.type === 'VariableDeclaration' ? (node.left.declarations[0]?.id as Node) : node.left, node.right]
  if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && filling.has(methodOf(node) ?? ''))
    return [node.callee.object, { type: 'ArrayExpression', elements: node.arguments } as Node]
  return [null, null]
}

function readsAny(source: SourceFile, root: Node, known: ReadonlySet<string>): boolean {
  if (known.size === 0) return false
  for (const node of nodesIn(root)) if (node.type === 'MemberExpression' && known.has(textOf(source, node))) return true
  return [...freeNames(source, root)].some((name) => known.has(name))
}

function contains(root: Node, wanted: Node): boolean {
  for (const node of nodesIn(root)) if (node === wanted) return true
  return false
}

/** By its own name, or as a method of `this`. */
function callsItself({ source, query }: Place): boolean {
  const own = scopeOf(source, query)
  if (!isFunction(own)) return false
  const name = nameOf(source, own)
  if (name === null) return false
  const isMethod = own.type === 'ClassMethod' || own.type === 'ObjectMethod'
  for (const node of nodesIn(own.body)) {
    if (node.type !== 'CallExpression') continue
    const { callee } = node
    if (!isMethod && callee.type === 'Identifier' && callee.name === name) return true
    if (isMethod && callee.type === 'MemberExpression' && callee.object.type === 'ThisExpression' && methodOf(node) === name) return true
  }
  return false
}

function nameOf(source: SourceFile, own: Node): string | null {
  if ('key' in own && own.key !== null && typeof own.key === 'object' && own.key.type === 'Identifier') return own.key.name
  if ('id' in own && own.id != null && typeof own.id === 'object' && own.id.type === 'Identifier') return own.id.name
  const parent = source.parents.get(own)
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : null
}
