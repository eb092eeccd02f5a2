import type { EntryStatus, EntryType, Site } from '../contract/types.ts'
import type { Limits } from './limits.ts'
import type { Stack } from './stacks.ts'

/**
 * An entry as it is captured: numbers, short strings and references. Nothing is formatted here;
 * `core/emit` turns it into the public `Entry` when somebody looks.
 */
export class RawEntry {
  readonly id: number
  readonly kind: EntryKind
  name: string
  startMs: number
  /** -1 while running */
  endMs = -1
  parentId: number
  status: EntryStatus = 'running'
  /** the captured stack this entry's place is taken from */
  stack: Stack | null = null
  /** the stack belongs to an earlier entry with the same call */
  inferred = false
  /** typed payload of the kind; `kind.toData` makes it public */
  data: unknown

  constructor(id: number, kind: EntryKind, name: string, startMs: number, parentId: number, data: unknown) {
    this.id = id
    this.kind = kind
    this.name = name
    this.startMs = startMs
    this.parentId = parentId
    this.data = data
  }
}

/** What the rest of the toolbar must know about a type of entry; one object per type, made once with `defineKind`. */
export interface EntryKind {
  readonly type: EntryType
  /** name of its figure in `counts` and `times`; the type, unless two kinds share one */
  readonly countAs: string
  /** position in per-record tables */
  readonly index: number
  /** part of the spine its time is counted in, `null` for none */
  readonly spine: 'sql' | 'http' | 'template' | 'cache' | 'signal' | null
  /**
   * Lets go of what must not outlive the request and returns the estimated bytes of the payload. Called at seal, or before it once the entry
   * has ended, and again for a record over its limit: the second time changes nothing.
   */
  readonly seal: (entry: RawEntry, limits: Limits) => number
  /** a long text that entries of a record share: counted once per record */
  readonly sharedText: (entry: RawEntry) => string | null
  /** drops what can be missed and returns the bytes won, those of the shared text apart, for a record over its limit */
  readonly shed: (entry: RawEntry, limits: Limits, shedding: Shedding) => number
  /** the place of entries that have one without a stack, such as handlers */
  readonly site: (entry: RawEntry) => Site | null
  /** what readers see as the name, made of the public, masked payload; `null`: the entry's own */
  readonly title: ((data: never) => string) | null
  /** the public payload, not yet redacted */
  readonly toData: (entry: RawEntry, limits: Limits) => unknown
}

/** What the cutting of one record to its limit may still cost, and what it has found out. */
export interface Shedding {
  /** characters of SQL that may be read */
  chars: number
  /** what is known of texts that are cut, by dialect and text: many entries share one */
  readonly cuts: Map<string, Map<string, { readonly text: string; readonly shape: string | null }>>
}

/** Puts the sealed entries of one or more kinds in a smaller form; entries are made of it again when somebody reads. */
export interface Packer {
  /** fewer entries are left as they are */
  readonly from: number
  /** bytes won per entry, estimated */
  readonly savedBytes: number
  /** @returns what makes the entries anew, in their order */
  pack(entries: readonly RawEntry[]): () => RawEntry[]
}

const packers = new Map<EntryKind, Packer>()
let fewest = Number.POSITIVE_INFINITY

/** With fewer entries than this nothing is packed. */
export function fewestPacked(): number {
  return fewest
}

/** Entries of these kinds are packed together when a record is sealed. */
export function definePacker(packed: readonly EntryKind[], packer: Packer): void {
  for (const kind of packed) packers.set(kind, packer)
  fewest = Math.min(fewest, packer.from)
}

/** How entries of a kind are packed, `undefined` for those that are not. */
export function packerOf(kind: EntryKind): Packer | undefined {
  return packers.get(kind)
}

const kinds: EntryKind[] = []

/** Registers a type of entry. Call at module level, once per type. */
export function defineKind(definition: {
  type: EntryType
  countAs?: string
  spine?: EntryKind['spine']
  seal?: EntryKind['seal']
  sharedText?: EntryKind['sharedText']
  shed?: EntryKind['shed']
  site?: EntryKind['site']
  title?: EntryKind['title']
  toData?: EntryKind['toData']
}): EntryKind {
  const kind: EntryKind = {
    type: definition.type,
    countAs: definition.countAs ?? definition.type,
    index: kinds.length,
    spine: definition.spine ?? null,
    seal: definition.seal ?? (() => 64),
    sharedText: definition.sharedText ?? (() => null),
    shed: definition.shed ?? (() => 0),
    site: definition.site ?? (() => null),
    title: definition.title ?? null,
    toData: definition.toData ?? ((entry) => entry.data),
  }
  kinds.push(kind)
  return kind
}

/** All registered kinds, by index. */
export function allKinds(): readonly EntryKind[] {
  return kinds
}
