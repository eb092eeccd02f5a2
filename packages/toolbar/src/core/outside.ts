import type { StackOptions } from './call-sites.ts'
import type { RawEntry } from './entry.ts'
import type { RequestFacts } from './facts.ts'
import { guard } from './guard.ts'
import type { Limits } from './limits.ts'
import { outsideId } from './outside-id.ts'
import { RequestRecord } from './record.ts'
import { readStacks } from './stacks.ts'

/**
 * What ran outside of a recorded request: at start-up, in timers and jobs, in requests that are not recorded, and after a record was sealed.
 * It is never over: the newest entries are kept, and what they hold of the app's is let go as each one ends. Counts stay exact.
 */
export class OutsideRecord extends RequestRecord {
  private ended: RawEntry[] = []
  /** it lets go of the oldest ones itself */
  protected override packsEarly = false

  constructor(limits: Limits, stackOptions: StackOptions | false) {
    super(outsideId, 0, noFacts(), { ...limits, entries: new Proxy({}, { get: () => Number.POSITIVE_INFINITY }) }, stackOptions)
  }

  override finish(entry: RawEntry, status: 'ok' | 'error'): void {
    if (!this.isOpen(entry)) return
    super.finish(entry, status)
    if (this.ended.push(entry) === 1) setImmediate(this.trySettle)
  }

  private readonly trySettle = (): void => {
    if (this.settle() === undefined) this.forget()
  }

  /** In a turn of its own, as records are sealed in one. */
  private readonly settle = guard('outside.settle', (): true => {
    const { ended, limits } = this
    this.ended = []
    if (this.stacks !== null) readStacks(this.stacks)
    this.stacks = null
    for (const entry of ended) entry.kind.seal(entry, limits)
    this.trim(limits.outside)
    return true
  })

  /** What could not be sealed holds values of the app's. */
  private forget(): void {
    this.ended = []
    this.stacks = null
    this.trim(0)
  }

  private trim(keep: number): void {
    if (this.entries.length < Math.max(1, 2 * keep)) return
    for (const { kind } of this.dropOldest(keep)) {
      const tally = this.tallies[kind.index]
      if (tally !== undefined) tally.kept--
    }
    this.dropSites()
  }
}

function noFacts(): RequestFacts {
  return {
    method: '',
    url: 'outside of requests',
    httpVersion: '',
    remoteAddress: null,
    encrypted: false,
    rawRequestHeaders: [],
    hidden: [],
    type: 'other',
    referrer: null,
    status: null,
    statusMessage: '',
    responseHeaders: null,
    contentType: null,
    bytes: 0,
    streamed: false,
    injected: false,
    notInjected: 'it is no response',
    body: null,
    location: null,
    route: null,
    handler: null,
    params: null,
    query: undefined,
    queryParser: null,
    requestBody: undefined,
    session: undefined,
    user: undefined,
    files: undefined,
    redirectedFrom: null,
    redirectedTo: null,
    cpuUserMs: 0,
    cpuSystemMs: 0,
    loopUtilization: 0,
    loopDelayMs: 0,
    heapUsedBytes: 0,
    heapDeltaBytes: 0,
    concurrent: 0,
  }
}
