import { SmallMap } from './small-map.ts'
import type { Stack } from './stacks.ts'

/** texts remembered per record, for calls to share */
const maxTexts = 10_000

/** The last place captured for one call: same text, same parent. */
export interface SiteSlot {
  readonly key: string
  readonly parentId: number
  count: number
  stack: Stack | null
  next: SiteSlot | null
}

/**
 * The calls of one record. What is remembered is bounded: a call beyond gets a slot of its own each time, and a stack as long as there are
 * some left.
 */
export class SiteSlots {
  /** the first slot of each text */
  private readonly firsts = new SmallMap<string, SiteSlot>()
  /** slots beyond the first of their text */
  private chained = 0
  private readonly maxChained: number

  constructor(maxChained: number) {
    this.maxChained = maxChained
  }

  of(key: string, parentId: number): SiteSlot {
    const first = this.firsts.get(key)
    let slot = first
    while (slot !== undefined && slot.parentId !== parentId) slot = slot.next ?? undefined
    if (slot === undefined) {
      slot = { key: first?.key ?? key, parentId, count: 0, stack: null, next: first?.next ?? null }
      if (first === undefined) {
        if (this.firsts.size < maxTexts) this.firsts.add(key, slot)
      } else if (this.chained < this.maxChained) {
        this.chained++
        first.next = slot
      }
    }
    return slot
  }
}
