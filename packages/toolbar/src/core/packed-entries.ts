import { type Packer, packerOf, type RawEntry } from './entry.ts'
import type { Limits } from './limits.ts'

/** bytes of an entry, beside its payload */
export const entryBytes = 120

/** Entries in a smaller form: columns instead of objects, which a collector does not follow. */
export class PackedEntries {
  /** estimated, of those that were packed before the end, without the texts that they share */
  bytes = 0
  /** shared by those that were packed before the end */
  readonly texts = new Set<string>()
  private readonly parts: (() => RawEntry[])[] = []

  get isEmpty(): boolean {
    return this.parts.length === 0
  }

  /**
   * Packs those that have a packer, kind by kind, where they are enough.
   * @param limits seals them first, and leaves those that are open; `null` where all are sealed
   * @returns those that are left
   */
  add(entries: readonly RawEntry[], limits: Limits | null): readonly RawEntry[] {
    const packerNow = ({ kind, endMs }: RawEntry): Packer | undefined => (limits !== null && endMs === -1 ? undefined : packerOf(kind))
    const groups = new Map<Packer, RawEntry[]>()
    for (const entry of entries) {
      const packer = packerNow(entry)
      if (packer === undefined) continue
      const group = groups.get(packer)
      if (group === undefined) groups.set(packer, [entry])
      else group.push(entry)
    }
    let left = entries
    for (const [packer, group] of groups) {
      if (group.length < packer.from) continue
      if (limits !== null) for (const entry of group) this.weigh(entry, packer, limits)
      this.parts.push(packer.pack(group))
      left = left.filter((entry) => packerNow(entry) !== packer)
    }
    return left
  }

  /** Made anew for each reader. */
  unpack(): RawEntry[] {
    return this.parts.flatMap((unpack) => unpack())
  }

  private weigh(entry: RawEntry, packer: Packer, limits: Limits): void {
    this.bytes += entryBytes + entry.kind.seal(entry, limits) - packer.savedBytes
    const text = entry.kind.sharedText(entry)
    if (entry.name !== '') this.texts.add(entry.name)
    if (text !== null) this.texts.add(text)
  }
}
