import type { CallExpression } from '@babel/types'
import { chainOf } from './chain.ts'
import { textOf } from './parse.ts'
import { methodOf, type Place } from './place.ts'
import { isSimple } from './simple.ts'

/** In whose words a query is written, and with what it is asked. */
export interface Driver {
  readonly kind: 'knex' | 'pg' | 'mysql2' | 'sqlite'
  /** `db`, `req.pool` */
  readonly client: string
}

/** `null` where neither the builder nor the client is to be seen: nothing can be said in its words then. */
export function driverOf(place: Place | null, dialect: string): Driver | null {
  if (place === null) return null
  const { source, query } = place
  const { root, calls, table } = chainOf(query)
  const method = query.type === 'CallExpression' ? methodOf(query) : null
  if (method === 'query' || method === 'execute') {
    const client = query.type === 'CallExpression' && query.callee.type === 'MemberExpression' ? query.callee.object : null
    if (client === null || !isSimple(client) || place.awaited === null) return null
    const kind = dialect === 'postgresql' ? 'pg' : dialect === 'mysql' ? 'mysql2' : null
    return kind === null ? null : { kind, client: textOf(source, client) }
  }
  if (dialect === 'sqlite' && query.type === 'CallExpression' && /^(?:get|all|iterate)$/.test(method ?? '')) return sqliteOf(place, query)
  const db = root.type === 'CallExpression' ? root.callee : root
  const isBuilder = root.type === 'CallExpression' ? table !== null : table !== null || calls[0]?.name === 'raw'
  return isBuilder && isSimple(db) ? { kind: 'knex', client: textOf(source, db) } : null
}

/** `db.prepare('select ...').get(id)` */
function sqliteOf({ source }: Place, { callee }: CallExpression): Driver | null {
  const prepared = callee.type === 'MemberExpression' ? callee.object : null
  if (prepared?.type !== 'CallExpression' || methodOf(prepared) !== 'prepare' || prepared.callee.type !== 'MemberExpression') return null
  const { object } = prepared.callee
  return isSimple(object) ? { kind: 'sqlite', client: textOf(source, object) } : null
}
