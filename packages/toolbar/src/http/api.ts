import type { Console } from '../console/console.ts'
import { type Filter, matches, REQUEST_FILTER_KEYS } from '../contract/filter.ts'
import { toRequestFields } from '../contract/request-fields.ts'
import type { OverlayConfig, RequestList, RequestSummary } from '../contract/types.ts'
import { forgetViews, type RecordView, sqlTexts, toSummary, toView, type ViewOptions } from '../core/emit.ts'
import { toEntryDetail } from '../core/emit-detail.ts'
import { allHooks } from '../core/guard.ts'
import { outsideId } from '../core/outside-id.ts'
import { patchCount } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import type { Recorder } from '../core/recorder.ts'
import type { Panel, PanelContext } from '../panels/panel.ts'
import type { Gate } from './gate.ts'
import { toOpenApi } from './openapi.ts'
import { createPairRoute } from './pair-route.ts'
import { describePanelQuery, panelData, panelSummary } from './panel-data.ts'
import { hasBody, readFields } from './read-json.ts'
import { optionalWhole, readFilter, whole } from './read-query.ts'
import { ApiProblem, quote, sendJson } from './reply.ts'
import type { Call, Route } from './routes.ts'
import { actionsOf, createSqlRoutes } from './sql-api.ts'
import type { StreamHub } from './stream.ts'

export interface ApiOptions {
  gate: Gate
  viewing: ViewOptions
  recorder: Recorder
  console: Console
  panels: readonly Panel[]
  panelContext: PanelContext
  config: () => OverlayConfig
  stream: StreamHub
  /** what is watched, and how */
  sources: () => { id: string; mechanism: string; watched: string[] }[]
  version: string
  path: string
}

const maxList = 1_000

/** The JSON history API of contract section 3. */
export function createApiRoutes(options: ApiOptions): Route[] {
  const { recorder, panels, viewing } = options
  const { store } = recorder.options
  const routes: Route[] = []

  const find = (id: string): RequestRecord => {
    const record = id === outsideId ? recorder.outside : (recorder.running.get(id) ?? store.get(id))
    if (record != null) return record
    const { stored } = recorder.counts()
    throw new ApiProblem(
      404,
      'NOT_FOUND',
      `no request ${quote(id)}: it was evicted, cleared, or never was. The store holds the newest ${stored}; GET ${options.path}/api/requests lists them.`,
    )
  }
  const detail = (record: RequestRecord) => {
    const view = toView(record, viewing)
    return {
      request: view.summary,
      panels: panels.map((panel) => panelSummary(panel, view, options.panelContext)),
      findings: view.findings,
    }
  }

  const get = (pattern: string, route: Omit<Route, 'method' | 'pattern' | 'action' | 'handle'>, answer: (call: Call) => unknown): void => {
    routes.push({ ...route, method: 'GET', pattern, action: false, handle: (call) => sendJson(call.req, call.res, 200, answer(call)) })
  }

  get(
    'api/requests',
    {
      summary: 'Requests, newest first',
      answer: 'RequestList',
      query: { limit: 'how many, 1 to 1000; default 50', before: 'cursor: the `next` of the page before', q: 'filter language' },
    },
    ({ query }) => list(recorder, viewing, query),
  )
  get('api/requests/latest', { summary: 'The newest finished document request', answer: 'RequestDetail' }, () => {
    const ended = [...recorder.running.values()].filter((record) => record.endMs !== -1)
    const newest = [...ended, ...store.list(Number.POSITIVE_INFINITY)].sort((a, b) => b.seq - a.seq)
    for (const record of newest) if (record.facts.type === 'document' && record.endMs !== -1) return detail(record)
    throw new ApiProblem(
      404,
      'NO_REQUEST_YET',
      "no page was served yet: 'latest' is the newest document that a browser opened. GET api/requests?limit=1 has the newest request of any kind.",
    )
  })
  get('api/requests/:id', { summary: 'One request: its summary, panels and findings', answer: 'RequestDetail' }, ({ params }) =>
    detail(find(params.id as string)),
  )
  get(
    'api/requests/:id/entries',
    {
      summary: 'The flat list of what happened, in start order',
      answer: 'EntryList',
      query: {
        type: 'only entries of this type',
        after: 'cursor: the `next` of the page before',
        limit: 'how many; default all that is kept',
      },
    },
    ({ params, query }) => entries(toView(find(params.id as string), viewing), query),
  )
  get('api/requests/:id/entries/:entry', { summary: 'One entry with its stack and source', answer: 'EntryDetail' }, ({ params }) => {
    const record = find(params.id as string)
    const found = toEntryDetail(toView(record, viewing), entryId(params.entry as string), viewing)
    if (found === null) throw noEntry(params.entry as string)
    return { ...found, actions: actionsOf(record, found.entry.id, options.console) }
  })
  get(
    'api/requests/:id/panels/:panel',
    {
      summary: 'The data of one panel',
      query: describePanelQuery(panels),
    },
    ({ params, query }) => {
      const panel = panels.find((candidate) => candidate.id === params.panel)
      if (panel === undefined)
        throw new ApiProblem(
          404,
          'NO_SUCH_PANEL',
          `no panel ${quote(params.panel as string)}. Panels are: ${panels.map(({ id }) => id).join(', ')}.`,
        )
      return panelData(panel, panels, toView(find(params.id as string), viewing), query, options.panelContext)
    },
  )
  get('api/config', { summary: 'What the overlay needs to know', answer: 'OverlayConfig' }, () => options.config())
  get('api/health', { summary: 'Versions, hooks with their failures, counters' }, () => health(options))
  get('api/openapi.json', { summary: 'This description' }, () => toOpenApi(routes, options.version, options.path))
  routes.push({
    method: 'GET',
    pattern: 'api/stream',
    action: false,
    summary: 'Server-sent events: hello, request (on start and on end), cleared',
    handle: ({ req, res }) => options.stream.open(req, res),
  })
  routes.push({
    method: 'DELETE',
    pattern: 'api/requests',
    action: true,
    summary: 'Clears the history',
    handle: async ({ req, res }) => {
      if (hasBody(req)) await readFields(req, [])
      const cleared = recorder.clear()
      forgetViews()
      sendJson(req, res, 200, { cleared })
    },
  })
  routes.push(createPairRoute(options.gate.pairing), ...createSqlRoutes({ recorder, viewing, console: options.console, find }))
  return routes
}

/** Ids of entries are whole numbers; anything else is an entry that does not exist. */
function entryId(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1
}

function noEntry(id: string): ApiProblem {
  return new ApiProblem(404, 'NO_SUCH_ENTRY', `no entry ${quote(id)} in this request: GET .../entries lists those that are kept.`)
}

function list(recorder: Recorder, viewing: ViewOptions, query: URLSearchParams): RequestList {
  const limit = whole(query, 'limit', 50, 1, maxList)
  const before = optionalWhole(query, 'before', 1, Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY
  const filter = readFilter(query.get('q'), REQUEST_FILTER_KEYS)
  const { store } = recorder.options
  const records = [...recorder.running.values(), ...store.list(before)]
    .filter((record) => record.seq < before)
    .sort((a, b) => b.seq - a.seq)
  const requests: RequestSummary[] = []
  let next: string | null = null
  for (const record of records) {
    const summary = toSummary(record, viewing)
    if (
      filter !== null &&
      !matches(
        filter,
        filterable(
          summary,
          filter,
          () => sqlTexts(record, viewing.redactor),
          () => toView(record, viewing).findings.map(({ rule }) => rule),
        ),
      )
    )
      continue
    if (requests.length === limit) {
      next = String((requests.at(-1) as RequestSummary).seq)
      break
    }
    requests.push(summary)
  }
  return { requests, next, counts: recorder.counts() }
}

/** SQL and findings are only looked at when they are asked for. */
function filterable(summary: RequestSummary, filter: Filter, texts: () => string[], findings: () => string[]) {
  return toRequestFields(summary, {
    text: filter.terms.some((term) => term.key === null) ? texts() : [],
    findings: filter.terms.some((term) => term.key === 'finding') ? findings() : [],
  })
}

function entries(view: RecordView, query: URLSearchParams) {
  const type = query.get('type')
  const after = optionalWhole(query, 'after', 0, Number.MAX_SAFE_INTEGER) ?? 0
  const limit = optionalWhole(query, 'limit', 1, 1e9)
  const fitting = view.entries.filter((entry) => entry.id > after && (type === null || entry.type === type))
  const shown = limit === null ? fitting : fitting.slice(0, limit)
  const last = shown.at(-1)
  return { entries: shown, next: shown.length < fitting.length && last !== undefined ? String(last.id) : null, truncated: view.truncated }
}

function health(options: ApiOptions) {
  const { recorder } = options
  return {
    version: options.version,
    node: process.version,
    counts: recorder.counts(),
    store: { bytes: recorder.storeCounts().bytes },
    sources: options.sources(),
    entries: recorder.totals(),
    dropped: toDropped(recorder),
    patches: patchCount(),
    hooks: allHooks().map(({ name, part, failures, lastError }) => ({
      name,
      failures,
      lastError: lastError === null ? null : options.viewing.redactor.text(lastError),
      off: part.off,
    })),
  }
}

function toDropped(recorder: Recorder) {
  const { inFlight, failed } = recorder.drops()
  return {
    requests: inFlight + failed,
    reasons: [
      { reason: 'inFlight', requests: inFlight, message: `more than ${recorder.options.limits.inFlight} requests at the same time` },
      { reason: 'failed', requests: failed, message: 'the toolbar failed to finish the record; hooks below say why' },
    ].filter(({ requests }) => requests > 0),
  }
}
