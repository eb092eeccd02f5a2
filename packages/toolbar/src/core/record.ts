import type { RequestState } from '../contract/types.ts'
import type { StackOptions } from './call-sites.ts'
import { now } from './clock.ts'
import { Frame, type Scope } from './context.ts'
import { type EntryKind, fewestPacked, RawEntry } from './entry.ts'
import type { RequestFacts } from './facts.ts'
import { defaultEntryLimit, type Limits } from './limits.ts'
import type { Reading } from './meter.ts'
import { PackedEntries } from './packed-entries.ts'
import { type SiteSlot, SiteSlots } from './site-slots.ts'
import { type Depth, type Origin, Stack, startFrames } from './stacks.ts'

/** Exact figures of one type of entry, whatever was kept of it. */
export class Tally {
  count = 0
  kept = 0
  readonly limit: number
  /** entries open now; while above 0 the type is busy */
  open = 0
  busySince = 0
  /** union of the closed intervals */
  busyMs = 0

  constructor(limit: number) {
    this.limit = limit
  }
}

/** What the process and the recorder were at when a request began. */
export interface Beginning {
  /** whose it is: a copy of a record has the same beginning */
  readonly of: RequestRecord
  readonly reading: Reading
  readonly running: number
  readonly seq: number
}

/** A record with more entries than this does not wait for its end: what is closed is put into a smaller form, so that no collection copies it. */
const packedEarly = 512
/** the newest are left: somebody may still look at them */
const leftOpen = 32

/**
 * One HTTP request: facts and a flat, append-only list of entries. The hot path is `begin`, `point`, `finish` and `locate`:
 * they allocate the entry and nothing else that is not needed.
 */
export class RequestRecord {
  readonly id: string
  readonly seq: number
  /** epoch ms */
  readonly startedAt: number
  /** monotonic ms of the start; entries count from here */
  readonly origin: number
  /** monotonic ms of the end, -1 while running */
  endMs = -1
  state: RequestState = 'running'
  readonly facts: RequestFacts
  readonly scope: Scope
  readonly rootFrame: Frame
  private live: RawEntry[] = []
  private packedEntries: PackedEntries | null = null
  /** the number of entries at which some are packed */
  private packAt = packedEarly
  /** by `EntryKind.index`; made on first use */
  readonly tallies: (Tally | undefined)[] = []
  readonly limits: Limits
  readonly stackOptions: StackOptions | false
  stacks: Stack[] | null = null
  /** entries open in all types */
  openEntries = 0
  sealed = false
  /** estimated, set at seal */
  bytes = 0
  /** set when the record is cut to its byte limit */
  shed = false
  /** log lines by level, exact; made with the first line */
  logLevels: { readonly value: number; readonly label: string; count: number }[] | null = null
  /** bumped by every change a reader could see */
  version = 0
  /** what the process was at when it began; `null` in a record that another process made */
  beginning: Beginning | null = null
  /** called when the last open entry of an ended record finishes */
  onQuiet: ((record: RequestRecord) => void) | null = null
  private lastId = 0
  /** whether what is closed is packed before the end */
  protected packsEarly = true
  /** made with the first call that is placed */
  private sites: SiteSlots | null = null

  constructor(id: string, seq: number, facts: RequestFacts, limits: Limits, stackOptions: StackOptions | false) {
    this.id = id
    this.seq = seq
    this.startedAt = Date.now()
    this.origin = now()
    this.facts = facts
    this.limits = limits
    this.stackOptions = stackOptions
    this.scope = { record: this, serving: null, late: 0, id, onLate: null }
    this.rootFrame = new Frame(this.scope, 0)
  }

  /** Appends an entry that starts now. Beyond the limit of its kind it is counted and timed, but not kept. */
  begin(kind: EntryKind, name: string, parentId: number, data: unknown): RawEntry {
    const entry = this.append(kind, name, parentId, data)
    const tally = this.tallies[kind.index] as Tally
    if (tally.open++ === 0) tally.busySince = entry.startMs
    this.openEntries++
    return entry
  }

  /** Whether an entry may still change: it is not closed, nor sealed with its record. */
  isOpen(entry: RawEntry): boolean {
    return entry.endMs === -1 && !this.sealed
  }

  /** Closes an entry that is open; a second call does nothing. */
  finish(entry: RawEntry, status: 'ok' | 'error'): void {
    if (!this.isOpen(entry)) return
    const endMs = now() - this.origin
    entry.endMs = endMs
    entry.status = status
    const tally = this.tallies[entry.kind.index] as Tally
    if (--tally.open === 0) tally.busyMs += endMs - tally.busySince
    this.version++
    if (--this.openEntries === 0 && this.onQuiet !== null) this.onQuiet(this)
  }

  /** Opens an entry again that was closed before it was known to go on. */
  reopen(entry: RawEntry): void {
    if (entry.endMs === -1 || this.sealed) return
    entry.endMs = -1
    entry.status = 'running'
    const tally = this.tallies[entry.kind.index] as Tally
    if (tally.open++ === 0) tally.busySince = now() - this.origin
    this.openEntries++
    this.version++
  }

  /** Appends an entry that is a point in time. */
  point(kind: EntryKind, name: string, parentId: number, data: unknown): RawEntry {
    const entry = this.append(kind, name, parentId, data)
    entry.endMs = entry.startMs
    entry.status = 'ok'
    return entry
  }

  /**
   * Gives the entry its place: a stack at the 1st, 2nd, 4th, 8th ... occurrence of the same call from the same parent, between those the
   * last one, marked as inferred. The hook takes it, with `takeStack`.
   * @param key what makes two calls the same: the SQL text, the event name
   * @param depth how deep to look for calls made straight from the user's code; `null` for a whole stack
   * @returns the first string equal to `key` seen in this record, so that callers can share it
   */
  locate(entry: RawEntry, key: string, depth: Depth | null = null, origin: Origin | undefined = undefined): string {
    if (this.stackOptions === false) return this.slotOf(key, 0).key
    const slot = this.slotOf(key, entry.parentId)
    const fresh = this.sample(slot, depth === null ? Number.POSITIVE_INFINITY : depth.frames, depth)
    entry.inferred = !fresh
    entry.stack = slot.stack
    if (fresh && origin !== undefined) (slot.stack as Stack).origin = origin
    return slot.key
  }

  /**
   * The place where something was started whose entry comes later, when its own stack may have nothing of the app's on it.
   * Sampled as in `locate`, and taken by the hook.
   */
  originOf(key: string, parentId: number): Origin | undefined {
    if (this.stackOptions === false) return undefined
    const slot = this.slotOf(key, parentId)
    const inferred = !this.sample(slot, startFrames, null)
    return slot.stack === null ? undefined : { stack: slot.stack, inferred }
  }

  private slotOf(key: string, parentId: number): SiteSlot {
    this.sites ??= new SiteSlots(this.limits.stacks)
    return this.sites.of(key, parentId)
  }

  /** Wants a stack at the 1st, 2nd, 4th, 8th ... occurrence. @returns whether it does */
  private sample(slot: SiteSlot, frames: number, depth: Depth | null): boolean {
    const options = this.stackOptions as StackOptions
    const count = ++slot.count
    if ((count & (count - 1)) !== 0 && !options.every) return false
    if (this.stacks !== null && this.stacks.length >= this.limits.stacks) return false
    slot.stack = new Stack(Math.min(options.frames, frames), depth)
    this.stacks ??= []
    this.stacks.push(slot.stack)
    return true
  }

  /** What is kept, in start order. Made anew for each reader once some is packed: read it once, keep none. */
  get entries(): readonly RawEntry[] {
    if (this.packedEntries === null) return this.live
    return [...this.packedEntries.unpack(), ...this.live].sort((a, b) => a.id - b.id)
  }

  /** Those in their own form, in start order; those of kinds without a packer are among them. */
  get unpacked(): readonly RawEntry[] {
    return this.live
  }

  get packed(): Readonly<PackedEntries> | null {
    return this.packedEntries
  }

  /** Gives all entries their own form again, for a record that is to be cut. */
  unpack(): void {
    this.live = [...this.entries]
    this.packedEntries = null
  }

  /** Drops the oldest entries but for the newest ones. @returns those that were dropped */
  protected dropOldest(keep: number): RawEntry[] {
    return this.live.splice(0, this.live.length - keep)
  }

  /** Lets go of the newest entry, for a record over its limit: it counts as seen and not kept. */
  dropNewest(): void {
    const entry = this.live.pop()
    if (entry === undefined) return
    ;(this.tallies[entry.kind.index] as Tally).kept--
  }

  /** Puts sealed entries in a smaller form. */
  pack(): void {
    if (this.live.length >= fewestPacked()) this.live = this.putIntoPacked(this.live, null)
  }

  /** Closed ones, while the request goes on. */
  private packEarly(): void {
    const { live, limits } = this
    try {
      this.live = [...this.putIntoPacked(live.slice(0, -leftOpen), limits), ...live.slice(-leftOpen)]
    } finally {
      this.packAt = this.live.length + packedEarly
    }
  }

  private putIntoPacked(entries: readonly RawEntry[], limits: Limits | null): RawEntry[] {
    const packed = this.packedEntries ?? new PackedEntries()
    const left = packed.add(entries, limits)
    if (!packed.isEmpty) this.packedEntries = packed
    return [...left]
  }

  /** Ms since the start of the request. */
  elapsed(): number {
    return (this.endMs === -1 ? now() : this.endMs) - this.origin
  }

  /** Forgets which calls were captured: the next of each is captured again. */
  dropSites(): void {
    this.sites = null
  }

  /** Lets go of what only the capture needed. */
  dropCaptureState(): void {
    this.sites = null
    this.stacks = null
    this.onQuiet = null
  }

  private append(kind: EntryKind, name: string, parentId: number, data: unknown): RawEntry {
    const entry = new RawEntry(++this.lastId, kind, name, now() - this.origin, parentId, data)
    const tally = this.tallyOf(kind)
    tally.count++
    if (this.endMs !== -1) this.scope.late++
    if (tally.kept < tally.limit) {
      tally.kept++
      if (this.live.push(entry) >= this.packAt && this.packsEarly) this.packEarly()
    }
    this.version++
    return entry
  }

  private tallyOf(kind: EntryKind): Tally {
    let tally = this.tallies[kind.index]
    if (tally === undefined) {
      tally = new Tally(this.limits.entries[kind.type] ?? defaultEntryLimit)
      this.tallies[kind.index] = tally
    }
    return tally
  }
}
