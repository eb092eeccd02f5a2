import { type Filter, matches } from '../../contract/filter.ts'
import type { Preview } from '../../contract/types.ts'
import { previewText } from '../../ui/preview.ts'
import type { SQL_FIELDS, SqlGap, SqlPanelData } from './data.ts'

/** One line of the list: a query, a group of similar ones that folds, or time between queries. */
export interface SqlRow {
  key: string
  /** index into the columns; of the first member for a group */
  index: number
  /** indexes of the members, in start order; `null` for a single query */
  members: readonly number[] | null
  level: 1 | 2
  /** time in which no query ran; then `index` is -1 */
  gap: SqlGap | null
}

export type SqlSort = 'index' | 'rows' | 'time'

export const queryKey = (index: number): string => `q${index}`
export const groupKey = (group: number): string => `g${group}`

/** Above this many queries groups start folded: the list of groups comes first. */
const OPEN_UP_TO = 200

export const isFolded = (data: SqlPanelData, toggled: ReadonlySet<string>, key: string): boolean =>
  data.columns.text.length > OPEN_UP_TO !== toggled.has(key)

/** Whether a query passes the panel's filter. */
function passes(data: SqlPanelData, index: number, filter: Filter): boolean {
  const { columns, texts, sites, connections } = data
  const site = sites[columns.site[index] ?? -1]
  const sql = texts[columns.text[index] ?? 0] ?? ''
  const is = [
    columns.similar[index] === -1 ? '' : 'similar',
    columns.duplicate[index] === -1 ? '' : 'identical',
    columns.errors[index] ? 'failed' : '',
    columns.transaction[index] === -1 ? '' : 'transaction',
    columns.after[index] === undefined ? '' : 'late',
  ].filter(Boolean)
  if ((columns.durationMs[index] ?? 0) >= data.slowQueryMs) is.push('slow')
  return matches<(typeof SQL_FIELDS)[number]>(filter, {
    text: [
      sql,
      site?.file,
      ...(columns.params[index] ?? []).map((param) => (typeof param === 'string' || typeof param === 'number' ? String(param) : '')),
    ],
    fields: {
      time: columns.durationMs[index],
      rows: columns.rows[index],
      bytes: columns.bytes[index],
      wait: columns.waitMs[index] ?? 0,
      table: sql,
      file: site?.file,
      connection: connections[columns.connection[index] ?? 0]?.label,
      kind: columns.kind[index] === 't' ? 'transaction' : 'query',
      is,
    },
  })
}

/** The queries of the list in their order, before they are put into groups. */
function toIndexes(data: SqlPanelData, filter: Filter, sort: SqlSort, direction: 1 | -1): number[] {
  const { columns } = data
  let indexes = Array.from(columns.text.keys())
  if (filter.terms.length > 0) indexes = indexes.filter((index) => passes(data, index, filter))
  if (sort === 'index') return direction === 1 ? indexes : indexes.reverse()
  const column = sort === 'time' ? columns.durationMs : columns.rows
  return indexes.sort((a, b) => ((column[a] ?? -1) - (column[b] ?? -1)) * direction || a - b)
}

/** The lines to draw. Groups stand where their first member ran; sorting by a figure compares single queries, so it needs no groups. */
export function toRows(
  data: SqlPanelData,
  options: { filter: Filter; sort: SqlSort; direction: 1 | -1; grouped: boolean; gaps: boolean; toggled: ReadonlySet<string> },
): SqlRow[] {
  const { filter, sort, direction, grouped, gaps, toggled } = options
  const indexes = toIndexes(data, filter, sort, direction)
  const single = (index: number, level: 1 | 2 = 1): SqlRow => ({ key: queryKey(index), index, members: null, level, gap: null })
  if (!grouped || sort !== 'index') {
    const singles = indexes.map((index) => single(index))
    // time between queries is only between those that follow each other
    return gaps && sort === 'index' && filter.terms.length === 0 ? withGaps(data, singles, direction) : singles
  }
  const members = new Map<number, number[]>()
  for (const index of indexes) {
    const group = data.columns.similar[index] ?? -1
    if (group < 0) continue
    const list = members.get(group)
    if (list) list.push(index)
    else members.set(group, [index])
  }
  const rows: SqlRow[] = []
  for (const index of indexes) {
    const group = data.columns.similar[index] ?? -1
    const list = members.get(group)
    if (!list || list.length < 2) {
      rows.push(single(index))
      continue
    }
    if (list[0] !== index) continue
    const key = groupKey(group)
    rows.push({ key, index, members: list, level: 1, gap: null })
    if (!isFolded(data, toggled, key)) for (const member of list) rows.push(single(member, 2))
  }
  return rows
}

function withGaps(data: SqlPanelData, rows: readonly SqlRow[], direction: 1 | -1): SqlRow[] {
  const gaps = data.gaps.map((gap, number): SqlRow => ({ key: `gap${number}`, index: -1, members: null, level: 1, gap }))
  const all = [...rows, ...gaps]
  const start = ({ index, gap }: SqlRow): number => gap?.startMs ?? data.columns.startMs[index] ?? 0
  return gaps.length === 0 ? all : all.sort((a, b) => (start(a) - start(b)) * direction)
}

/** Of each member of a group what the others have otherwise: its values, or the end of its text. */
export function toDifferences(data: SqlPanelData, members: readonly number[]): (index: number) => string {
  const { columns, texts } = data
  const first = members[0] ?? 0
  if (members.every((member) => columns.text[member] === columns.text[first])) {
    const params = columns.params[first] ?? []
    const key = (value: Preview | undefined) => JSON.stringify(value)
    const places = params.map((_, at) => at).filter((at) => members.some((member) => key(columns.params[member]?.[at]) !== key(params[at])))
    return (index) => places.map((at) => previewText(columns.params[index]?.[at] ?? null, "'")).join(', ')
  }
  const text = (index: number) => texts[columns.text[index] ?? 0] ?? ''
  let same = Math.min(...members.map((member) => text(member).length))
  for (const member of members) for (let at = 0; at < same; at++) if (text(member)[at] !== text(first)[at]) same = at
  const from = text(first).lastIndexOf(' ', same) + 1
  return (index) => `…${text(index).slice(from)}`
}

const hues = ['var(--c-event)', 'var(--c-http)', 'var(--c-cache)', 'var(--c-tpl)']

/** A hue for each group of similar queries, in the order they first ran. */
export function toGroupHues(data: SqlPanelData): Map<number, string> {
  const found = new Map<number, string>()
  for (const group of data.columns.similar) if (group >= 0 && !found.has(group)) found.set(group, hues[found.size % hues.length] as string)
  return found
}
