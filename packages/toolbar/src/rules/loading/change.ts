import type { Identifier } from '@babel/types'
import type { FindingChange } from '../../contract/types.ts'
import { type Query, readQuery } from '../queries.ts'
import { type Chain, chainOf } from '../source/chain.ts'
import { driverOf } from '../source/driver.ts'
import { changeOf, type Edit, exampleOf } from '../source/edits.ts'
import { endOf, startOf } from '../source/parse.ts'
import { type Place, scopeOf } from '../source/place.ts'
import { namesIn } from '../source/references.ts'
import { isWrapped, type LengthUse } from '../source/uses.ts'
import { camel, isReserved, pascal, quoted, singular } from '../words.ts'

/** Calls that leave the number of rows to the conditions; columns and order do not matter to it. */
const conditions =
  /^(?:where|andWhere|orWhere|whereNot|andWhereNot|orWhereNot|whereIn|orWhereIn|whereNotIn|orWhereNotIn|whereNull|orWhereNull|whereNotNull|orWhereNotNull|whereBetween|whereNotBetween|orWhereBetween|whereRaw|andWhereRaw|orWhereRaw|whereExists|whereNotExists|whereLike|whereILike|join|innerJoin|leftJoin|leftOuterJoin|from)$/
const dropped = /^(?:select|orderBy)$/

/** `count` in place of the rows. */
export function countChange(place: Place, uses: readonly LengthUse[], query: Query): FindingChange | null {
  const drafted = draft(place)
  if (drafted === null) return countExample(place, query)
  const { source } = place
  const { chain, declared, edits, name } = drafted
  const at = endOf(place.query)
  edits.push({ start: at, end: at, text: `.count({ total: '*' }).first()` })
  if (declared === null) {
    const [use] = uses
    if (use === undefined || uses.length > 1 || chain.table === null) return null
    const value = place.awaited as NonNullable<Place['awaited']>
    edits.push(
      { start: startOf(use.member), end: startOf(value), text: 'Number((' },
      { start: endOf(value), end: endOf(use.member), text: ').total)' },
    )
  } else {
    const total = name(`${singular(declared.name)}Count`)
    edits.push({ start: startOf(declared), end: endOf(declared), text: `{ total: ${total} }` })
    for (const { member } of uses) edits.push({ start: startOf(member), end: endOf(member), text: `Number(${total})` })
  }
  return changeOf(source, edits)
}

/** `first` in place of the rows. @param hasId the table is known to have a column `id` */
export function existsChange(place: Place, uses: readonly LengthUse[], query: Query, hasId: boolean): FindingChange | null {
  const drafted = draft(place)
  const column = hasId ? 'id' : null
  if (drafted === null || drafted.declared === null) return existsExample(place, query, column)
  const { chain, declared, edits, name } = drafted
  const isJoin = chain.calls.some(({ name }) => /join/i.test(name))
  const known = column !== null && !isJoin ? column : comparedColumn(chain)
  const one = singular(declared.name)
  const row = name(one === 'row' ? `first${pascal(singular(camel(chain.table ?? '')))}` : one)
  const at = endOf(place.query)
  edits.push({ start: at, end: at, text: known === null ? '.first()' : `.first(${quoted(known)})` })
  edits.push({ start: startOf(declared), end: endOf(declared), text: row })
  for (const { truth } of uses) {
    if (truth === null) return null
    edits.push({ start: startOf(truth.node), end: endOf(truth.node), text: `${row} ${truth.negated ? '===' : '!=='} undefined` })
  }
  return changeOf(place.source, edits)
}

interface Draft {
  readonly chain: Chain
  /** the variable that takes the rows; `null` where they are used in place */
  readonly declared: Identifier | null
  readonly edits: Edit[]
  /** a name that is not in use */
  name(wanted: string): string
}

/** `null` for all but a builder of one table whose calls are known. */
function draft({ source, query, awaited, loop }: Place): Draft | null {
  const chain = chainOf(query)
  if (chain.table === null || awaited === null || loop?.kind === 'callback') return null
  if (!chain.calls.every(({ name }) => conditions.test(name) || dropped.test(name))) return null
  const parent = source.parents.get(awaited)
  const declared = parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id : null
  if (declared === null && parent?.type !== 'MemberExpression') return null
  if (declared !== null && declared.typeAnnotation != null) return null
  const taken = namesIn(scopeOf(source, query))
  return {
    chain,
    declared,
    edits: chain.calls.filter(({ name }) => dropped.test(name)).map(({ start, end }) => ({ start, end, text: '' })),
    name(wanted) {
      let free = wanted
      for (let number = 2; taken.has(free) || isReserved(free); number++) free = `${wanted}${number}`
      return free
    },
  }
}

/** A column that the conditions name exists for sure. */
function comparedColumn({ calls }: Chain): string | null {
  for (const { name, args } of calls) {
    const [first] = args
    if (name.startsWith('where') && !/Raw|Exists/.test(name) && first?.type === 'StringLiteral') return first.value
  }
  return null
}

function countExample(place: Place, query: Query): FindingChange | null {
  const table = readQuery(query).tables[0]?.name
  if (table === undefined) return null
  const driver = driverOf(place, query.data.dialect)
  if (driver?.kind !== 'knex' || isWrapped(place.query)) return exampleOf([`select count(*) as total from ${table} …`], 'sql')
  return exampleOf([
    `const { total } = await ${driver.client}(${quoted(table)}).where(/* the same conditions */).count({ total: '*' }).first()`,
    'Number(total)',
  ])
}

function existsExample(place: Place, query: Query, column: string | null): FindingChange | null {
  const table = readQuery(query).tables[0]?.name
  if (table === undefined) return null
  const driver = driverOf(place, query.data.dialect)
  if (driver?.kind !== 'knex' || isWrapped(place.query)) return exampleOf([`select 1 from ${table} … limit 1`], 'sql')
  const row = singular(camel(table))
  return exampleOf([
    `const ${row} = await ${driver.client}(${quoted(table)}).where(/* the same conditions */).first(${column === null ? '' : quoted(column)})`,
    `${row} !== undefined`,
  ])
}
