import type { PanelSummary } from '../contract/types.ts'
import type { RecordView } from '../core/emit.ts'
import { countFailure } from '../core/guard.ts'
import type { Panel, PanelContext, PanelRows } from '../panels/panel.ts'
import { optionalWhole, readFilter, whole } from './read-query.ts'
import { ApiProblem, quote } from './reply.ts'

/** The query parameters of a panel's address, for the description: which panels take them, and what they take. */
export function describePanelQuery(panels: readonly Panel[]): Readonly<Record<string, string>> {
  const takers = (names: (rows: PanelRows) => readonly string[]): string =>
    panels.flatMap(({ id, rows }) => (rows === undefined ? [] : [`${id} (${names(rows).join(', ')})`])).join(', ')
  return {
    from: 'rows of a list to skip; default 0',
    limit: 'rows of a list at most; default all',
    sort: `a column, \`-\` before it for descending. Taken by ${takers(({ sorts }) => Object.keys(sorts))}`,
    q: `filter language. Taken by ${takers(({ fields }) => fields)}`,
  }
}

/** What a panel shows, filtered, sorted and cut. @throws ApiProblem for what it does not take, whatever rows there are */
export function panelData(
  panel: Panel,
  panels: readonly Panel[],
  view: RecordView,
  query: URLSearchParams,
  context: PanelContext,
): unknown {
  const { rows } = panel
  const [q, sort] = [query.get('q'), query.get('sort')]
  if (rows === undefined && q !== null && q.trim() !== '') throw noList(panel, panels, 'q')
  if (rows === undefined && sort !== null) throw noList(panel, panels, 'sort')
  const asked = {
    from: whole(query, 'from', 0, 0, 1e9),
    limit: optionalWhole(query, 'limit', 1, 1e9),
    filter: rows === undefined ? null : readFilter(q, rows.fields),
    sort: rows === undefined || sort === null ? null : knownSort(sort, Object.keys(rows.sorts)),
  }
  try {
    return panel.data(view, asked, context)
  } catch (error) {
    countFailure(`panel.${panel.id}`, error)
    throw new ApiProblem(500, 'PANEL_FAILED', `the panel ${quote(panel.id)} failed; the app is not affected. GET api/health says why.`)
  }
}

function noList(panel: Panel, panels: readonly Panel[], name: 'q' | 'sort'): ApiProblem {
  const lists = panels.filter(({ rows }) => rows !== undefined).map(({ id }) => id)
  return new ApiProblem(
    400,
    'BAD_PARAM',
    `the panel ${quote(panel.id)} takes no '${name}': it is not a list of rows. Panels that take 'q' and 'sort' are: ${lists.join(', ')}; requests are filtered at GET api/requests.`,
  )
}

function knownSort(sort: string, known: readonly string[]): string {
  if (known.includes(sort.startsWith('-') ? sort.slice(1) : sort)) return sort
  throw new ApiProblem(
    400,
    'BAD_PARAM',
    `no sort ${quote(sort)} in this panel. It sorts by ${known.join(', ')}, each with a '-' before it for descending.`,
  )
}

/** A panel that fails says so, and the others go on. */
export function panelSummary(panel: Panel, view: RecordView, context: PanelContext): PanelSummary {
  const { id, title } = panel
  try {
    return { id, title, ...panel.summary(view, context) }
  } catch (error) {
    countFailure(`panel.${id}`, error)
    return { id, title, summary: 'failed', tone: 'error', count: null }
  }
}
