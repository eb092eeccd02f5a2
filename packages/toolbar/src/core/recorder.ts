import { randomBytes } from 'node:crypto'
import type { HistoryCounts, RequestSummary } from '../contract/types.ts'
import { Bus } from './bus.ts'
import type { StackOptions } from './call-sites.ts'
import { now } from './clock.ts'
import { setOutside } from './context.ts'
import { allKinds } from './entry.ts'
import type { RequestFacts } from './facts.ts'
import { countFailure, guard, isOff } from './guard.ts'
import type { Limits } from './limits.ts'
import { LoopDelay } from './loop-delay.ts'
import { readMeter, utilizationBetween } from './meter.ts'
import { OutsideRecord } from './outside.ts'
import { RequestRecord } from './record.ts'
import { Redirects } from './redirects.ts'
import { readStacks } from './stacks.ts'
import type { Store } from './store.ts'
import { weigh } from './weigh.ts'

export interface RecorderOptions {
  limits: Limits
  stack: StackOptions | false
  store: Store
  /** what readers see of a record; asked only while somebody listens */
  summarise: (record: RequestRecord) => RequestSummary
}

/** Why a request has no record: too many in flight, or we failed to finish it. */
export type DropReason = 'inFlight' | 'failed'

/** Begins and finishes records, owns limits, counters and the bus. One per process. */
export class Recorder {
  readonly options: RecorderOptions
  readonly bus = new Bus()
  readonly running = new Map<string, RequestRecord>()
  /** what ran outside of requests */
  readonly outside: OutsideRecord
  readonly loopDelay = new LoopDelay()
  private readonly prefix = randomBytes(6).toString('base64url')
  private readonly sealing = new Set<RequestRecord>()
  private readonly redirects = new Redirects()
  private readonly seen: Record<string, number> = Object.create(null)
  private readonly truncated: Record<string, number> = Object.create(null)
  private readonly lateIds = new Set<string>()
  private sealTimer: NodeJS.Timeout | null = null
  private seq = 0
  private received = 0
  private ignored = 0
  private readonly dropped: Record<DropReason, number> = { inFlight: 0, failed: 0 }
  private cleared = 0

  constructor(options: RecorderOptions) {
    this.options = options
    this.outside = new OutsideRecord(options.limits, options.stack)
    setOutside(this.outside.rootFrame)
  }

  /** Whether `begin` needs to know the client: some redirect waits for the request it sent its client to. */
  get expectsRedirect(): boolean {
    return this.redirects.waits
  }

  /** A record for a request that starts now, or `null` when too many are in flight or records cannot be finished: then it counts as dropped. */
  begin(facts: RequestFacts, client: string): RequestRecord | null {
    this.received++
    if (this.running.size >= this.options.limits.inFlight || isOff('recorder')) {
      this.dropped[isOff('recorder') ? 'failed' : 'inFlight']++
      return null
    }
    const seq = ++this.seq
    const id = this.prefix + seq.toString(36).padStart(8, '0')
    const record = new RequestRecord(id, seq, facts, this.options.limits, this.options.stack)
    this.running.set(id, record)
    try {
      this.loopDelay.start()
      this.followRedirect(record, client)
      record.beginning = { of: record, reading: readMeter(), running: this.running.size - 1, seq }
      if (this.bus.heard('request')) this.publish(record)
    } catch (error) {
      this.abandon(record)
      throw error
    }
    return record
  }

  /** Counts a request that could not be recorded, since we failed. */
  drop(): void {
    this.received++
    this.dropped.failed++
  }

  /** Counts a request that is not recorded at all. */
  ignore(): void {
    this.received++
    this.ignored++
  }

  /**
   * The response ended, or the client left. A second call does nothing.
   * @param endMs when, on the monotonic clock: when the app had answered, else when it was over
   */
  end(record: RequestRecord, state: 'done' | 'aborted' | 'failed', client: string, endMs: number): void {
    if (record.endMs !== -1) return
    record.endMs = endMs
    record.state = state
    record.version++
    this.measure(record)
    const { facts } = record
    if (facts.location !== null && facts.status !== null && facts.status >= 300 && facts.status < 400) this.redirects.expect(record, client)
    this.sealing.add(record)
    record.onQuiet = this.sealSoon
    setImmediate(this.trySeal, record)
  }

  /** Gives a record up that cannot be finished: it counts as dropped, and holds nothing of the app's any more. */
  abandon(record: RequestRecord): void {
    if (!this.running.delete(record.id)) return
    this.dropped.failed++
    this.sealing.delete(record)
    record.sealed = true
    record.scope.record = null
    record.scope.serving = null
    record.dropCaptureState()
  }

  /** Entries seen and entries not kept, per type, of all finished records. */
  totals(): { seen: Record<string, number>; truncated: Record<string, number> } {
    return { seen: { ...this.seen }, truncated: { ...this.truncated } }
  }

  counts(): HistoryCounts {
    const { stored, evicted } = this.storeCounts()
    const running = this.running.size
    const dropped = this.dropped.inFlight + this.dropped.failed
    return { received: this.received, running, stored, evicted, cleared: this.cleared, dropped, ignored: this.ignored }
  }

  /** What the store says of itself; zeros from one that fails. */
  storeCounts(): ReturnType<Store['counts']> {
    try {
      return this.options.store.counts()
    } catch (error) {
      countFailure('store.counts', error)
      return { stored: 0, evicted: 0, bytes: 0 }
    }
  }

  /** A finished record; `null` from a store that fails. */
  private stored(id: string): RequestRecord | null {
    try {
      return this.options.store.get(id)
    } catch (error) {
      countFailure('store.get', error)
      return null
    }
  }

  /** Requests that have no record, by reason. */
  drops(): Readonly<Record<DropReason, number>> {
    return { ...this.dropped }
  }

  /** Whether a record was made by this process, rather than read from a store. */
  owns(record: RequestRecord): boolean {
    return record === this.outside || record.beginning?.of === record
  }

  /** Whether an id is one that this process gives, whatever became of its record. */
  isOwnId(id: string): boolean {
    return id.startsWith(this.prefix)
  }

  /** Something about a finished record is known now that was not before: it is judged again, and told. */
  revise(record: RequestRecord): void {
    record.version++
    if (record !== this.outside && this.bus.heard('request')) this.publish(record)
  }

  /** How many requests came in. */
  get receivedCount(): number {
    return this.received
  }

  /** The sequence number of the newest record. */
  get lastSeq(): number {
    return this.seq
  }

  /** Forgets all finished records. @returns how many */
  clear(): number {
    const count = this.options.store.clear()
    this.cleared += count
    this.bus.say('cleared', { seq: this.seq })
    return count
  }

  /** Lets go of timers and of everything recorded. */
  close(): void {
    this.loopDelay.stop()
    setOutside(null)
    this.outside.scope.record = null
    if (this.sealTimer !== null) clearTimeout(this.sealTimer)
    this.sealTimer = null
    for (const record of this.sealing) this.seal(record)
    for (const record of this.running.values()) {
      record.scope.record = null
      record.scope.serving = null
      record.dropCaptureState()
    }
    this.running.clear()
    try {
      this.options.store.clear()
    } catch (error) {
      countFailure('store.clear', error)
    }
  }

  private readonly trySeal = (record: RequestRecord): void => {
    if (this.sealOrWait(record) === undefined) this.abandon(record)
  }

  private readonly sealOrWait = guard('recorder.seal', (record: RequestRecord): true => {
    if (record.sealed) return true
    if (record.openEntries === 0) {
      this.seal(record)
      return true
    }
    this.sealTimer ??= setTimeout(this.sealOverdue, this.options.limits.sealMs).unref()
    if (this.bus.heard('request')) this.publish(record)
    return true
  })

  /** Records whose entries are open for too long are sealed with them. */
  private readonly sealOverdue = (): void => {
    this.sealTimer = null
    const due = now() - this.options.limits.sealMs
    let next = Number.POSITIVE_INFINITY
    for (const record of this.sealing) {
      if (record.openEntries > 0 && record.endMs > due + 1) next = Math.min(next, record.endMs)
      else if (this.sealNow(record) === undefined) this.abandon(record)
    }
    if (next !== Number.POSITIVE_INFINITY) this.sealTimer = setTimeout(this.sealOverdue, Math.max(1, next - due)).unref()
  }

  private readonly sealNow = guard('recorder.seal-overdue', (record: RequestRecord): true => {
    this.seal(record)
    return true
  })

  private readonly sealSoon = (record: RequestRecord): void => {
    setImmediate(this.trySeal, record)
  }

  /** From here on the record holds nothing of the app's: text instead of stacks, pictures instead of objects. */
  private seal(record: RequestRecord): void {
    if (record.sealed) return
    record.sealed = true
    this.sealing.delete(record)
    this.running.delete(record.id)
    record.scope.record = null
    record.scope.serving = null
    record.scope.onLate = this.onLate
    try {
      if (record.stacks !== null) readStacks(record.stacks)
      record.dropCaptureState()
      record.bytes = weigh(record)
      this.total(record)
      record.pack()
      record.version++
      this.options.store.add(record)
    } catch (error) {
      this.dropped.failed++
      throw error
    }
    if (this.bus.heard('request')) this.publish(record)
  }

  /** Work after the seal changes the count in the summary: told once for all of a turn. */
  private readonly onLate = guard('recorder.late', (id: string): void => {
    if (!this.bus.heard('request')) return
    if (this.lateIds.size === 0) setImmediate(this.publishLate)
    this.lateIds.add(id)
  })

  private readonly publishLate = (): void => {
    const ids = [...this.lateIds]
    this.lateIds.clear()
    this.tellLate(ids)
  }

  private readonly tellLate = guard('recorder.publish-late', (ids: readonly string[]): void => {
    for (const id of ids) {
      const record = this.stored(id)
      if (record !== null) this.publish(record)
    }
  })

  private publish(record: RequestRecord): void {
    this.bus.say('request', this.options.summarise(record))
  }

  private total(record: RequestRecord): void {
    for (const { index, countAs } of allKinds()) {
      const tally = record.tallies[index]
      if (tally === undefined) continue
      this.seen[countAs] = (this.seen[countAs] ?? 0) + tally.count
      if (tally.count > tally.kept) this.truncated[countAs] = (this.truncated[countAs] ?? 0) + tally.count - tally.kept
    }
  }

  private measure(record: RequestRecord): void {
    const { beginning } = record
    if (beginning === null) return
    const { facts } = record
    const { reading, running, seq } = beginning
    const end = readMeter()
    // what was added meanwhile may have been more than the system says later
    facts.cpuUserMs = Math.max(0, end.cpuUserUs - reading.cpuUserUs) / 1_000
    facts.cpuSystemMs = Math.max(0, end.cpuSystemUs - reading.cpuSystemUs) / 1_000
    facts.loopUtilization = utilizationBetween(reading, end)
    facts.loopDelayMs = this.loopDelay.longest(record.origin, record.endMs)
    facts.heapUsedBytes = end.heapBytes
    facts.heapDeltaBytes = end.heapBytes - reading.heapBytes
    facts.concurrent = running + (this.seq - seq)
  }

  private followRedirect(record: RequestRecord, client: string): void {
    const id = this.redirects.follow(record, client)
    if (id === null) return
    const source = this.running.get(id) ?? this.stored(id)
    if (source === null) return
    source.facts.redirectedTo = record.id
    source.version++
    if (this.bus.heard('request')) this.publish(source)
  }
}
