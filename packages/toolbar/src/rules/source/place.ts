import type {
  ArrowFunctionExpression,
  AwaitExpression,
  CallExpression,
  DoWhileStatement,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  FunctionExpression,
  Function as FunctionNode,
  Node,
  Statement,
  WhileStatement,
} from '@babel/types'
import type { Site } from '../../contract/types.ts'
import { childrenOf, endOf, type SourceFile, sourceOf, startOf } from './parse.ts'

/** What repeats a query. */
export type Loop =
  | { readonly kind: 'for-of'; readonly node: ForOfStatement }
  | { readonly kind: 'for'; readonly node: ForStatement }
  | { readonly kind: 'while'; readonly node: WhileStatement | DoWhileStatement | ForInStatement }
  /** `list.map((item) => ...)` and its like */
  | { readonly kind: 'callback'; readonly node: CallExpression; readonly method: string; readonly callback: Callback }

export type Callback = ArrowFunctionExpression | FunctionExpression

/** The code that asked: the expression at a place of a stack, and what is around it. */
export interface Place {
  readonly source: SourceFile
  /** the whole chain of calls that is the query, without its `await` */
  readonly query: Node
  readonly awaited: AwaitExpression | null
  /** the query is one of those that `Promise.all` gets */
  readonly together: CallExpression | null
  /** the loop around it in the same function, or of which the function is the callback */
  readonly loop: Loop | null
}

/**
 * The query at a place. V8 names the `await` of an async frame, and the name of the method of a call.
 * @param asOfMs files changed later are not read
 */
export function placeOf(site: Site, asOfMs: number): Place | null {
  const source = sourceOf(site.file, asOfMs)
  return source === null ? null : placeIn(source, site.line, site.column)
}

/** Lines and columns start at 1. */
export function placeIn(source: SourceFile, line: number, column: number): Place | null {
  const key = `${line}:${column}`
  let place = source.places.get(key)
  if (place === undefined) {
    place = findPlace(source, line, column)
    source.places.set(key, place)
  }
  return place
}

function findPlace(source: SourceFile, line: number, column: number): Place | null {
  const offset = offsetOf(source.text, line, column)
  if (offset === null) return null
  const path = pathTo(source, offset)
  for (let index = path.length - 1; index >= 0; index--) {
    const node = path[index] as Node
    if (isFunction(node)) return null
    if (node.type === 'AwaitExpression' && startOf(node) === offset) return describe(source, node.argument, node)
    if (node.type !== 'CallExpression') continue
    // `then` of a builder is where it starts
    const whole = wholeCall(source, node)
    const query = isThen(node) && node.callee.type === 'MemberExpression' ? node.callee.object : whole
    const parent = source.parents.get(whole)
    return describe(source, query, parent?.type === 'AwaitExpression' && parent.argument === query ? parent : null)
  }
  return null
}

function describe(source: SourceFile, expression: Node, awaited: AwaitExpression | null): Place {
  const list = mappedBy(expression)
  const callback = list === null ? null : callbackOf(list)
  if (list !== null && callback !== null) {
    // the stack ends at `await Promise.all(...)` when the callback only returns the query
    const query = returnedBy(callback)
    if (query !== null)
      return {
        source,
        query: query.type === 'AwaitExpression' ? query.argument : query,
        awaited: query.type === 'AwaitExpression' ? query : null,
        together: expression as CallExpression,
        loop: { kind: 'callback', node: list, method: 'map', callback },
      }
  }
  const loop = loopAround(source, expression)
  return { source, query: expression, awaited, together: loop === null ? null : togetherAround(source, loop), loop }
}

/** `list.map(...)` of `Promise.all(list.map(...))`. */
function mappedBy(expression: Node): CallExpression | null {
  if (!isPromiseAll(expression)) return null
  const [list] = expression.arguments
  return list?.type === 'CallExpression' && methodOf(list) === 'map' ? list : null
}

export function isPromiseAll(node: Node): node is CallExpression {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false
  const { object, property } = node.callee
  return (
    object.type === 'Identifier' && object.name === 'Promise' && property.type === 'Identifier' && /^all(?:Settled)?$/.test(property.name)
  )
}

/** `Promise.all` that gets the promises a loop makes. */
function togetherAround(source: SourceFile, loop: Loop): CallExpression | null {
  const parent = loop.kind === 'callback' ? source.parents.get(loop.node) : undefined
  return parent !== undefined && isPromiseAll(parent) ? parent : null
}

/** The query that a callback is or returns and does nothing else. */
function returnedBy({ body }: Callback): Node | null {
  if (body.type !== 'BlockStatement') return body
  const [only] = body.body
  return body.body.length === 1 && only?.type === 'ReturnStatement' ? (only.argument ?? null) : null
}

const iterating = new Set(['map', 'forEach', 'flatMap', 'filter', 'some', 'every', 'find', 'reduce'])

export function callbackOf(call: CallExpression): Callback | null {
  const [first] = call.arguments
  return first?.type === 'ArrowFunctionExpression' || first?.type === 'FunctionExpression' ? first : null
}

/** The nearest loop whose body repeats a node. */
export function loopAround(source: SourceFile, node: Node): Loop | null {
  let inner = node
  for (let outer = source.parents.get(node); outer !== undefined; inner = outer, outer = source.parents.get(outer)) {
    if (outer.type === 'ForOfStatement' && outer.body === inner) return { kind: 'for-of', node: outer }
    if (outer.type === 'ForStatement' && inner !== outer.init) return { kind: 'for', node: outer }
    if (outer.type === 'WhileStatement' || outer.type === 'DoWhileStatement') return { kind: 'while', node: outer }
    if (outer.type === 'ForInStatement' && outer.body === inner) return { kind: 'while', node: outer }
    if (!isFunction(outer)) continue
    const call = source.parents.get(outer)
    const method = call?.type === 'CallExpression' && call.arguments[0] === outer ? methodOf(call) : null
    if (call?.type === 'CallExpression' && method !== null && iterating.has(method))
      return { kind: 'callback', node: call, method, callback: outer as Callback }
    return null
  }
  return null
}

export function isFunction(node: Node): node is FunctionNode {
  return (
    node.type === 'ArrowFunctionExpression' ||
    node.type === 'FunctionExpression' ||
    node.type === 'FunctionDeclaration' ||
    node.type === 'ObjectMethod' ||
    node.type === 'ClassMethod' ||
    node.type === 'ClassPrivateMethod'
  )
}

/** The function a node is in, or the program. */
export function scopeOf(source: SourceFile, node: Node): Node {
  let at = source.parents.get(node)
  while (at !== undefined && !isFunction(at)) at = source.parents.get(at)
  return at ?? source.program.program
}

/** The statement a node is in, and the list of statements that is in. */
export function statementOf(source: SourceFile, node: Node): { statement: Statement; list: readonly Statement[] } | null {
  let at: Node = node
  for (let outer = source.parents.get(at); outer !== undefined; at = outer, outer = source.parents.get(outer)) {
    const list = statementsIn(outer)
    if (list !== null) return list.includes(at as Statement) ? { statement: at as Statement, list } : null
    if (isFunction(outer)) return null
  }
  return null
}

function statementsIn(node: Node): readonly Statement[] | null {
  if (node.type === 'BlockStatement' || node.type === 'Program') return node.body
  if (node.type === 'SwitchCase') return node.consequent
  return null
}

/** `map` of `list.map()`; `null` for computed ones and plain calls. */
export function methodOf(call: CallExpression): string | null {
  const { callee } = call
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return null
  return callee.property.name
}

function isThen(call: CallExpression): boolean {
  const method = methodOf(call)
  return method === 'then' || method === 'catch' || method === 'finally'
}

/** From one call of a chain to the whole chain. */
function wholeCall(source: SourceFile, call: CallExpression): Node {
  let whole: Node = call
  for (;;) {
    const parent = source.parents.get(whole)
    if (parent?.type === 'MemberExpression' && parent.object === whole) {
      const next = source.parents.get(parent)
      if (next?.type !== 'CallExpression' || next.callee !== parent || isThen(next)) return whole
      whole = next
    } else return whole
  }
}

function offsetOf(text: string, line: number, column: number): number | null {
  let from = 0
  for (let at = 1; at < line; at++) {
    from = text.indexOf('\n', from) + 1
    if (from === 0) return null
  }
  const offset = from + column - 1
  return offset < text.length ? offset : null
}

/** Nodes around a position, outermost first. */
function pathTo(source: SourceFile, offset: number): Node[] {
  const path: Node[] = []
  let node: Node | undefined = source.program.program
  while (node !== undefined) {
    path.push(node)
    node = childrenOf(node).find((child) => startOf(child) <= offset && offset < endOf(child))
  }
  return path
}
