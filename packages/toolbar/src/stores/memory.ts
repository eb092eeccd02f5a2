import { getHeapStatistics } from 'node:v8'
import { describe, problems, unknownKeys } from '../core/diagnostics.ts'
import type { RequestRecord } from '../core/record.ts'
import type { Store } from '../core/store.ts'

/** Bounds of the memory store. The newest record stays, however large. */
export interface MemoryStoreOptions {
  /** records kept, 1 to 10,000. Default 100 */
  maxRequests?: number
  /** bytes kept, estimated; never more than a quarter of the heap limit. Default 64 MiB */
  maxBytes?: number
}

/**
 * The newest records, in this process.
 * @throws ToolbarError for options that are no object, or a limit that is not a whole number from 1 up
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw problems.badOption('memoryStore', describe(options), 'an object of maxRequests and maxBytes')
  unknownKeys(options, ['maxRequests', 'maxBytes'], 'memoryStore.')
  const maxRequests = positive('maxRequests', options.maxRequests, 10_000) ?? 100
  const maxBytes = Math.min(
    positive('maxBytes', options.maxBytes, Number.MAX_SAFE_INTEGER) ?? 64 * 1024 * 1024,
    getHeapStatistics().heap_size_limit / 4,
  )
  const records = new Map<string, RequestRecord>()
  /** in the order they came in, from `first` on: the first key of a Map that is emptied from its front is slow to find */
  let queue: (RequestRecord | undefined)[] = []
  let first = 0
  let bytes = 0
  let evicted = 0

  return {
    maxRequests,
    add(record) {
      records.set(record.id, record)
      queue.push(record)
      bytes += record.bytes
      while (records.size > maxRequests || (bytes > maxBytes && records.size > 1)) {
        const oldest = queue[first] as RequestRecord
        queue[first++] = undefined
        records.delete(oldest.id)
        bytes -= oldest.bytes
        evicted++
      }
      if (first > maxRequests) {
        queue = queue.slice(first)
        first = 0
      }
    },
    get: (id) => records.get(id) ?? null,
    *list(before) {
      for (const record of [...records.values()].sort((a, b) => b.seq - a.seq)) if (record.seq < before) yield record
    },
    clear() {
      const count = records.size
      records.clear()
      queue = []
      first = 0
      bytes = 0
      return count
    },
    counts: () => ({ stored: records.size, evicted, bytes }),
  }
}

function positive(name: string, value: unknown, most: number): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value
  throw problems.badOption(`memoryStore.${name}`, describe(value), `a whole number from 1 to ${most.toLocaleString('en-US')}`)
}
