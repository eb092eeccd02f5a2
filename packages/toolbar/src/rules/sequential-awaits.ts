import type { Statement, VariableDeclaration } from '@babel/types'
import type { FindingChange } from '../contract/types.ts'
import type { RecordView } from '../core/emit.ts'
import { busyMs, capturedSite, endOf, explainedBy, keyOf, type Query, queriesOf, readQuery, sourceAt } from './queries.ts'
import { defineRule, type FindingDraft } from './rule.ts'
import { changeOf } from './source/edits.ts'
import { nodesIn, endOf as sourceEnd, startOf, textOf } from './source/parse.ts'
import { isPromiseAll, type Place, placeOf, statementOf } from './source/place.ts'
import { declaredNames, freeNames } from './source/references.ts'
import { indentOf, usesSemicolons } from './source/style.ts'
import { ms, number, plural } from './words.ts'

/** Questions that do not depend on each other, asked one after the other. */
export const sequentialAwaitsRule = defineRule({
  id: 'sequential-awaits',
  thresholds: { queries: 3, savedMs: 50 },
  passes: ({ thresholds }) => `No ${thresholds.queries} independent queries awaited one after the other`,
  check(view, { thresholds, earlier }) {
    const { queries, savedMs } = thresholds as { queries: number; savedMs: number }
    const explained = explainedBy(earlier, ['n-plus-one', 'duplicate-query'])
    const findings = new Map<string, FindingDraft>()
    for (const run of runsOf(view, explained)) {
      if (run.length < 2 || (run.length < queries && savingOf(run) < savedMs)) continue
      const draft = toFinding(view, run)
      if (!findings.has(draft.key)) findings.set(draft.key, draft)
    }
    return [...findings.values()]
  },
})

/** A query and the declaration that awaits it. */
interface Step {
  readonly query: Query
  readonly place: Place
  readonly statement: VariableDeclaration
  readonly list: readonly Statement[]
}

/** Neighbouring `const x = await ...` of one list of statements, each of one query, in the order they ran. */
function runsOf(view: RecordView, explained: ReadonlySet<number>): Step[][] {
  const runs: Step[][] = []
  let run: Step[] = []
  for (const query of queriesOf(view)) {
    const step = explained.has(query.id) ? null : stepOf(view, query)
    const last = run.at(-1)
    if (step === null || (last !== undefined && !follows(last, step, run))) {
      runs.push(run)
      run = []
    }
    if (step !== null) run.push(step)
  }
  runs.push(run)
  return runs
}

function stepOf(view: RecordView, query: Query): Step | null {
  const { site, data } = query
  if (site === null || site.inferred === true || data.transactionId !== null || data.error !== null) return null
  const { verb, writes, locking, volatile } = readQuery(query)
  if (verb !== 'select' || writes || locking || volatile) return null
  const place = placeOf(site, view.summary.startedAt)
  if (place === null || place.awaited === null || place.loop !== null || isPromiseAll(place.query)) return null
  const found = statementOf(place.source, place.awaited)
  const statement = found?.statement
  if (found === null || statement?.type !== 'VariableDeclaration' || statement.kind !== 'const' || statement.declarations.length !== 1)
    return null
  if (statement.declarations[0]?.init !== place.awaited || !isAsking(place)) return null
  return { query, place, statement, list: found.list }
}

/** It only asks: nothing is assigned on the way, and no other `await` is in it. */
function isAsking({ query }: Place): boolean {
  for (const node of nodesIn(query)) if (/^(?:Assignment|Update|Await|Yield|New|Delete)/.test(node.type)) return false
  return true
}

/** The next statement, after the answer to the one before, with nothing of what the run has declared. */
function follows(last: Step, step: Step, run: readonly Step[]): boolean {
  if (step.place.source !== last.place.source || step.list !== last.list) return false
  if (step.list.indexOf(step.statement) !== last.list.indexOf(last.statement) + 1) return false
  if (step.query.startMs < endOf(last.query)) return false
  const declared = new Set(run.flatMap(({ place, statement }) => [...declaredNames(place.source, statement)]))
  return ![...freeNames(step.place.source, step.place.query)].some((name) => declared.has(name))
}

/** SQLite answers in turn whatever is asked at once. */
function savingOf(run: readonly Step[]): number {
  if (run[0]?.query.data.dialect === 'sqlite') return 0
  const times = run.map(({ query }) => query.durationMs ?? 0)
  return times.reduce((sum, time) => sum + time, 0) - Math.max(...times)
}

function toFinding(view: RecordView, run: readonly Step[]): FindingDraft {
  const queries = run.map(({ query }) => query)
  const [first] = queries as [Query, ...Query[]]
  const site = capturedSite(view, queries)
  const together = busyMs(queries)
  const longest = Math.max(...queries.map(({ durationMs }) => durationMs ?? 0))
  const sqlite = first.data.dialect === 'sqlite'
  const names = run.map(({ place, statement }) => textOf(place.source, statement.declarations[0]?.id ?? statement).slice(0, 40))
  const { durationMs, counts } = view.summary
  const all = counts.sql ?? queries.length
  return {
    severity: 'info',
    title: `${plural(run.length, 'query', 'queries')} awaited one after the other`,
    evidence: `${names.slice(0, -1).join(', ')} and ${names.at(-1)} do not depend on each other, but each waits for the one before: ${ms(together)} together, the longest ${ms(longest)}.`,
    fix: sqlite
      ? `Start them together with Promise.all. SQLite has one connection and answers in turn all the same; the gain is on a server with a pool.`
      : `Start them together with Promise.all: they take as long as the longest, on ${number(run.length)} connections of the pool.`,
    site,
    entries: queries.map(({ id }) => id),
    key: keyOf('sequential-awaits', site, first.data.shape),
    facts: [
      ...queries.slice(0, 8).map(({ data }): [string, string] => ['Statement', data.shape.slice(0, 500)]),
      ['One after the other', ms(together)],
      ...(sqlite ? [] : ([['At the same time', `about ${ms(longest)}`]] as [string, string][])),
    ],
    source: sourceAt(site),
    change: togetherChange(run),
    effect: sqlite
      ? null
      : {
          queries: { before: all, after: all },
          durationMs: { before: durationMs, after: Math.max(0, Math.round((durationMs - (together - longest)) * 1_000) / 1_000) },
        },
  }
}

/** `const [a, b] = await Promise.all([...])`; comments between the statements would be lost. */
function togetherChange(run: readonly Step[]): FindingChange | null {
  const [first] = run as [Step, ...Step[]]
  const last = run.at(-1) as Step
  const { source } = first.place
  if (run.slice(0, -1).some(({ statement }) => (statement.trailingComments?.length ?? 0) > 0)) return null
  const indent = indentOf(source.text, startOf(first.statement))
  const end = source.text[sourceEnd(last.statement) - 1] === ';' || usesSemicolons(source.text) ? ';' : ''
  const names = run.map(({ statement }) => textOf(source, statement.declarations[0]?.id ?? statement))
  const asked = run.map(({ place }) => `${indent}  ${textOf(source, place.query).replaceAll(`\n${indent}`, `\n${indent}  `)},`)
  return changeOf(source, [
    {
      start: startOf(first.statement),
      end: sourceEnd(last.statement),
      text: `const [${names.join(', ')}] = await Promise.all([\n${asked.join('\n')}\n${indent}])${end}`,
    },
  ])
}
