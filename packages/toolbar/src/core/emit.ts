import type { Entry, ExceptionData, Finding, PassedCheck, Preview, RequestSummary, Site, SqlData } from '../contract/types.ts'
import { groupQueries, type QueryGroups, type RawSql } from './entries/sql.ts'
import { allKinds, type RawEntry } from './entry.ts'
import { type FactsView, toFactsView } from './facts-view.ts'
import { findPlaces } from './function-places.ts'
import { redactorOf } from './known-secrets.ts'
import type { Limits } from './limits.ts'
import { maskData, maskFinding } from './mask-source.ts'
import { createSqlMask } from './mask-sql.ts'
import { outsideId } from './outside-id.ts'
import type { RequestRecord } from './record.ts'
import type { Redactor } from './redact.ts'
import { siteOfStack } from './sites.ts'
import { type Spined, spineOf } from './spine.ts'
import { findSqlSecrets } from './sql/secrets.ts'
import type { Stack } from './stacks.ts'

/**
 * The one door out of the process. Whatever the API, the stream, a store or an export shows of a record was made here:
 * materialised, redacted, JSON-safe. Nothing else may give a record to JSON.stringify (a test and a lint rule hold that).
 */

/** A record as readers see it: panels, rules and the API work on this and never on the record itself. */
export interface RecordView {
  readonly summary: RequestSummary
  readonly facts: FactsView
  readonly entries: readonly Entry[]
  /** per type, counted but not kept */
  readonly truncated: Record<string, number>
  /** lines per level, exact */
  readonly logLevels: Readonly<Record<string, number>>
  /** empty while it runs */
  readonly findings: readonly Finding[]
  /** rules that found nothing */
  readonly passed: readonly PassedCheck[]
  /** whole stack of an entry, for those that have one */
  stackOf(entryId: number): string | null
}

/** What the rules say about a record. */
export interface Verdict {
  readonly findings: readonly Finding[]
  readonly passed: readonly PassedCheck[]
}

export type Judge = (view: RecordView) => Verdict

/** How records are read: what is masked, and who judges them. */
export interface ViewOptions {
  readonly redactor: Redactor
  readonly judge: Judge
}

const unjudged: Verdict = { findings: [], passed: [] }
/** What the rules said of a sealed record, and its summary with that, made when a list first shows it. */
const verdicts = new WeakMap<RequestRecord, { version: number; findings: RequestSummary['findings']; summary: RequestSummary | null }>()

interface Derived {
  version: number
  late: number
  groups: QueryGroups
  spine: RequestSummary['spine']
}

const derived = new WeakMap<RequestRecord, Derived>()
const views = new Map<RequestRecord, { version: number; late: number; view: RecordView }>()
/** Panels of one record are opened one after the other. */
const maxViews = 3

/** The summary of a record, running or finished. The rules are asked once it is sealed. */
export function toSummary(record: RequestRecord, viewing: ViewOptions): RequestSummary {
  if (!record.sealed) return toFigures(record, viewing.redactor)
  const known = verdicts.get(record)
  if (known === undefined || known.version !== record.version) return toView(record, viewing).summary
  if (known.summary === null || known.summary.late !== record.scope.late)
    known.summary = { ...toFigures(record, viewing.redactor), findings: known.findings }
  return known.summary
}

function toFigures(record: RequestRecord, general: Redactor): RequestSummary {
  const redactor = redactorOf(record, general)
  const { facts } = record
  const { groups, spine } = derive(record)
  const counts: Record<string, number> = {}
  const times: Record<string, number> = {}
  const elapsed = record.elapsed()
  for (const kind of allKinds()) {
    const tally = record.tallies[kind.index]
    if (tally === undefined) continue
    counts[kind.countAs] = (counts[kind.countAs] ?? 0) + tally.count
    times[kind.countAs] = round(tally.busyMs + (tally.open > 0 ? Math.max(0, elapsed - tally.busySince) : 0))
  }
  times.cpu = round(facts.cpuUserMs + facts.cpuSystemMs)
  const url = redactor.url(facts.url)
  return {
    id: record.id,
    seq: record.seq,
    kind: record.id === outsideId ? 'outside' : 'http',
    method: facts.method,
    url,
    path: withoutQuery(url),
    route: facts.route,
    status: facts.status,
    type: facts.type,
    state: record.state,
    late: record.scope.late,
    redirectedTo: facts.redirectedTo,
    redirectedFrom: facts.redirectedFrom,
    startedAt: record.startedAt,
    durationMs: round(elapsed),
    bytes: facts.bytes,
    counts,
    times,
    spine: roundAll(spine),
    logs: { warn: linesOf(record, warnLevel, errorLevel), error: linesOf(record, errorLevel, Number.POSITIVE_INFINITY) },
    duplicates: groups.duplicates,
    similar: groups.similar,
    largestGroup: groups.largest,
    findings: { error: 0, warning: 0, info: 0 },
    referrer: facts.referrer === null ? null : withoutQuery(redactor.url(facts.referrer)),
  }
}

/** The whole record, materialised. Kept for the few records read last, as long as they do not change. */
export function toView(record: RequestRecord, viewing: ViewOptions): RecordView {
  const kept = views.get(record)
  if (kept !== undefined && kept.version === record.version && kept.late === record.scope.late && record.sealed) return kept.view
  const view = judged(record, viewing)
  views.delete(record)
  if (record.sealed) {
    views.set(record, { version: record.version, late: record.scope.late, view })
    if (views.size > maxViews) views.delete(views.keys().next().value as RequestRecord)
  }
  return view
}

/** Forgets materialised records, e.g. after a clear, so that nothing keeps them alive. */
export function forgetViews(): void {
  views.clear()
}

function judged(record: RequestRecord, { redactor: general, judge }: ViewOptions): RecordView {
  const view = materialise(record, general)
  if (!record.sealed) return view
  const verdict = judge(view)
  const redactor = redactorOf(record, general)
  const findings = verdict.findings.map((finding) => maskFinding(finding, redactor))
  const counts = { error: 0, warning: 0, info: 0 }
  for (const { severity } of findings) counts[severity]++
  verdicts.set(record, { version: record.version, findings: counts, summary: null })
  return Object.assign(view, { summary: { ...view.summary, findings: counts }, findings, passed: verdict.passed })
}

/** SQL texts of a record, masked, for the words of the filter language. */
export function sqlTexts(record: RequestRecord, general: Redactor): string[] {
  const redactor = redactorOf(record, general)
  const texts = new Map<string, string>()
  for (const entry of record.entries) {
    if (entry.kind.type !== 'sql') continue
    const { sql, database } = entry.data as RawSql
    texts.set(sql, database.dialect)
  }
  return [...texts].map(([sql, dialect]) => redactor.text(findSqlSecrets(sql, dialect, redactor).text))
}

function materialise(record: RequestRecord, general: Redactor): RecordView {
  const summary = toFigures(record, general)
  const redactor = redactorOf(record, general)
  const raw = record.entries
  groupQueries(raw, record.limits)
  const maskSql = createSqlMask(redactor)
  findPlaces(raw.flatMap(functionsOf))
  const entries = raw.map((entry) => toEntry(entry, redactor, record.limits, maskSql))
  const stacks = new Map(raw.map((entry) => [entry.id, tellingStack(entry)?.text ?? null]))
  const truncated: Record<string, number> = {}
  for (const kind of allKinds()) {
    const tally = record.tallies[kind.index]
    if (tally !== undefined && tally.count > tally.kept) truncated[kind.countAs] = tally.count - tally.kept
  }
  let facts: FactsView | null = null
  return {
    summary,
    // a third of the work, and only panels ask for it: a summary does not, nor does a rule
    get facts() {
      facts ??= toFactsView(record, redactor)
      return facts
    },
    entries,
    truncated,
    logLevels: Object.fromEntries((record.logLevels ?? []).map(({ label, count }) => [label, count])),
    ...unjudged,
    stackOf: (id) => stacks.get(id) ?? null,
  }
}

/** Functions whose places will be asked for: all at once is one session of the inspector. */
function functionsOf(entry: RawEntry): (object | undefined)[] {
  const data = entry.data as { target?: WeakRef<object> | null; listeners?: { target: WeakRef<object> | null }[] } | null
  if (data?.listeners !== undefined) return data.listeners.map((listener) => listener.target?.deref())
  return data?.target == null ? [] : [data.target.deref()]
}

function toEntry(entry: RawEntry, redactor: Redactor, limits: Limits, maskSql: (data: SqlData) => SqlData): Entry {
  const shown = entry.kind.toData(entry, limits)
  const data = entry.kind.type === 'sql' ? maskSql(shown as SqlData) : maskData(shown as Preview & Partial<ExceptionData>, redactor)
  return {
    id: entry.id,
    type: entry.kind.type,
    name: nameOf(entry, data, redactor),
    startMs: round(entry.startMs),
    durationMs: entry.endMs === -1 ? null : round(entry.endMs - entry.startMs),
    parentId: entry.parentId === 0 ? null : entry.parentId,
    site: siteOf(entry),
    status: entry.status,
    data,
  }
}

function siteOf(entry: RawEntry): Site | null {
  const stack = tellingStack(entry)
  if (stack === null || stack.text === null) return entry.kind.site(entry)
  const site = siteOfStack(stack.text)
  const inferred = entry.inferred || (stack !== entry.stack && entry.stack?.origin?.inferred === true)
  return site !== null && inferred ? { ...site, inferred: true } : site
}

/** The stack that tells the place: where it was started says more than where its promise is awaited, unless that is of an earlier start. */
function tellingStack({ stack }: RawEntry): Stack | null {
  const origin = stack?.origin ?? null
  if (stack === null || origin === null || !hasSite(origin.stack)) return stack
  return origin.inferred && hasSite(stack) ? stack : origin.stack
}

const hasSite = ({ text }: Stack): boolean => text !== null && siteOfStack(text) !== null

/** Redacted before it is cut: half a secret is one too. */
function nameOf(entry: RawEntry, data: unknown, redactor: Redactor): string {
  const { title } = entry.kind
  const name = title === null ? redactor.text(entry.name.slice(0, 2_000)) : title(data as never)
  return name.length > 300 ? `${name.slice(0, 300)}…` : name
}

/** Groups and spine cost a pass over all entries: once per version of a record. */
function derive(record: RequestRecord): Derived {
  const known = derived.get(record)
  if (known !== undefined && known.version === record.version && known.late === record.scope.late && record.endMs !== -1) return known
  const { entries } = record
  const fresh: Derived = {
    version: record.version,
    late: record.scope.late,
    groups: groupQueries(entries, record.limits),
    spine: spineOf(entries as readonly Spined[], record.elapsed()),
  }
  derived.set(record, fresh)
  return fresh
}

/** Level values are pino's, which others follow: 40 warn, 50 error, 60 fatal. */
const warnLevel = 40
const errorLevel = 50

function linesOf(record: RequestRecord, from: number, below: number): number {
  let lines = 0
  for (const { value, count } of record.logLevels ?? []) if (value >= from && value < below) lines += count
  return lines
}

function withoutQuery(url: string): string {
  const at = url.search(/[?#]/)
  return at === -1 ? url : url.slice(0, at)
}

/** Microseconds are the precision we promise, and what we send. */
export function round(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}

function roundAll(spine: RequestSummary['spine']): RequestSummary['spine'] {
  return {
    sql: round(spine.sql),
    http: round(spine.http),
    template: round(spine.template),
    cache: round(spine.cache),
    signal: round(spine.signal),
    app: round(spine.app),
  }
}
