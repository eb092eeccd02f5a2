import { randomBytes } from 'node:crypto'
import type { HistoryCounts, RequestSummary } from '../contract/types.ts'
import { Bus } from './bus.ts'
import type { StackOptions } from './call-sites.ts'
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
import { Sealing } from './sealing.ts'
import { readStacks } from './stacks.ts'
import type { Store } from './store.ts'
import { Telling } from './telling.ts'
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
  private readonly sealing: Sealing
  private readonly redirects = new Redirects()
  private readonly telling: Telling
  private readonly seen: Record<string, number> = Object.create(null)
  private readonly truncated: Record<string, number> = Object.create(null)
  private seq = 0
  private received = 0
  private ignored = 0
  private readonly dropped: Record<DropReason, number> = { inFlight: 0, failed: 0 }
  private cleared = 0

  constructor(options: RecorderOptions) {
    this.options = options
    this.telling = new Telling(this.bus, (id) => this.find(id), options.summarise)
    this.sealing = new Sealing({
      sealMs: options.limits.sealMs,
      seal: (record) => this.seal(record),
      abandon: (record) => this.abandon(record),
      waits: (record) => this.telling.tell(record.id),
    })
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
    if (this.running.size >= this.options.limits.inFlight) this.settle()
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
      this.telling.tell(record.id)
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
    record.onQuiet = this.sealing.soon
    this.sealing.soon(record)
  }

  /** Seals what has ended: for readers, who are not to see less than there is. */
  settle(): void {
    this.sealing.settle()
  }

  /** Gives a record up that cannot be finished: it counts as dropped, and holds nothing of the app's any more. */
  abandon(record: RequestRecord): void {
    if (!this.running.delete(record.id)) return
    this.dropped.failed++
    this.sealing.forget(record)
    record.sealed = true
    record.scope.record = null
    record.scope.serving = null
    record.dropCaptureState()
    this.telling.tell(record.id)
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

  private find(id: string): RequestRecord | null {
    return this.running.get(id) ?? this.stored(id)
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
    if (record !== this.outside) this.telling.tell(record.id)
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
    this.sealing.close()
    for (const record of this.running.values()) {
      record.scope.record = null
      record.scope.serving = null
      record.dropCaptureState()
    }
    this.running.clear()
    this.telling.close()
    try {
      this.options.store.clear()
    } catch (error) {
      countFailure('store.clear', error)
    }
  }

  /** From here on the record holds nothing of the app's: text instead of stacks, pictures instead of objects. */
  private seal(record: RequestRecord): void {
    if (record.sealed) return
    record.sealed = true
    this.sealing.forget(record)
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
    this.telling.tell(record.id)
  }

  /** Work after the seal changes the count in the summary. */
  private readonly onLate = guard('recorder.late', (id: string): void => this.telling.tellLater(id))

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
    const source = this.find(id)
    if (source === null) return
    source.facts.redirectedTo = record.id
    source.version++
    this.telling.tell(id)
  }
}
