import { AsyncResource } from 'node:async_hooks'
import type { EntryDetail, PlanNode } from '../contract/types.ts'
import { unrecorded } from '../core/context.ts'
import type { RawSql } from '../core/entries/sql.ts'
import { keptParams } from '../core/entries/sql-values.ts'
import { countFailure } from '../core/guard.ts'
import type { Limits } from '../core/limits.ts'
import type { SqlConsole } from '../core/sql/console.ts'
import { whyNotExplain, whyNotKnownCalls, whyNotRead } from '../core/sql/read-only.ts'
import { statementOf } from '../core/sql/statement.ts'
import { markWorst, notesOf, stepsOf } from './plan.ts'
import { bounds, ConsoleProblem, tooSlow, toProblem, within } from './problem.ts'
import { openSession, type Rows, type Session, type Statement, type TableFacts } from './session.ts'
import { whyNoFile } from './sqlite.ts'

export interface Explained {
  readonly plan: PlanNode
  readonly text: string
  readonly analyzed: boolean
  readonly durationMs: number
  readonly notes: string[]
  readonly tables: ReadonlyMap<string, TableFacts>
}

/** The first lock: why a statement is not one that can be run, or explained without being run. Tests open it to see what the second holds. */
export interface Classifier {
  whyNotRead(sql: string, dialect: string): string | null
  whyNotExplain(sql: string, dialect: string): string | null
}

export interface ConsoleOptions {
  readonly limits: Limits
  readonly classifier?: Classifier
}

type Action = 'explain' | 'analyze' | 'run'

/**
 * Explains recorded queries and runs them again: on a connection of its own, one at a time, ten per minute, within the time that
 * `bounds` gives. What is asked for is an entry; there is no way to hand over SQL.
 */
export class Console {
  private readonly limits: Limits
  private readonly classifier: Classifier
  /** the context that the toolbar was started in: nothing of a request is known there, neither ours nor the app's */
  private readonly root = new AsyncResource('debug-toolbar.console')
  private readonly asked: number[] = []
  private busy = false
  private last: Promise<unknown> = Promise.resolve()
  private open: { from: SqlConsole; session: Session } | null = null
  private idle: NodeJS.Timeout | null = null

  constructor({ limits, classifier = { whyNotRead, whyNotExplain } }: ConsoleOptions) {
    this.limits = limits
    this.classifier = classifier
  }

  /** What can be done with a query: `null` for yes, else why not. */
  actionsOf(raw: RawSql): NonNullable<EntryDetail['actions']> {
    const why = (action: Action): string | null => {
      try {
        this.check(raw, action)
        return null
      } catch (error) {
        return toProblem(error).message
      }
    }
    return { explain: why('explain'), analyze: why('analyze'), run: why('run') }
  }

  /** @throws ConsoleProblem */
  explain(raw: RawSql, analyze: boolean): Promise<Explained> {
    const { from, statement, write } = this.check(raw, analyze ? 'analyze' : 'explain')
    return this.foreground(() => this.use(from, (session) => this.plan(session, statement, analyze, write)))
  }

  /** @throws ConsoleProblem */
  run(raw: RawSql): Promise<Rows & { durationMs: number }> {
    const { from, statement } = this.check(raw, 'run')
    return this.foreground(() =>
      this.use(from, async (session) => {
        const start = performance.now()
        const rows = await session.run(statement)
        const durationMs = performance.now() - start
        // what a statement might have left in its session goes with it
        this.disconnect()
        return { ...rows, durationMs }
      }),
    )
  }

  /** For a rule: after whatever is under way, and not counted. Rejects like `explain`. */
  inBackground(raw: RawSql): Promise<Explained> {
    const { from, statement, write } = this.check(raw, 'explain')
    return this.inTurn(() => this.use(from, (session) => this.plan(session, statement, false, write)))
  }

  /** Ends the connection, and what runs on it. */
  close(): void {
    this.disconnect()
  }

  private check(raw: RawSql, action: Action): { from: SqlConsole; statement: Statement; write: boolean } {
    const { sql, database } = raw
    const { dialect } = database
    if (raw.transaction) throw new ConsoleProblem('NOT_A_QUERY', 'it opens or closes a transaction: there is nothing to explain or to run.')
    const from = database.console
    if (from === null)
      throw new ConsoleProblem(
        'NO_CONNECTION',
        'the toolbar has no connection of its own to this database: it is not watched any more, or its driver is not supported.',
      )
    const memory = 'file' in from ? whyNoFile(from.file) : null
    if (memory !== null) throw new ConsoleProblem('NO_CONNECTION', memory)
    if (raw.cut !== undefined || sql.length > this.limits.sqlLength)
      throw new ConsoleProblem(
        'TRUNCATED',
        `its text is longer than ${this.limits.sqlLength.toLocaleString('en-US')} characters and was not kept whole.`,
      )
    if (action === 'analyze' && 'file' in from) throw new ConsoleProblem('NOT_SUPPORTED', 'SQLite has no EXPLAIN ANALYZE.')
    const notRead = this.classifier.whyNotRead(sql, dialect)
    if (action !== 'explain' && notRead !== null)
      throw new ConsoleProblem('NOT_READ_ONLY', `only statements that are proved to read are run: ${notRead}.`)
    const write = notRead !== null && statementOf(sql, dialect).writes
    if (action === 'explain') {
      const notExplain = this.classifier.whyNotExplain(sql, dialect)
      // MySQL may call functions to plan, and writes are planned outside of a read-only transaction there
      const calls = write && from.driver === 'mysql2' ? whyNotKnownCalls(sql, dialect) : null
      const reason = notExplain ?? calls
      if (reason !== null) throw new ConsoleProblem('NOT_READ_ONLY', `it cannot be explained without a risk: ${reason}.`)
    }
    const params = keptParams(raw.params, this.limits)
    if (typeof params === 'number')
      throw new ConsoleProblem(
        'PARAMS_NOT_AVAILABLE',
        `value ${params + 1} was not kept as it was: only plain values, dates, and up to 1 kB of text, bytes or list items are.`,
      )
    return { from, statement: { sql, params, dialect }, write }
  }

  /** One at a time, and not for ever. */
  private async foreground<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.busy) throw new ConsoleProblem('BUSY', 'another query is being explained or run: one at a time.', 1)
    const start = Date.now()
    while (this.asked.length > 0 && (this.asked[0] as number) <= start - 60_000) this.asked.shift()
    if (this.asked.length >= bounds.perMinute) {
      const seconds = Math.ceil(((this.asked[0] as number) + 60_000 - start) / 1_000)
      throw new ConsoleProblem(
        'TOO_MANY',
        `${bounds.perMinute} queries per minute are explained or run: ask again in ${seconds} s.`,
        seconds,
      )
    }
    this.asked.push(start)
    this.busy = true
    try {
      return await this.inTurn(work)
    } finally {
      this.busy = false
    }
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.last.then(() => this.root.runInAsyncScope(() => unrecorded(work)))
    this.last = turn.catch(() => {})
    return turn
  }

  private async use<Result>(from: SqlConsole, work: (session: Session) => Promise<Result>): Promise<Result> {
    try {
      const session = await this.connect(from)
      return await within(bounds.statementMs + bounds.graceMs, work(session), tooSlow)
    } catch (error) {
      // after a failure nobody knows what state it is in
      this.disconnect()
      throw toProblem(error)
    } finally {
      this.idle = this.open === null ? null : setTimeout(() => this.disconnect(), bounds.idleMs).unref()
    }
  }

  private async connect(from: SqlConsole): Promise<Session> {
    if (this.idle !== null) clearTimeout(this.idle)
    this.idle = null
    if (this.open !== null && this.open.from === from) return this.open.session
    this.disconnect()
    let late = false
    const opening = openSession(from).then((session) => {
      if (late) session.close()
      return session
    })
    try {
      // a new process for SQLite takes longer than a socket
      const session = await within(
        'file' in from ? 3 * bounds.connectMs : bounds.connectMs,
        opening,
        () => new ConsoleProblem('DB_BUSY', 'no connection was to be had within 1 s.', 5),
      )
      this.open = { from, session }
      return session
    } catch (error) {
      late = true
      throw error
    }
  }

  private disconnect(): void {
    if (this.idle !== null) clearTimeout(this.idle)
    this.idle = null
    const { open } = this
    this.open = null
    try {
      open?.session.close()
    } catch (error) {
      countFailure('console.close', error)
    }
  }

  private async plan(session: Session, statement: Statement, analyze: boolean, write: boolean): Promise<Explained> {
    const start = performance.now()
    const { plan, text } = await session.explain(statement, analyze, write)
    const durationMs = performance.now() - start
    const named = statementOf(statement.sql, statement.dialect).tables
    for (const step of stepsOf(plan)) step.table = named.find(({ alias }) => alias === step.table)?.name ?? step.table
    const scanned = [...new Set(stepsOf(plan).flatMap(({ fullScan, table }) => (fullScan && table !== null ? [table] : [])))]
    const tables = scanned.length === 0 ? new Map<string, TableFacts>() : await session.tables(scanned.slice(0, 10))
    const rows = new Map([...tables].map(([table, facts]) => [table, facts.rows]))
    return { plan: markWorst(plan), text, analyzed: analyze, durationMs, notes: notesOf(plan, rows), tables }
  }
}
