import { performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import { now } from './clock.ts'

/** Figures of the whole process at one moment. */
export interface Reading {
  /** µs of all threads */
  readonly cpuUserUs: number
  readonly cpuSystemUs: number
  /** ms that the event loop was busy since it began, and ms it waited */
  readonly activeMs: number
  readonly idleMs: number
  readonly heapBytes: number
}

/**
 * Asking the system for the CPU time of all threads costs as much as recording a dozen queries, and more on a busy machine. So it is asked
 * this often at most; in between, the time that the event loop was busy since is added, which is what a request on this thread used.
 */
const askedEveryMs = 20
let askedMs = Number.NEGATIVE_INFINITY
let asked: NodeJS.CpuUsage = { user: 0, system: 0 }
let askedActiveMs = 0

/** The heap is asked this often in each of those times; the last answer stands for what comes after. */
const heapsAsked = 16
let heapsLeft = 0
let heapBytes = 0

const { nodeTiming } = performance
let loopStart = -1

/** What the process used so far. */
export function readMeter(): Reading {
  const atMs = now()
  if (loopStart <= 0) ({ loopStart } = nodeTiming)
  // as `performance.eventLoopUtilization()` has it, which makes an object
  const idleMs = loopStart > 0 ? nodeTiming.idleTime : 0
  const activeMs = loopStart > 0 ? atMs - loopStart - idleMs : 0
  if (atMs - askedMs >= askedEveryMs) {
    askedMs = atMs
    asked = process.cpuUsage()
    askedActiveMs = activeMs
    heapsLeft = heapsAsked
  }
  if (heapsLeft > 0) {
    heapsLeft--
    heapBytes = getHeapStatistics().used_heap_size
  }
  return {
    cpuUserUs: asked.user + (activeMs - askedActiveMs) * 1_000,
    cpuSystemUs: asked.system,
    activeMs,
    idleMs,
    heapBytes,
  }
}

/** The share of the time between two readings that the event loop was busy, 0 to 1. */
export function utilizationBetween(before: Reading, after: Reading): number {
  const active = after.activeMs - before.activeMs
  const all = active + after.idleMs - before.idleMs
  return all <= 0 ? 0 : active / all
}
