import type { Identifier, Node } from '@babel/types'
import { nodesIn, type SourceFile } from './parse.ts'
import { isFunction } from './place.ts'

/**
 * Where a variable is read in the function that declares it; `null` where that cannot be told: it is assigned again, or the name
 * is declared twice.
 */
export function referencesOf(source: SourceFile, declared: Identifier): Node[] | null {
  const scope = scopeOfBinding(source, declared)
  const found: Node[] = []
  for (const node of nodesIn(scope)) {
    if ((node.type !== 'Identifier' && node.type !== 'JSXIdentifier') || node.name !== declared.name || node === declared) continue
    const parent = source.parents.get(node)
    if (parent === undefined || isLabelOrKey(node, parent)) continue
    if (isBinding(source, node) || isWritten(node, parent)) return null
    found.push(node)
  }
  return found
}

/** Names that are used anywhere in a piece of code: a new variable in it must be none of them. */
export function namesIn(scope: Node): Set<string> {
  const names = new Set<string>()
  for (const node of nodesIn(scope)) if (node.type === 'Identifier') names.add(node.name)
  return names
}

/** Names of variables that an expression reads. */
export function freeNames(source: SourceFile, root: Node): Set<string> {
  const names = new Set<string>()
  for (const node of nodesIn(root)) {
    if (node.type !== 'Identifier') continue
    const parent = source.parents.get(node)
    if (parent === undefined || node === root || !isLabelOrKey(node, parent)) names.add(node.name)
  }
  return names
}

/** Names that are declared somewhere in a piece of code, its functions included. */
export function declaredNames(source: SourceFile, root: Node): Set<string> {
  const names = new Set<string>()
  for (const node of nodesIn(root)) if (node.type === 'Identifier' && isBinding(source, node)) names.add(node.name)
  return names
}

/** `a` of `x.a`, `{ a: 1 }` and `a:` is no variable. */
function isLabelOrKey(node: Node, parent: Node): boolean {
  switch (parent.type) {
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return parent.property === node && !parent.computed
    case 'ObjectProperty':
    case 'ObjectMethod':
    case 'ClassMethod':
    case 'ClassProperty':
      return parent.key === node && !parent.computed
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'JSXAttribute':
    case 'JSXMemberExpression':
    case 'TSPropertySignature':
    case 'TSTypeReference':
      return true
    default:
      return false
  }
}

function isWritten(node: Node, parent: Node): boolean {
  if (parent.type === 'AssignmentExpression') return parent.left === node
  if (parent.type === 'UpdateExpression') return true
  if (parent.type === 'ForOfStatement' || parent.type === 'ForInStatement') return parent.left === node
  return parent.type === 'ArrayPattern' || parent.type === 'RestElement'
}

/** Whether an identifier declares a variable. */
export function isBinding(source: SourceFile, node: Node): boolean {
  let inner = node
  for (let outer = source.parents.get(node); outer !== undefined; inner = outer, outer = source.parents.get(outer)) {
    if (outer.type === 'VariableDeclarator') return outer.id === inner
    if (isFunction(outer)) return (outer.params as Node[]).includes(inner) || ('id' in outer && outer.id === inner)
    if (outer.type === 'CatchClause') return outer.param === inner
    if (outer.type === 'ClassDeclaration' || outer.type === 'ClassExpression') return outer.id === inner
    if (outer.type === 'ImportSpecifier' || outer.type === 'ImportDefaultSpecifier' || outer.type === 'ImportNamespaceSpecifier')
      return outer.local === inner
    if (outer.type === 'ObjectProperty') {
      if (outer.value !== inner) return false
    } else if (outer.type === 'AssignmentPattern') {
      if (outer.left !== inner) return false
    } else if (outer.type !== 'ObjectPattern' && outer.type !== 'ArrayPattern' && outer.type !== 'RestElement') return false
  }
  return false
}

/** The function a variable is declared in, a parameter's own, or the program. */
function scopeOfBinding(source: SourceFile, declared: Node): Node {
  let at = source.parents.get(declared)
  while (at !== undefined && !isFunction(at)) at = source.parents.get(at)
  return at ?? source.program.program
}
