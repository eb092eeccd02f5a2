import type { RequestRecord } from './record.ts'

/**
 * Keeps finished records, newest last. The memory store keeps them as they are; a store that writes elsewhere
 * takes its JSON from `core/emit`.
 */
export interface Store {
  /** records kept at most, for readers to say */
  readonly maxRequests: number
  /** called once per record, when it is sealed; never throws */
  add(record: RequestRecord): void
  get(id: string): RequestRecord | null
  /** newest first, those with a sequence number below `before` */
  list(before: number): Iterable<RequestRecord>
  /** @returns how many were forgotten */
  clear(): number
  counts(): { stored: number; evicted: number; bytes: number }
}
