/**
 * The shapes of the JSON API, shared by the Node half, the overlay and users of the package.
 * Times are milliseconds with microsecond precision from a monotonic clock unless a name says otherwise.
 */

import type { Finding, SourceExcerpt } from './findings.ts'

export type {
  ExplainAnswer,
  Finding,
  FindingChange,
  FindingEffect,
  PassedCheck,
  PlanNode,
  RunAnswer,
  Severity,
  SourceExcerpt,
} from './findings.ts'

/** What an entry is about. Sources may add types of their own; these are the built-in ones. */
export type EntryType = 'sql' | 'template' | 'signal' | 'log' | 'cache' | 'http' | 'middleware' | 'exception' | 'span' | (string & {})

/** `running`: not finished when it was read. */
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
  /** what it is called in a list, masked, at most 300 characters: the SQL, the file, the event, the message */
  name: string
  /** since the start of the request */
  startMs: number
  /** `null` while running; 0 is a point in time */
  durationMs: number | null
  /** id of the entry this happened inside of, or `null` */
  parentId: number | null
  /** what asked for it, or `null` when no line of the app's own is known */
  site: Site | null
  status: EntryStatus
  /** the payload of its type: `SqlData`, `TemplateData`, `SignalData` ... */
  data: Data
}

/**
 * A bounded, JSON-safe picture of a value of the app. Plain JSON stands for itself;
 * everything else is `{ $: kind, v: ... }` (Date, BigInt, Buffer, Map, Error, undefined, Circular, Getter, a class name ...).
 * A cut-off is `{ $: 'more', v: <how many were left out> }` as the last item or under the key `…`;
 * a cut string is `{ $: 'string', v: <beginning>, length: <full length> }`; a masked one `{ $: 'masked', v: <what stands in its place> }`.
 */
export type Preview = null | boolean | number | string | Preview[] | { [key: string]: Preview }

/** Payload of `sql` entries. */
export interface SqlData {
  /** `transaction`: BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their like, which are not counted as queries */
  kind: 'query' | 'transaction'
  /** as it was handed to the driver, secret literals masked */
  sql: string
  /** in the order of their placeholders, secrets masked */
  params: Preview[]
  /** `sqlite`, `postgresql`, `mysql` ... as knex calls it */
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
  /** the innermost savepoint it ran in, or `null` */
  savepoint: string | null
  /** ms of waiting for a pooled connection, not part of the duration */
  waitMs: number
  /** id shared by queries with equal connection, SQL and parameters; `null` when alone */
  duplicateGroup: number | null
  /** id shared by queries with equal connection and shape; `null` when alone */
  similarGroup: number | null
  /** the SQL with literals and IN lists normalised */
  shape: string
  /** bytes of the answer as far as the driver's socket tells, else about as many as the values of its rows; `null` when neither is known */
  bytes: number | null
  /** columns of each row; `null` when no row came */
  columns: number | null
  /** who had the connections when this query had to wait for one; `null` when it did not */
  pool: PoolState | null
  /** id of the request that asked for it after its response; only in the list outside of requests */
  after: string | null
}

/** A pool of connections at the moment somebody had to wait. */
export interface PoolState {
  /** connections at most, `null` where the pool does not say */
  max: number | null
  used: number
  /** waiting, with the one who looked */
  pending: number
  /** connections in use whose user is known, longest first, ten at most */
  holders: PoolHolder[]
}

/** Who has a pooled connection. */
export interface PoolHolder {
  /** id of the request, `null` outside of one */
  request: string | null
  /** how long it has it, in ms */
  heldMs: number
  /** its last statement, masked */
  sql: string
  /** in a transaction */
  transaction: boolean
  site: Site | null
}

/** Payload of `template` entries: renders and includes. */
export interface TemplateData {
  /** extension of the view, `ejs`, or `unknown` */
  engine: string
  /** absolute path, or `null` when the engine did not say */
  file: string | null
  /** what this render was given beyond what its parent already had */
  locals: Preview
  /** name of the including render, or `null` */
  parent: string | null
}

/** One listener that an event was emitted to. */
export interface SignalListener {
  /** of the function, or `(anonymous)` */
  name: string
  /** where the function is written */
  site: Site | null
  /** ms until it returned, or its promise settled; `null` while pending */
  durationMs: number | null
  /** ms until it returned */
  syncMs: number
  /** it returned a promise */
  async: boolean
  /** it was added by `once` */
  once: boolean
  /** message of what it threw, or its promise was rejected with; `null` for neither */
  error: string | null
  /** `false` when a listener before it threw: it was never called */
  reached: boolean
}

/** Payload of `signal` entries. */
export interface SignalData {
  event: string
  /** the watched label, or the name of the class */
  emitter: string
  /** the first ten arguments */
  args: Preview[]
  /** in the order they were called */
  listeners: SignalListener[]
}

/** A label of the logger; a level without one is its number as text. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | (string & {})

/** Payload of `log` entries. */
export interface LogData {
  level: LogLevel
  message: string
  /** all others of the line, but for time, pid, hostname and v */
  fields: Preview
  /** the watched label, or the logger's name */
  logger: string
}

/** Payload of `middleware` entries: spans until `next()` or the answer. */
export interface MiddlewareData {
  /** `router` for a mounted router or app, `handler` for what belongs to a route, `error` for error handlers */
  kind: 'middleware' | 'handler' | 'router' | 'error'
  /** mount path or route pattern */
  path: string
  /** of the request, for handlers; `null` for the rest */
  method: string | null
}

/** An error that another one names as its cause, or holds. */
export interface ExceptionCause {
  name: string
  message: string
  code: string | null
  stack: StackFrame[]
}

/** One frame of an error, source-mapped. Lines and columns start at 1. */
export interface StackFrame {
  function: string | null
  file: string | null
  line: number | null
  column: number | null
  /** `app`: the user's code, `package`: node_modules, `node`: internals */
  kind: 'app' | 'package' | 'node'
}

/** Payload of `exception` entries; the entry's name is the error's. */
export interface ExceptionData {
  message: string
  code: string | null
  /** HTTP status the error carries, if any */
  status: number | null
  stack: StackFrame[]
  /** lines of source around the site, where they can be read */
  source: SourceExcerpt | null
  /** `cause`, outermost first; members of an AggregateError follow */
  causes: ExceptionCause[]
  /** own properties beyond name, message, stack and cause */
  properties: Preview
  /** name of the middleware that raised it */
  raisedBy: string | null
  /** name of the error handler that answered, `null` if it reached the framework's own */
  handledBy: string | null
}

/** Payload of `span` entries. */
export interface SpanData {
  kind: 'measure'
}

/** `done`: finished, a 500 page too; `aborted`: the client left first; `failed`: the app destroyed the response. */
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

/** A request in a list. */
export interface RequestSummary {
  /** at most 32 URL-safe characters; also the header X-Debug-Toolbar-Id */
  id: string
  /** sequence number in this process; cursors are made of it */
  seq: number
  /** `outside`: no request, but the list of what ran outside of them, which has the id `outside` */
  kind: 'http' | 'outside'
  method: string
  /** path and query as the client sent them, secrets masked */
  url: string
  /** `url` without its query */
  path: string
  /** route pattern with mount paths, or `null` when none matched */
  route: string | null
  /** `null` if headers were never sent */
  status: number | null
  /** `document`: a page to show; `fetch`: asked for by a script, as far as headers say */
  type: 'document' | 'fetch' | 'other'
  state: RequestState
  /** entries that began after the response had ended */
  late: number
  /** id of the request that this redirect led to, within five seconds */
  redirectedTo: string | null
  /** id of the redirect that led here */
  redirectedFrom: string | null
  /** epoch ms */
  startedAt: number
  /** ms, so far while running */
  durationMs: number
  /** body bytes of the app, without the toolbar's script */
  bytes: number
  /** entries of each type, exact, also for those that were not kept; `transaction` beside `sql` */
  counts: Record<string, number>
  /** ms: union of the intervals of each type, plus `cpu`, which is of the whole process */
  times: Record<string, number>
  spine: Spine
  /** warnings and errors among the log lines */
  logs: { warn: number; error: number }
  /** queries that are members of a group with equal connection, SQL and parameters */
  duplicates: number
  /** queries that are members of a group with equal connection and shape; duplicates are, too */
  similar: number
  /** members of the largest similar group, 0 without one */
  largestGroup: number
  /** 0 while it runs */
  findings: { error: number; warning: number; info: number }
  /** page whose script made this fetch, as far as the Referer header says: a path */
  referrer: string | null
}

/** Answer of `GET /requests/:id/entries/:entry`: one entry with what is too much for a list. */
export interface EntryDetail {
  entry: Entry
  /** source-mapped, the innermost first; empty where none was captured */
  stack: StackFrame[]
  /** lines around the place in the user's code */
  source: SourceExcerpt | null
  /** the template whose code ran it, the innermost first line known */
  template: { file: string; line: number | null; excerpt: SourceExcerpt | null } | null
  /** what can be done with a query: `null` for yes, else why not */
  actions: { explain: string | null; analyze: string | null; run: string | null } | null
}

/** Colour of a figure. */
export type Tone = 'none' | 'ok' | 'warn' | 'error'

/** A panel in the navigation. */
export interface PanelSummary {
  id: string
  title: string
  /** the figure in the navigation, e.g. `53 · 21.4 ms` */
  summary: string
  tone: Tone
  /** the figure as a number, `null` where there is none */
  count: number | null
}

/** Answer of `GET /requests/:id` and `GET /requests/latest`. */
export interface RequestDetail {
  request: RequestSummary
  panels: PanelSummary[]
  findings: Finding[]
}

/** What became of the requests since start: `received` is the sum of the others. */
export interface HistoryCounts {
  received: number
  /** not finished, or waiting for work that is still open */
  running: number
  stored: number
  /** stored, and gone for newer ones */
  evicted: number
  /** stored, and gone by `DELETE /requests` */
  cleared: number
  /** not recorded, since `limits.inFlight` were running */
  dropped: number
  /** assets, what `ignore` names, and clients that may not see the toolbar */
  ignored: number
}

/** Answer of `GET /requests`. */
export interface RequestList {
  /** newest first */
  requests: RequestSummary[]
  /** pass as `before` for older ones; `null` at the end */
  next: string | null
  counts: HistoryCounts
}

/** Answer of `GET /requests/:id/entries`. */
export interface EntryList {
  /** in start order */
  entries: Entry[]
  /** pass as `after` for later ones; `null` at the end */
  next: string | null
  /** per type, how many entries were counted but not kept */
  truncated: Record<string, number>
}

/** Events of `GET <path>/api/stream`, one JSON object per `data:` line. */
export interface StreamEvents {
  hello: { seq: number; counts: HistoryCounts; version: string; faults: Faults }
  request: RequestSummary
  cleared: { seq: number }
  /** records whose end nobody was told of, and that are no longer kept: under load there are more than can be told */
  gone: { ids: string[] }
  faults: Faults
}

/** What failed inside of the toolbar since the app started. The app does not notice, but something may be missing from the records. */
export interface Faults {
  failures: number
  /** parts that are switched off until the app starts again: `knex`, `response` ... */
  off: string[]
}

/** One place where the toolbar's code runs inside of the app's, in `GET <path>/api/health`. */
export interface HookHealth {
  name: string
  failures: number
  lastError: string | null
  /** its part is switched off */
  off: boolean
}

/** Every answer of the API with a status from 400 up. `code` is stable, `message` says how to fix it. */
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
