import { getHeapStatistics } from 'node:v8'
import { now } from './clock.ts'

/** Figures of the whole process at one moment. */
export interface Reading {
  readonly atMs: number
  readonly cpu: NodeJS.CpuUsage
  readonly loop: ReturnType<typeof performance.eventLoopUtilization>
  readonly heapBytes: number
}

/** Asking the system costs more than recording a query: a reading this young is read again. */
const freshMs = 0.25

let last: Reading | null = null

/** What the process used so far. At most a quarter of a millisecond old. */
export function readMeter(): Reading {
  const atMs = now()
  if (last !== null && atMs - last.atMs < freshMs) return last
  last = { atMs, cpu: process.cpuUsage(), loop: performance.eventLoopUtilization(), heapBytes: getHeapStatistics().used_heap_size }
  return last
}
