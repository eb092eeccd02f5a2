import type { SqlData } from '../contract/types.ts'
import type { RecordView } from '../core/emit.ts'
import type { RawSql } from '../core/entries/sql.ts'
import { countFailure } from '../core/guard.ts'
import type { Recorder } from '../core/recorder.ts'
import type { Console, Explained } from './console.ts'
import { ConsoleProblem } from './problem.ts'

interface Page {
  readonly atMs: number
  /** `undefined` while it is being explained, `null` when it could not be */
  plan: Explained | null | undefined
  /** told when it is there */
  readonly waiting: Set<string>
}

/** An index may be added meanwhile: then an old plan would be a false alarm. */
const freshMs = 60_000
const perMinute = 30
const maxPages = 500

/**
 * Plans for rules, one per shape of statement, asked for in the background when somebody reads a record. A rule gets `null` first, and is
 * asked again when the plan is there.
 */
export class PlanBook {
  private readonly pages = new Map<string, Page>()
  private asked: number[] = []

  private readonly console: Pick<Console, 'inBackground'>
  private readonly recorder: Pick<Recorder, 'options' | 'revise'>

  constructor(console: Pick<Console, 'inBackground'>, recorder: Pick<Recorder, 'options' | 'revise'>) {
    this.console = console
    this.recorder = recorder
  }

  /** The plan of a query of a sealed record: `null` when there is none, or not yet. */
  planOf({ summary, entries }: Pick<RecordView, 'summary' | 'entries'>, entryId: number): Explained | null {
    const data = entries.find(({ id }) => id === entryId)?.data as SqlData | undefined
    if (data === undefined) return null
    const key = `${data.connection}\n${data.dialect}\n${data.shape}`
    const known = this.pages.get(key)
    const now = Date.now()
    if (known !== undefined && now - known.atMs < freshMs) {
      if (known.plan === undefined) known.waiting.add(summary.id)
      return known.plan ?? null
    }
    this.asked = this.asked.filter((at) => now - at < 60_000)
    const entry = this.recorder.options.store.get(summary.id)?.entries.find(({ id }) => id === entryId)
    if (entry?.kind.type === 'sql' && this.asked.length < perMinute) this.explain(key, summary.id, entry.data as RawSql, now)
    return null
  }

  private explain(key: string, id: string, raw: RawSql, now: number): void {
    const page: Page = { atMs: now, plan: undefined, waiting: new Set([id]) }
    this.pages.delete(key)
    this.pages.set(key, page)
    if (this.pages.size > maxPages) this.pages.delete(this.pages.keys().next().value as string)
    this.asked.push(now)
    // not in the turn of whoever reads
    setImmediate(() => {
      this.ask(raw).then((plan) => {
        page.plan = plan
        for (const id of page.waiting) {
          const waiting = plan === null ? null : this.recorder.options.store.get(id)
          if (waiting !== null) this.recorder.revise(waiting)
        }
        page.waiting.clear()
      })
    })
  }

  private async ask(raw: RawSql): Promise<Explained | null> {
    try {
      return await this.console.inBackground(raw)
    } catch (error) {
      // what cannot be explained is no failure
      if (!(error instanceof ConsoleProblem)) countFailure('console.plan', error)
      return null
    }
  }
}
