import { formatPlural } from '../../ui/format.ts'
import type { Line } from './view-rows.ts'

/** What kinds of entries are called in a row. */
export const kindNames: Record<string, string> = {
  middleware: 'Middleware',
  sql: 'SQL',
  template: 'Template',
  signal: 'Signal',
  http: 'HTTP',
  cache: 'Cache',
  span: 'Span',
  log: 'Log',
  exception: 'Exception',
}

/** What a line is called: an entry's name, or the first of those that are folded in it. */
export function nameOf({ kind, rows }: Line): string {
  if (kind === 'logs') return formatPlural(rows.length, 'log line')
  if (kind !== 'small') return rows[0]?.name ?? ''
  const names = rows.slice(0, 3).map(({ name }) => name)
  return rows.length > 3 ? `${names.join(', ')} and ${rows.length - 3} more` : names.join(', ')
}
