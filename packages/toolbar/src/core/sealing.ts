import { now } from './clock.ts'
import { guard } from './guard.ts'
import type { RequestRecord } from './record.ts'

/** An ended record waits for others, to be sealed with them: this part of `sealMs`, and no more of them than that. */
const dueShare = 1 / 200
const maxDue = 32
/** ms that sealing takes at a time */
const sliceMs = 0.5

export interface SealingOptions {
  /** how long a record waits for entries that are open, in ms */
  sealMs: number
  /** seals a record; one that cannot be sealed throws */
  seal: (record: RequestRecord) => void
  /** gives a record up that could not be sealed */
  abandon: (record: RequestRecord) => void
  /** a record has ended, and waits */
  waits: (record: RequestRecord) => void
}

/** When records are sealed: soon after their end, some at a time, or once nothing in them is open any more. */
export class Sealing {
  private readonly options: SealingOptions
  /** ended, and sealed together soon */
  private due: RequestRecord[] = []
  private dueTimer: NodeJS.Timeout | null = null
  /** ended, and waiting for the entries that are open */
  private readonly waiting = new Set<RequestRecord>()
  private waitTimer: NodeJS.Timeout | null = null

  constructor(options: SealingOptions) {
    this.options = options
  }

  /** What is done for many records at a time costs half of what it costs for each by itself: the processor has it at hand. */
  readonly soon = (record: RequestRecord): void => {
    const count = this.due.push(record)
    if (count === 1) this.settleIn(this.options.sealMs * dueShare)
    else if (count === maxDue) this.settleIn(0)
  }

  /** Seals what has ended: for readers, who are not to see less than there is. */
  settle(): void {
    const { due } = this
    if (due.length === 0) return
    this.due = []
    if (this.dueTimer !== null) clearTimeout(this.dueTimer)
    this.dueTimer = null
    for (const record of due) this.try(record)
  }

  /** It needs no sealing any more. */
  forget(record: RequestRecord): void {
    this.waiting.delete(record)
  }

  /** Seals all that has ended, whatever is open in it, and lets go of timers. */
  close(): void {
    this.settle()
    if (this.waitTimer !== null) clearTimeout(this.waitTimer)
    this.waitTimer = null
    for (const record of this.waiting) this.force(record)
  }

  /** In slices: what has ended is not to hold up what has not. */
  private readonly settleSome = (): void => {
    this.dueTimer = null
    const until = now() + sliceMs
    do {
      const record = this.due.shift()
      if (record === undefined) return
      this.try(record)
    } while (now() < until)
    if (this.due.length > 0) this.settleIn(0)
  }

  /** By a timer: an immediate is a kind of async resource that the app may not have (`core/context.ts`). */
  private settleIn(ms: number): void {
    if (this.dueTimer !== null) clearTimeout(this.dueTimer)
    this.dueTimer = setTimeout(this.settleSome, ms).unref()
  }

  private try(record: RequestRecord): void {
    if (this.sealOrWait(record) === undefined) this.options.abandon(record)
  }

  private readonly sealOrWait = guard('recorder.seal', (record: RequestRecord): true => {
    if (record.sealed) return true
    if (record.openEntries === 0) {
      this.options.seal(record)
      return true
    }
    this.waiting.add(record)
    this.waitTimer ??= setTimeout(this.sealOverdue, this.options.sealMs).unref()
    this.options.waits(record)
    return true
  })

  /** Records whose entries are open for too long are sealed with them. */
  private readonly sealOverdue = (): void => {
    this.waitTimer = null
    const due = now() - this.options.sealMs
    let next = Number.POSITIVE_INFINITY
    for (const record of this.waiting) {
      if (record.openEntries > 0 && record.endMs > due + 1) next = Math.min(next, record.endMs)
      else this.force(record)
    }
    if (next !== Number.POSITIVE_INFINITY) this.waitTimer = setTimeout(this.sealOverdue, Math.max(1, next - due)).unref()
  }

  /** Seals a record, whatever is open in it. */
  private force(record: RequestRecord): void {
    if (this.sealNow(record) === undefined) this.options.abandon(record)
  }

  private readonly sealNow = guard('recorder.seal-overdue', (record: RequestRecord): true => {
    this.options.seal(record)
    return true
  })
}
