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
  /** a record by its id; `null` when it was never added, or is gone */
  get(id: string): RequestRecord | null
  /** newest first, those with a sequence number below `before` */
  list(before: number): Iterable<RequestRecord>
  /** @returns how many were forgotten */
  clear(): number
  /** records kept, records that had to go for others, and bytes kept, estimated */
  counts(): { stored: number; evicted: number; bytes: number }
}
