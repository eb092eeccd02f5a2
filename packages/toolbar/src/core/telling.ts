import { AsyncResource } from 'node:async_hooks'
import type { RequestSummary } from '../contract/types.ts'
import type { Bus } from './bus.ts'
import { now } from './clock.ts'
import { guard } from './guard.ts'
import type { RequestRecord } from './record.ts'

/** The part of the time that telling may take. */
const share = 0.1
/** It may take this much at once, where it has taken less for a while. */
const maxCreditMs = 10
/** A record that is dear to tell of makes the next one wait for a quarter of a second at most. */
const maxDebtMs = 25
/** What is put off is looked at this often. */
const pauseMs = 20

/**
 * Tells listeners of records as they begin, change and end: at once, as long as that takes a small part of the time. Under load what it
 * would cost is several times what the request costs, so records are put off and told when there is time again, oldest first and as they are
 * then: once for all that has happened to them. One that the store has let go of by then is not told any more, only that it is gone.
 */
export class Telling {
  private readonly bus: Bus
  private readonly find: (id: string) => RequestRecord | null
  private readonly summarise: (record: RequestRecord) => RequestSummary
  /** Ids: what waits here keeps no record alive. */
  private readonly pending = new Set<string>()
  /** The timer belongs to nobody: no request's context stays with it. */
  private readonly root = new AsyncResource('debug-toolbar.telling')
  private timer: NodeJS.Timeout | null = null
  private creditMs = maxCreditMs
  private countedMs = now()

  /** @param find a record as it is now; `null` for one that is gone */
  constructor(bus: Bus, find: (id: string) => RequestRecord | null, summarise: (record: RequestRecord) => RequestSummary) {
    this.bus = bus
    this.find = find
    this.summarise = summarise
  }

  /** Something has happened to a record. */
  tell(id: string): void {
    if (!this.bus.heard('request')) return
    if (this.pending.size === 0 && this.earn() > 0) this.tellAll([id])
    else this.tellLater(id)
  }

  /** The same, told in another turn: once for all that happens until then. */
  tellLater(id: string): void {
    if (!this.bus.heard('request')) return
    this.pending.add(id)
    this.timer ??= this.root.runInAsyncScope(() => setTimeout(this.tellPending, pauseMs).unref())
  }

  /** Lets go of what was put off. */
  close(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    this.pending.clear()
  }

  private readonly tellPending = (): void => {
    this.timer = null
    if (!this.bus.heard('request')) this.pending.clear()
    this.earn()
    this.tellAll(this.pending)
    const [oldest] = this.pending
    if (oldest !== undefined) this.tellLater(oldest)
  }

  /** As many as there is credit for; that one is gone costs nothing. */
  private tellAll(ids: Iterable<string>): void {
    const gone: string[] = []
    for (const id of ids) {
      const record = this.find(id)
      if (record === null) gone.push(id)
      else if (this.creditMs <= 0) continue
      else {
        this.tellNow(record)
        this.pay()
      }
      this.pending.delete(id)
    }
    if (gone.length > 0) this.bus.say('gone', { ids: gone })
  }

  /** It is never switched off: a failure costs no more than the budget, and the next record may be another matter. */
  private readonly tellNow = guard('telling.tell', (record: RequestRecord): void => this.bus.say('request', this.summarise(record)), false)

  /** @returns the credit, with the share of the time since it was last counted */
  private earn(): number {
    const passedMs = this.pass()
    this.creditMs = Math.min(maxCreditMs, this.creditMs + passedMs * share)
    return this.creditMs
  }

  private pay(): void {
    this.creditMs = Math.max(-maxDebtMs, this.creditMs - this.pass())
  }

  private pass(): number {
    const since = this.countedMs
    this.countedMs = now()
    return this.countedMs - since
  }
}
