import { now } from './clock.ts'

/**
 * How long the event loop was held up, and when. One timer for all requests; it runs only while there are some,
 * never keeps the process alive, and costs a request nothing.
 */

const intervalMs = 20
/** ticks without a request after which the timer stops */
const idleTicks = 50
const remembered = 256

export class LoopDelay {
  private timer: NodeJS.Timeout | null = null
  private lastTick = 0
  private idle = 0
  private readonly ends = new Float64Array(remembered)
  private readonly delays = new Float64Array(remembered)
  private next = 0

  /** A request began. */
  start(): void {
    this.idle = 0
    if (this.timer !== null) return
    this.lastTick = now()
    this.timer = setInterval(() => this.tick(), intervalMs)
    this.timer.unref()
  }

  /** The longest hold-up that overlaps the interval, in ms; the one still going on included. */
  longest(fromMs: number, toMs: number): number {
    let longest = this.timer === null ? 0 : now() - this.lastTick - intervalMs
    if (longest < 1) longest = 0
    else longest = Math.min(longest, toMs - fromMs)
    // newest first: those before it have ended before, too
    for (let back = 1; back <= remembered; back++) {
      const index = (this.next - back + remembered) % remembered
      const end = this.ends[index] as number
      if (end <= fromMs) break
      const delay = this.delays[index] as number
      if (end - delay < toMs && delay > longest) longest = Math.min(delay, toMs - fromMs)
    }
    return longest
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer)
    this.timer = null
  }

  private tick(): void {
    const at = now()
    const delay = at - this.lastTick - intervalMs
    this.lastTick = at
    if (delay > 1) {
      this.ends[this.next] = at
      this.delays[this.next] = delay
      this.next = (this.next + 1) % remembered
    }
    if (++this.idle > idleTicks) this.stop()
  }
}
