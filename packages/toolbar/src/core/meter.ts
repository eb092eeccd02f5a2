import { getHeapStatistics } from 'node:v8'
import { now } from './clock.ts'

/** Figures of the whole process at one moment. */
export interface Reading {
  readonly atMs: number
  readonly cpu: NodeJS.CpuUsage
  readonly loop: ReturnType<typeof performance.eventLoopUtilization>
  readonly heapBytes: number
}

/**
 * Asking the system for the CPU time of all threads costs as much as recording a dozen queries, and more on a busy machine. So it is asked
 * this often at most; in between, the time that the event loop was busy since is added, which is what a request on this thread used.
 */
const askedEveryMs = 20

interface Sample {
  readonly atMs: number
  readonly cpu: NodeJS.CpuUsage
  readonly activeMs: number
}

let sample: Sample | null = null

/** What the process used so far. */
export function readMeter(): Reading {
  const atMs = now()
  const loop = performance.eventLoopUtilization()
  if (sample === null || atMs - sample.atMs >= askedEveryMs) {
    sample = { atMs, cpu: process.cpuUsage(), activeMs: loop.active }
  }
  const { cpu, activeMs } = sample
  return {
    atMs,
    cpu: { user: cpu.user + (loop.active - activeMs) * 1_000, system: cpu.system },
    loop,
    heapBytes: getHeapStatistics().used_heap_size,
  }
}
