import type { FindingChange } from '../../contract/types.ts'
import { chainOf } from '../source/chain.ts'
import { exampleOf } from '../source/edits.ts'
import { nodesIn, textOf } from '../source/parse.ts'
import { methodOf, type Place } from '../source/place.ts'
import { property, quoted, singular } from '../words.ts'
import type { Lookup } from './lookup.ts'
import { nameBatch } from './names.ts'
import { isSimple } from './rounds.ts'

/** One query for all in the words of the statement, where the user's own lines cannot be changed safely. */
export function batchExample(place: Place | null, lookup: Lookup): FindingChange | null {
  const { table, column, isOne, statement } = lookup
  if (column === null || table === null || !/^\w+$/.test(table) || statement.tables.length !== 1) return null
  if (statement.aggregate) return groupedExample(lookup, column)
  // the first of each in an order, or some of each, is no plain look-up
  if (statement.limited && (!isOne || statement.orderBy.length > 0)) return null
  const isNarrowed = statement.conditions.filter(({ clause }) => clause === 'where').length > 1
  const names = nameBatch(table, column, column === 'id' ? `${singular(table)}_id` : column, new Set())
  const { items, item, key } = ownWords(place) ?? {
    items: 'items',
    item: 'item',
    key: `item.${column === 'id' ? `${singular(table)}_id` : column}`,
  }
  const columns = statement.columns
  const list = columns === null ? null : [...new Set([column, ...columns])]
  const load = loadOf(place, lookup, table, column, names.keys, list)
  return exampleOf([
    `const ${names.keys} = [...new Set(${items}.map((${item}) => ${key}))]`,
    ...load.map((line, index) => (index === 0 ? line.replace('%', names.rows) : line)),
    ...(isNarrowed ? ['// with the other conditions of the query'] : []),
    isOne
      ? `const ${names.map} = new Map(${names.rows}.map((${names.row}) => [${names.row}${property(column)}, ${names.row}]))`
      : `const ${names.map} = Map.groupBy(${names.rows}, (${names.row}) => ${names.row}${property(column)})`,
    '// and in each round',
    isOne ? `const ${names.row} = ${names.map}.get(${key})` : `const found = ${names.map}.get(${key}) ?? []`,
  ])
}

/** The same figures of all groups in one answer. */
function groupedExample({ sql, statement }: Lookup, column: string): FindingChange | null {
  const list = /^\s*select\s+([^;]{1,300}?)\s+from\s/i.exec(sql.slice(0, 400))?.[1]
  const table = statement.tables[0]?.name
  if (list === undefined || table === undefined) return null
  return exampleOf([`select ${column}, ${list}`, `from ${table}`, `where ${column} in (…)`, `group by ${column}`], 'sql')
}

/** What the loop goes through and what of it is looked up, as they are written. */
function ownWords(place: Place | null): { items: string; item: string; key: string } | null {
  if (place?.loop == null) return null
  const { source, loop, query } = place
  const [list, bound] =
    loop.kind === 'for-of' && loop.node.left.type === 'VariableDeclaration'
      ? [loop.node.right, loop.node.left.declarations[0]?.id]
      : loop.kind === 'callback' && loop.node.callee.type === 'MemberExpression'
        ? [loop.node.callee.object, loop.callback.params[0]]
        : [null, null]
  if (list == null || bound?.type !== 'Identifier' || !isSimple(list)) return null
  for (const node of nodesIn(query))
    if (node.type === 'MemberExpression' && isSimple(node) && node.object.type === 'Identifier' && node.object.name === bound.name)
      return { items: textOf(source, list), item: bound.name, key: textOf(source, node) }
  return null
}

function loadOf(place: Place | null, lookup: Lookup, table: string, column: string, keys: string, list: string[] | null): string[] {
  const method = place?.query.type === 'CallExpression' ? methodOf(place.query) : null
  const selected = list === null ? '*' : list.join(', ')
  if (place !== null && (method === 'query' || method === 'execute') && place.query.type === 'CallExpression') {
    const { callee } = place.query
    const client = callee.type === 'MemberExpression' ? textOf(place.source, callee.object) : 'pool'
    return lookup.dialect === 'postgresql'
      ? [`const { rows: % } = await ${client}.query('select ${selected} from ${table} where ${column} = any($1)', [${keys}])`]
      : [`const [%] = await ${client}.query('select ${selected} from ${table} where ${column} in (?)', [${keys}])`]
  }
  const name = builderOf(place) ?? 'db'
  const select = list === null ? '' : `.select(${list.map(quoted).join(', ')})`
  return [`const % = await ${name}('${table}').whereIn(${quoted(column)}, ${keys})${select}`]
}

/** `db` of `db('books')` and `db.raw(...)`. */
function builderOf(place: Place | null): string | null {
  if (place === null) return null
  const { root, calls } = chainOf(place.query)
  const db = root.type === 'CallExpression' ? root.callee : root
  const isBuilder = root.type === 'CallExpression' ? root.arguments[0]?.type === 'StringLiteral' : calls[0]?.name === 'raw'
  return isBuilder && isSimple(db) ? textOf(place.source, db) : null
}
