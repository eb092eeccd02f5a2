import type { CallExpression, Node } from '@babel/types'
import { endOf } from './parse.ts'

/** One call of a chain: `.where('id', 5)`. */
export interface ChainCall {
  readonly name: string
  readonly args: readonly Node[]
  readonly node: CallExpression
  /** where its dot is, and behind its bracket */
  readonly start: number
  readonly end: number
}

/** A query of knex as it is written: `db('books').where('id', 5).first()`. */
export interface Chain {
  /** `db('books')`, `db` or a call of the app's own */
  readonly root: Node
  /** as written, where it is a literal */
  readonly table: string | null
  readonly calls: readonly ChainCall[]
}

/** What starts with a name that knex's builder does not have is a function of the app's own: it is the root. */
export function chainOf(query: Node): Chain {
  const calls: ChainCall[] = []
  let root = query
  while (root.type === 'CallExpression' && root.callee.type === 'MemberExpression' && !root.callee.computed) {
    const { object, property } = root.callee
    if (property.type !== 'Identifier' || !builderMethods.has(property.name)) break
    calls.unshift({ name: property.name, args: root.arguments, node: root, start: endOf(object), end: endOf(root) })
    root = object
  }
  return {
    root,
    table: tableOf(root) ?? tableOf(calls.find(({ name }) => name === 'from' || name === 'into' || name === 'table')?.node),
    calls,
  }
}

function tableOf(call: Node | undefined): string | null {
  if (call?.type !== 'CallExpression' || call.arguments.length !== 1) return null
  const [table] = call.arguments
  return table?.type === 'StringLiteral' ? table.value : null
}

const builderMethods = new Set(
  `select column columns from into table where andWhere orWhere whereNot andWhereNot orWhereNot whereIn orWhereIn whereNotIn orWhereNotIn
  whereNull orWhereNull whereNotNull orWhereNotNull whereBetween whereNotBetween orWhereBetween whereRaw orWhereRaw andWhereRaw whereExists
  whereNotExists whereLike whereILike whereColumn whereJsonPath first pluck distinct distinctOn count countDistinct sum sumDistinct avg
  avgDistinct min max join innerJoin leftJoin leftOuterJoin rightJoin rightOuterJoin fullOuterJoin crossJoin joinRaw groupBy groupByRaw
  orderBy orderByRaw having havingRaw havingIn limit offset union unionAll intersect except with withRecursive as clone timeout
  forUpdate forShare skipLocked noWait transacting modify debug on hintComment comment queryContext options connection returning insert update del delete
  increment decrement onConflict merge ignore truncate using clear clearSelect clearWhere clearOrder raw query execute toSQL then catch`
    .split(/\s+/)
    .filter((name) => name !== ''),
)
