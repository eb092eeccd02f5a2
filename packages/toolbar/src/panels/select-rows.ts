import { type Filterable, matches } from '../contract/filter.ts'
import type { PanelContext, PanelQuery, PanelRows } from './panel.ts'

/** How the rows of a panel are filtered and sorted on the server; the fields are those of the filter box of its view. */
export interface Rows<Row, Field extends string = string> extends PanelRows {
  readonly fields: readonly Field[]
  toFields(row: Row, context: PanelContext): Filterable<Field>
  /** by name, what rows are compared by */
  readonly sorts: Readonly<Record<string, (row: Row) => number | string>>
}

/** Filter, then sort, then cut: `q`, `sort`, `from` and `limit` of the API, which has checked the names. Equal rows keep their order. */
export function selectRows<Row, Field extends string>(
  rows: readonly Row[],
  query: PanelQuery,
  context: PanelContext,
  { toFields, sorts }: Rows<Row, Field>,
): Row[] {
  const { filter, sort } = query
  let selected = filter === null ? [...rows] : rows.filter((row) => matches(filter, toFields(row, context)))
  if (sort !== null) {
    const turned = sort.startsWith('-')
    const by = sorts[turned ? sort.slice(1) : sort] as Rows<Row>['sorts'][string]
    const order = turned ? -1 : 1
    selected = selected
      .map((row) => ({ row, key: by(row) }))
      .sort((a, b) => (a.key < b.key ? -order : a.key > b.key ? order : 0))
      .map(({ row }) => row)
  }
  return selected.slice(query.from, query.limit === null ? undefined : query.from + query.limit)
}
