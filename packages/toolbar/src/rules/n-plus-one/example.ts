import type { FindingChange } from '../../contract/types.ts'
import { chainOf } from '../source/chain.ts'
import { exampleOf } from '../source/edits.ts'
import { textOf } from '../source/parse.ts'
import { methodOf, type Place } from '../source/place.ts'
import { property, quoted } from '../words.ts'
import type { Lookup } from './lookup.ts'
import { nameBatch } from './names.ts'

/** One query for all in the words of the statement, where the user's own lines cannot be changed safely. */
export function batchExample(place: Place | null, lookup: Lookup): FindingChange | null {
  const { table, column, isOne, statement } = lookup
  if (column === null || table === null || !/^\w+$/.test(table)) return null
  const names = nameBatch(table, column, column === 'id' ? `${table.replace(/s$/, '')}_id` : column, new Set())
  const key = `item.${column === 'id' ? `${names.row === 'row' ? table : names.row}_id` : column}`
  const columns = statement.columns
  const list = columns === null ? null : [...new Set([column, ...columns])]
  const load = loadOf(place, lookup, table, column, names.keys, list)
  return exampleOf([
    `const ${names.keys} = [...new Set(items.map((item) => ${key}))]`,
    ...load.map((line, index) => (index === 0 ? line.replace('%', names.rows) : line)),
    isOne
      ? `const ${names.map} = new Map(${names.rows}.map((${names.row}) => [${names.row}${property(column)}, ${names.row}]))`
      : `const ${names.map} = Map.groupBy(${names.rows}, (${names.row}) => ${names.row}${property(column)})`,
    '// and in each round',
    isOne ? `const ${names.row} = ${names.map}.get(${key})` : `const found = ${names.map}.get(${key}) ?? []`,
  ])
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
  const root = place === null ? null : chainOf(place.query).root
  const db = root?.type === 'CallExpression' ? root.callee : root
  const name =
    place !== null && db?.type === 'Identifier' && root?.type === 'CallExpression' && chainOf(place.query).table !== null
      ? textOf(place.source, db)
      : method === 'raw' && db?.type === 'Identifier' && place !== null
        ? textOf(place.source, db)
        : 'db'
  const select = list === null ? '' : `.select(${list.map(quoted).join(', ')})`
  return [`const % = await ${name}('${table}').whereIn(${quoted(column)}, ${keys})${select}`]
}
