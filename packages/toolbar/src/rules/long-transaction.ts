import { transactionVerb } from '../contract/transactions.ts'
import type { Entry, Site } from '../contract/types.ts'
import type { RecordView } from '../core/emit.ts'
import { busyMs, capturedSite, endOf, groupBy, keyOf, placeName, type Query, sourceAt, statementsOf } from './queries.ts'
import { defineRule, type FindingDraft } from './rule.ts'
import { nodesIn, sourceOf, startOf, textOf } from './source/parse.ts'
import { isFunction, placeOf, scopeOf } from './source/place.ts'
import { ms, number, plural, share } from './words.ts'

/** A transaction that is open while something else is done. */
export const longTransactionRule = defineRule({
  id: 'long-transaction',
  thresholds: { openMs: 100, idleShare: 0.5 },
  passes: ({ thresholds }) => `No transaction open for ${ms(thresholds.openMs as number)} or more while little of it was SQL`,
  check(view, { thresholds }) {
    const { openMs, idleShare } = thresholds as { openMs: number; idleShare: number }
    const long: Long[] = []
    for (const statements of groupBy(statementsOf(view), ({ data }) => data.transactionId)) {
      const span = spanOf(view, statements)
      const sqlMs = busyMs(statements)
      if (span.durationMs >= openMs && span.durationMs - sqlMs >= span.durationMs * idleShare) long.push({ statements, span, sqlMs })
    }
    return groupBy(long, ({ statements }) => beginningOf(statements)).map((same) => toFinding(view, same))
  },
})

/** A transaction of which little was SQL. */
interface Long {
  readonly statements: readonly Query[]
  readonly span: Span
  readonly sqlMs: number
}

/** Transactions of one line, or that begin with the same query, are one finding. */
function beginningOf(statements: readonly Query[]): string {
  const first = statements.find(({ data }) => data.kind === 'query') ?? statements[0]
  const { site } = first as Query
  return site === null ? (first as Query).data.shape : `${site.line}:${site.column} ${site.file}`
}

interface Span {
  readonly startMs: number
  readonly durationMs: number
}

/** From BEGIN to the end of what closed it; to the end of the request where nothing did. */
function spanOf(view: RecordView, statements: readonly Query[]): Span {
  const startMs = Math.min(...statements.map((statement) => statement.startMs))
  const isClosed = statements.some(({ data }) => ['commit', 'rollback'].includes(transactionVerb(data.sql) ?? ''))
  // what closed it may be among the entries that were not kept
  const isOpen = !isClosed && Object.keys(view.truncated).length === 0
  const ends = statements.map(endOf)
  return { startMs, durationMs: Math.max(...ends, isOpen ? view.summary.durationMs : 0) - startMs }
}

/** Between two statements, longest first. */
interface Gap extends Span {
  readonly before: Query
  readonly after: Query | null
}

function longestGap(statements: readonly Query[], span: Span): Gap | null {
  const ordered = [...statements].sort((a, b) => a.startMs - b.startMs)
  let longest: Gap | null = null
  for (const [index, before] of ordered.entries()) {
    const after = ordered[index + 1] ?? null
    const startMs = endOf(before)
    const durationMs = (after === null ? span.startMs + span.durationMs : after.startMs) - startMs
    if (longest === null || durationMs > longest.durationMs) longest = { startMs, durationMs, before, after }
  }
  return longest
}

function toFinding(view: RecordView, same: readonly Long[]): FindingDraft {
  const { statements, span, sqlMs } = same.reduce((a, b) => (b.span.durationMs > a.span.durationMs ? b : a))
  const site = capturedSite(view, statements)
  const gap = longestGap(statements, span)
  const inside = gap === null ? [] : ranInside(view, statements, gap)
  const awaited = gap === null ? null : awaitedBetween(view, gap)
  const first = statements.find(({ data }) => data.kind === 'query') ?? (statements[0] as Query)
  const idle = span.durationMs - sqlMs
  const what =
    awaited === null ? (inside[0] === undefined ? 'what is not SQL' : said(inside[0])) : `\`${awaited.text}\` (${placeName(awaited.site)})`
  return {
    severity: 'warning',
    title: `${same.length === 1 ? 'Transaction' : `${number(same.length)} transactions, one`} open for ${ms(span.durationMs)}, ${ms(sqlMs)} of it SQL`,
    evidence: `The transaction was open for ${ms(span.durationMs)}, its ${plural(statements.length, 'statement')} took ${ms(sqlMs)}. In its longest gap of ${ms(gap?.durationMs ?? idle)} ${inside.length > 0 ? `ran ${inside.slice(0, 3).map(said).join(', ')}` : awaited !== null ? `it waited for ${what}` : 'nothing that is recorded ran'}, with its locks and its connection held.`,
    fix: `Move ${what} before or after the transaction, so that it is as short as its statements.`,
    site,
    entries: same.flatMap((one) => one.statements.map(({ id }) => id)),
    key: keyOf('long-transaction', site, first.data.shape),
    facts: [
      ['Statement', first.data.shape.slice(0, 2_000)],
      ['Open', ms(span.durationMs)],
      ['SQL', `${ms(sqlMs)}, ${share(sqlMs, span.durationMs)} of it`],
      ['Longest gap', ms(gap?.durationMs ?? idle)],
      ...(awaited === null ? [] : ([['Awaited in it', awaited.text]] as [string, string][])),
      ...inside.slice(0, 5).map((entry): [string, string] => ['Ran in it', `${said(entry)}, ${ms(entry.durationMs ?? 0)}`]),
    ],
    source: sourceAt(site),
  }
}

/** Other work of the request in the gap, longest first; what the transaction itself ran inside of is not. */
function ranInside(view: RecordView, statements: readonly Query[], gap: Gap): Entry[] {
  const own = new Set(statements.map(({ id }) => id))
  return view.entries
    .filter((entry) => {
      if (own.has(entry.id) || entry.type === 'middleware' || entry.durationMs === null) return false
      return entry.startMs >= gap.startMs && endOf(entry) <= gap.startMs + gap.durationMs
    })
    .sort((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0))
    .slice(0, 20)
}

function said({ type, name }: Entry): string {
  const words: Record<string, string> = {
    sql: 'a query outside of it',
    template: 'the template',
    signal: 'the signal',
    log: 'the log line',
    span: 'the span',
    http: 'the request to',
    cache: 'the cache',
  }
  return `${words[type] ?? type} ${name.slice(0, 80)}`
}

/** What the code awaits between the statements around the gap, in the function both are in. */
function awaitedBetween(view: RecordView, { before, after }: Gap): { text: string; site: Site } | null {
  const from = before.site
  const to = after?.site ?? null
  if (from === null) return null
  const place = placeOf(from, view.summary.startedAt)
  const source = sourceOf(from.file, view.summary.startedAt)
  if (place === null || source === null) return null
  const scope = scopeOf(source, place.query)
  const start = startOf(place.query)
  const untilLine = to !== null && to.file === from.file && to.line > from.line ? to.line : Number.POSITIVE_INFINITY
  for (const node of nodesIn(scope, (node) => !isFunction(node))) {
    if (node.type !== 'AwaitExpression' || node === place.awaited || startOf(node) <= start) continue
    const line = node.loc?.start.line ?? 0
    if (line >= untilLine) return null
    const text = textOf(source, node.argument).replace(/\s+/g, ' ').slice(0, 80)
    return { text, site: { ...from, line, column: (node.loc?.start.column ?? 0) + 1 } }
  }
  return null
}
