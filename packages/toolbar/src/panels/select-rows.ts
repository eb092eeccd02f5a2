import { type Filterable, matches } from '../contract/filter.ts'
import type { PanelQuery } from './panel.ts'

/** How the rows of a panel are filtered and sorted on the server; the same fields as in its view. */
export interface Rows<Row> {
  toFields(row: Row): Filterable
  /** by name, what rows are compared by; a `-` before the name turns the order round */
  sorts: Readonly<Record<string, (row: Row) => number | string>>
}

/** A sort that the panel does not know. The API answers 400 with what it does know. */
export class UnknownSort extends Error {
  readonly known: readonly string[]

  constructor(known: readonly string[]) {
    super('unknown sort')
    this.known = known
  }
}

/** A field that no row of the panel has. The API answers 400 with those it has. */
export class UnknownField extends Error {
  readonly field: string
  readonly known: readonly string[]

  constructor(field: string, known: readonly string[]) {
    super('unknown field')
    this.field = field
    this.known = known
  }
}

/** Filter, then sort, then cut: `q`, `sort`, `from` and `limit` of the API. Equal rows keep their order. @throws UnknownSort, UnknownField */
export function selectRows<Row>(rows: readonly Row[], query: PanelQuery, { toFields, sorts }: Rows<Row>): Row[] {
  const { filter, sort } = query
  const [first] = rows
  if (filter !== null && first !== undefined) {
    const known = Object.keys(toFields(first).fields)
    for (const { key } of filter.terms) if (key !== null && !known.includes(key)) throw new UnknownField(key, known)
  }
  let selected = filter === null ? [...rows] : rows.filter((row) => matches(filter, toFields(row)))
  if (sort !== null) {
    const turned = sort.startsWith('-')
    const name = turned ? sort.slice(1) : sort
    const by = Object.hasOwn(sorts, name) ? sorts[name] : undefined
    if (by === undefined) throw new UnknownSort(Object.keys(sorts))
    const order = turned ? -1 : 1
    selected = selected
      .map((row) => ({ row, key: by(row) }))
      .sort((a, b) => (a.key < b.key ? -order : a.key > b.key ? order : 0))
      .map(({ row }) => row)
  }
  return selected.slice(query.from, query.limit === null ? undefined : query.from + query.limit)
}
