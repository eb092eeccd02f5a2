/**
 * The shapes of the JSON API, shared by the Node half, the overlay and users of the package.
 * Times are milliseconds with microsecond precision from a monotonic clock unless a name says otherwise.
 */

/** What an entry is about. Sources may add types of their own; these are the built-in ones. */
export type EntryType = 'sql' | 'template' | 'signal' | 'log' | 'cache' | 'http' | 'middleware' | 'exception' | 'span' | (string & {})

export type EntryStatus = 'ok' | 'error' | 'running'

/** A place in the user's code. Lines and columns start at 1. */
export interface Site {
  /** absolute path, or a URL for code that is not on disk */
  file: string
  line: number
  column: number
  /** name of the enclosing function, or `null` at the top level of a module */
  function: string | null
  /** `true` when taken from an earlier entry with the same call instead of being captured: shown with `~` */
  inferred?: true
}

/** One thing that happened during a request. The whole toolbar is readings of a flat list of these. */
export interface Entry<Data = unknown> {
  /** sequence number within the record, from 1 */
  id: number
  type: EntryType
  name: string
  /** since the start of the request */
  startMs: number
  /** `null` while running; 0 is a point in time */
  durationMs: number | null
  /** id of the entry this happened inside of, or `null` */
  parentId: number | null
  site: Site | null
  status: EntryStatus
  data: Data
}

/**
 * A bounded, JSON-safe picture of a value of the app. Plain JSON stands for itself;
 * everything else is `{ $: kind, v: ... }` (Date, BigInt, Buffer, Map, Error, undefined, Circular, Getter, a class name ...).
 * A cut-off is `{ $: 'more', v: <how many were left out> }` as the last item or under the key `…`;
 * a cut string is `{ $: 'string', v: <beginning>, length: <full length> }`; a masked one `{ $: 'masked', v: <kind> }`.
 */
export type Preview = null | boolean | number | string | Preview[] | { [key: string]: Preview }

export interface SqlData {
  kind: 'query' | 'transaction'
  sql: string
  params: Preview[]
  dialect: string
  /** the watched label, or the name of the database */
  connection: string
  /** the pooled socket */
  connectionId: string | null
  /** rows returned or affected; `null` when it cannot be known */
  rows: number | null
  error: { message: string; code: string | null } | null
  /** the outermost transaction, `null` outside of one */
  transactionId: string | null
  savepoint: string | null
  /** waiting for a pooled connection, not part of the duration */
  waitMs: number
  /** id shared by queries with equal connection, SQL and parameters; `null` when alone */
  duplicateGroup: number | null
  /** id shared by queries with equal connection and shape; `null` when alone */
  similarGroup: number | null
  /** the SQL with literals and IN lists normalised */
  shape: string
}

export interface TemplateData {
  engine: string
  /** absolute path, or `null` when the engine did not say */
  file: string | null
  /** what this render was given beyond what its parent already had */
  locals: Preview
  /** name of the including render, or `null` */
  parent: string | null
}

export interface SignalListener {
  name: string
  site: Site | null
  /** until it returned, or its promise settled; `null` while pending */
  durationMs: number | null
  /** time before it returned */
  syncMs: number
  async: boolean
  once: boolean
  error: string | null
  /** `false` when a listener before it threw: it was never called */
  reached: boolean
}

export interface SignalData {
  event: string
  emitter: string
  args: Preview[]
  listeners: SignalListener[]
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | (string & {})

export interface LogData {
  level: LogLevel
  message: string
  fields: Preview
  logger: string
}

export interface MiddlewareData {
  /** `router` for a mounted router or app, `handler` for what belongs to a route, `error` for error handlers */
  kind: 'middleware' | 'handler' | 'router' | 'error'
  /** mount path or route pattern */
  path: string
  method: string | null
}

export interface ExceptionCause {
  name: string
  message: string
  code: string | null
  stack: StackFrame[]
}

export interface StackFrame {
  function: string | null
  file: string | null
  line: number | null
  column: number | null
  /** `app`: the user's code, `package`: node_modules, `node`: internals */
  kind: 'app' | 'package' | 'node'
}

export interface ExceptionData {
  message: string
  code: string | null
  /** HTTP status the error carries, if any */
  status: number | null
  stack: StackFrame[]
  /** lines of source around the site, where they can be read */
  source: { file: string; firstLine: number; line: number; lines: string[] } | null
  /** `cause`, outermost first; members of an AggregateError follow */
  causes: ExceptionCause[]
  /** own properties beyond name, message, stack and cause */
  properties: Preview
  /** name of the middleware that raised it */
  raisedBy: string | null
  /** name of the error handler that answered, `null` if it reached the framework's own */
  handledBy: string | null
}

export interface SpanData {
  kind: 'measure'
}

export type RequestState = 'running' | 'done' | 'aborted' | 'failed'

/** Where the time of a request went, in ms; every instant belongs to the deepest entry then open, the rest is `app`. */
export interface Spine {
  sql: number
  http: number
  template: number
  cache: number
  signal: number
  app: number
}

export interface RequestSummary {
  id: string
  /** sequence number in this process; cursors are made of it */
  seq: number
  kind: 'http'
  method: string
  url: string
  path: string
  /** route pattern with mount paths, or `null` when none matched */
  route: string | null
  /** `null` if headers were never sent */
  status: number | null
  type: 'document' | 'fetch' | 'other'
  state: RequestState
  /** entries that began after the response had ended */
  late: number
  redirectedTo: string | null
  redirectedFrom: string | null
  /** epoch ms */
  startedAt: number
  /** so far, while running */
  durationMs: number
  /** body bytes sent */
  bytes: number
  /** exact, also for entries that were not kept */
  counts: Record<string, number>
  /** union of the intervals of each type, plus `cpu` */
  times: Record<string, number>
  spine: Spine
  /** warnings and errors among the log lines */
  logs: { warn: number; error: number }
  duplicates: number
  similar: number
  /** members of the largest similar group, 0 without one */
  largestGroup: number
  findings: { error: number; warning: number; info: number }
  /** page whose script made this fetch, as far as the Referer header says: a path */
  referrer: string | null
}

export type Severity = 'error' | 'warning' | 'info'

export interface Finding {
  rule: string
  severity: Severity
  title: string
  evidence: string
  fix: string
  site: Site | null
  /** ids of the entries it is about */
  entries: number[]
}

export type Tone = 'none' | 'ok' | 'warn' | 'error'

export interface PanelSummary {
  id: string
  title: string
  /** the figure in the navigation, e.g. `53 · 21.4 ms` */
  summary: string
  tone: Tone
  count: number | null
}

export interface RequestDetail {
  request: RequestSummary
  panels: PanelSummary[]
  findings: Finding[]
}

export interface HistoryCounts {
  received: number
  running: number
  stored: number
  evicted: number
  cleared: number
  dropped: number
  ignored: number
}

export interface RequestList {
  requests: RequestSummary[]
  /** pass as `before` for older ones; `null` at the end */
  next: string | null
  counts: HistoryCounts
}

export interface EntryList {
  entries: Entry[]
  /** pass as `after` for later ones; `null` at the end */
  next: string | null
  /** per type, how many entries were counted but not kept */
  truncated: Record<string, number>
}

/** Events of `GET <path>/api/stream`, one JSON object per `data:` line. */
export interface StreamEvents {
  hello: { seq: number; counts: HistoryCounts; version: string }
  request: RequestSummary
  cleared: { seq: number }
}

export interface ApiError {
  error: { code: string; message: string }
}

/** What the overlay needs to know about the server, at `GET <path>/api/config`. */
export interface OverlayConfig {
  version: string
  path: string
  theme: 'auto' | 'light' | 'dark'
  position: 'bottom' | 'right'
  /** URL template with {file} {line} {column} */
  editorUrl: string
  /** prefix pairs, server path to path on the developer's machine, longest first */
  pathMap: [string, string][]
  /** directory that file names are shown relative to */
  root: string
  slowQueryMs: number
  maxRequests: number
  /** every panel, in order, so that navigation can be drawn before a record is there */
  panels: { id: string; title: string }[]
  /** what is watched, by source: `{ knex: ['main'], pino: ['app'] }` */
  watched: Record<string, string[]>
}
