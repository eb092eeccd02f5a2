import type { Node } from '@babel/types'

/** `books`, `req.body.lines` */
export function isSimple(node: Node): boolean {
  let at = node
  while (at.type === 'MemberExpression' && !at.computed) at = at.object
  return at.type === 'Identifier' || at.type === 'ThisExpression'
}
