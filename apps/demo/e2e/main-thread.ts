import type { BrowserContext, CDPSession, Page } from '@playwright/test'

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  /** µs */
  ts: number
  dur?: number
  /** µs on the CPU: another process of the machine is not the page's work */
  tdur?: number
}

export interface MainThreadWork {
  frames: number
  /** ms of tasks per frame: 95 of 100 frames had no more */
  p95: number
  /** ms */
  longestTask: number
}

/** What the page's main thread did while `action` ran, by Chromium's own trace. */
export async function traceMainThread(page: Page, action: (session: CDPSession) => Promise<unknown>): Promise<MainThreadWork> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value as unknown as TraceEvent[]) events.push(event)
  })
  const includedCategories = ['toplevel', 'devtools.timeline']
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } })
  await action(session)
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.end')
  await complete
  await session.detach()
  return toWork(events)
}

/** ms that the rows of `slowness` take on the machine on which the limits of main-thread work were set */
const REFERENCE_MS = 6

/**
 * How many times slower than the machine on which the limits were set this one is at this moment, at least 1: limits in ms of
 * work are multiplied by it. What is timed is 200 plain rows that are made and laid out in an empty page of their own.
 */
export async function slowness(context: BrowserContext): Promise<number> {
  const page = await context.newPage()
  const times = await page.evaluate(() => {
    const row = (at: number) =>
      `<p style="display: grid; grid-template-columns: 40px 1fr 80px"><b>${at}</b><code>select * from products where id = ${at}</code><i>${at} ms</i></p>`
    return Array.from({ length: 60 }, () => {
      const host = document.body.appendChild(document.createElement('div'))
      host.style.cssText = 'position: absolute; inset: 0; contain: strict'
      const start = performance.now()
      host.innerHTML = Array.from({ length: 200 }, (_, at) => row(at)).join('')
      host.lastElementChild?.getBoundingClientRect()
      const ms = performance.now() - start
      host.remove()
      return ms
    })
  })
  await page.close()
  // the first ones run before they are compiled
  const median = times.slice(40).sort((a, b) => a - b)[10] as number
  return Math.max(1, median / REFERENCE_MS)
}

function toWork(events: readonly TraceEvent[]): MainThreadWork {
  const starts = events.filter(({ name }) => name === 'Layerize')
  const [first] = starts
  if (!first) throw new Error(`The trace of ${events.length} events has no frame`)
  const own = (event: TraceEvent) => event.pid === first.pid && event.tid === first.tid
  const frames = starts
    .filter(own)
    .map(({ ts }) => ts)
    .sort((a, b) => a - b)
  const tasks = events.filter(
    (event) => own(event) && event.ph === 'X' && event.name === 'ThreadControllerImpl::RunTask' && event.dur !== undefined,
  )
  if (tasks.length === 0) throw new Error('The trace has no tasks')
  const work = frames.map(() => 0)
  let longest = 0
  let frame = 0
  for (const { ts, dur = 0, tdur = dur } of tasks.toSorted((a, b) => a.ts - b.ts)) {
    // a task belongs to the first frame that begins in it or after it: what was done for that frame
    while (frame < frames.length - 1 && (frames[frame] as number) < ts) frame++
    work[frame] = (work[frame] as number) + tdur / 1_000
    if (ts + dur >= (frames[0] as number) && ts <= (frames.at(-1) as number)) longest = Math.max(longest, dur / 1_000)
  }
  // before the first frame is not scrolling
  const sorted = work.slice(1).sort((a, b) => a - b)
  return { frames: sorted.length, p95: sorted[Math.floor(sorted.length * 0.95)] ?? 0, longestTask: longest }
}
