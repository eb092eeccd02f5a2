import { inspect } from 'node:util'
import type { Toolbar } from 'debug-toolbar'
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, serve, sleep } from './harness.ts'

/** A measured promise is the app's: what becomes of it, and what is reported of it, is as without the toolbar. */

let app: Running | undefined
afterEach(async () => {
  await app?.close()
  app = undefined
})

type Measure = Toolbar['measure']
type Scenario = (measure: Measure, log: (...seen: unknown[]) => void) => unknown

/** Calls `then` of its class, and says how often it was called. */
class Lazy extends Promise<string> {
  static made = 0
  started = 0

  constructor(executor: (resolve: (value: string) => void, reject: (error: unknown) => void) => void) {
    super(executor)
    Lazy.made++
  }

  // biome-ignore lint/suspicious/noThenProperty: that is the case
  override then<A = string, B = never>(
    onValue?: ((value: string) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.started++
    return super.then(onValue, onError)
  }
}

class Plain extends Promise<string> {
  static made = 0

  constructor(executor: (resolve: (value: string) => void, reject: (error: unknown) => void) => void) {
    super(executor)
    Plain.made++
  }
}

const problem = (message: string): Error => new Error(message)
const fails = async (message: string, milliseconds = 1): Promise<never> => {
  await sleep(milliseconds)
  throw problem(message)
}

const scenarios: Record<string, Scenario> = {
  'rejected and handled before, dropped': (measure) => {
    const failing = Promise.reject(problem('handled'))
    failing.catch(() => {})
    measure('warm', () => failing)
  },
  'pending and handled before, dropped': (measure) => {
    const failing = fails('handled')
    failing.catch(() => {})
    measure('warm', () => failing)
  },
  'handled later by another holder, dropped here': async (measure) => {
    const cache = fails('handled', 5)
    measure('warm', () => cache)
    await sleep(1)
    await cache.catch(() => {})
  },
  'nobody handles it': (measure) => {
    measure('warm', () => fails('nobody'))
  },
  'nobody handles that of an async function': (measure) => {
    measure('warm', async () => fails('nobody'))
  },
  'nobody handles what is derived of it': (measure) => {
    measure('warm', () => fails('nobody')).then(() => {})
  },
  'awaited and caught': async (measure, log) => {
    for (const run of [() => fails('caught'), async () => fails('caught'), () => Promise.reject(problem('caught'))])
      await measure('caught', run).catch((error: Error) => log(error.message))
  },
  'handled when it was reported already': async (measure, log) => {
    const late = measure('late', () => fails('late'))
    await sleep(10)
    await late.catch(() => log('handled at last'))
  },
  'measured twice, caught once': async (measure, log) => {
    await measure('outer', () => measure('inner', () => fails('caught'))).catch(() => log('caught'))
  },
  'all, race, return and resolve': async (measure, log) => {
    const one = (): Promise<number> => measure('one', () => sleep(1).then(() => 1))
    log(await Promise.all([one(), one()]), await Promise.race([one()]), await (async () => one())(), await new Promise((to) => to(one())))
    log(await one().finally(() => log('finally')))
  },
  'the very promise comes back, with what it carries': async (measure, log) => {
    const cancellable = Object.assign(sleep(1), { cancel: () => 'cancelled' })
    const measured = measure('fetch', () => cancellable)
    log(measured === cancellable, measured.cancel(), Object.getOwnPropertyNames(measured), measured instanceof Promise)
    log(inspect(measured).split('\n', 1), Object.prototype.toString.call(measured))
    log(measured.constructor === Promise, Object.getPrototypeOf(measured) === Promise.prototype)
    await measured
    const frozen = Object.freeze(sleep(1))
    log(measure('frozen', () => frozen) === frozen, await frozen)
  },
  'a constructor of its own': async (measure, log) => {
    class Other {}
    const measured = measure('fetch', () => sleep(1))
    ;(measured as { constructor: unknown }).constructor = Other
    log(measured.constructor === Other, Object.keys(measured), Object.getPrototypeOf(measured) === Promise.prototype)
  },
  'a subclass: its constructor and its `then` are not called by others': async (measure, log) => {
    Lazy.made = Plain.made = 0
    const lazy = measure('lazy', () => new Lazy((resolve) => resolve('lazy')))
    const plain = measure('plain', () => new Plain((resolve) => resolve('plain')))
    log(lazy.started, Lazy.made, Plain.made)
    log(await lazy, lazy.started, Lazy.made, await plain, Plain.made, plain.constructor === Plain)
  },
  'who waits first is told first, in the same turn': async (measure, log) => {
    const later = Promise.resolve()
    const measured = measure('now', () => Promise.resolve())
    measured.then(() => log('measured'))
    later.then(() => log('later')).then(() => log('a turn later'))
    await measured.then(() => log('measured again'))
  },
}

/** What the app sees, and what Node reports of rejections. */
async function seen(measure: Measure, scenario: Scenario): Promise<unknown[][]> {
  const lines: unknown[][] = []
  await scenario(measure, (...line) => lines.push(line))
  await sleep(20)
  return lines
}

async function inRequest(scenario: Scenario): Promise<unknown[][]> {
  let lines: unknown[][] = []
  app = await serve(
    {},
    (toolbar) => (req, res) =>
      toolbar(req, res, async () => {
        lines = await seen(toolbar.measure, scenario)
        res.end()
      }),
  )
  await app.get('/')
  return lines
}

async function withReports(run: () => Promise<unknown[][]>): Promise<{ lines: unknown[][]; reports: string[] }> {
  const reports: string[] = []
  const events = ['unhandledRejection', 'rejectionHandled'] as const
  const before = events.map((event) => process.listeners(event as 'exit'))
  for (const event of events) process.removeAllListeners(event)
  process.on('unhandledRejection', (reason) => reports.push(`unhandled ${(reason as Error).message}`))
  process.on('rejectionHandled', () => reports.push('handled after all'))
  try {
    return { lines: await run(), reports }
  } finally {
    events.forEach((event, index) => {
      process.removeAllListeners(event)
      for (const listener of before[index] ?? []) process.on(event as 'exit', listener)
    })
  }
}

describe('a measured promise is as a bare one', () => {
  it.each(Object.entries(scenarios))('%s', async (_name, scenario) => {
    const bare = await withReports(() => seen((_label, run) => run(), scenario))
    expect(await withReports(() => inRequest(scenario))).toEqual(bare)
  })
})

describe('the time of a measured promise', () => {
  type Times = Record<string, { ms: number; status: string }>

  /** Spans of a request by name, and what its own clock says of those that `timed` waits for. */
  async function spansOf(work: (measure: Measure, timed: Timed) => unknown): Promise<{ spans: Times; waits: Record<string, number> }> {
    const waits: Record<string, number> = {}
    app = await serve(
      {},
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          await work(toolbar.measure, async (name, run) => {
            const from = performance.now()
            try {
              return await toolbar.measure(name, run)
            } finally {
              waits[name] = performance.now() - from
            }
          })
          res.end()
        }),
    )
    await app.get('/')
    const entries = await app.entries((await app.latest('/')).id, 'span')
    return { spans: Object.fromEntries(entries.map(({ name, durationMs, status }) => [name, { ms: durationMs ?? -1, status }])), waits }
  }
  type Timed = (name: string, run: () => unknown) => Promise<unknown>

  it('is that until it settles, whatever returned it and however it is waited for', async () => {
    const { spans, waits } = await spansOf(async (measure, timed) => {
      await timed('async function', async () => sleep(30))
      await timed('arrow', () => sleep(30))
      await Promise.all([timed('all', () => sleep(30)), timed('of all', () => sleep(60))])
      await timed('outer', () => measure('inner', () => sleep(30)))
      await timed('returned', async () => measure('in return', () => sleep(30)))
      await timed('failed', () => fails('as before', 30)).catch(() => {})
    })
    for (const [name, ms] of Object.entries(waits)) {
      expect(spans[name]?.ms, name).toBeGreaterThan(name === 'of all' ? 58 : 28)
      expect(spans[name]?.ms, name).toBeLessThan(ms + 1)
    }
    for (const name of ['inner', 'in return']) expect(spans[name]?.ms, name).toBeGreaterThan(28)
    expect(Object.keys(waits)).toHaveLength(7)
    expect(Object.entries(spans).filter(([, { status }]) => status !== 'ok')).toEqual([
      ['failed', { ms: expect.any(Number), status: 'error' }],
    ])
  })

  it('is that until the return where nobody waits for what a plain function returned', async () => {
    const { spans } = await spansOf(async (measure) => {
      measure('dropped', () => sleep(50))
      measure('dropped async', async () => sleep(50))
      await sleep(80)
    })
    expect(spans).toMatchObject({ dropped: { status: 'ok' }, 'dropped async': { status: 'ok' } })
    expect(spans.dropped?.ms).toBeLessThan(30)
    expect(spans['dropped async']?.ms).toBeGreaterThan(48)
  })

  it('is in the times of the request once', async () => {
    const { spans } = await spansOf(async (measure) => {
      await Promise.all([measure('one', () => sleep(40)), measure('two', () => sleep(40))])
    })
    const { span } = (await app?.latest('/'))?.times ?? {}
    expect(span).toBeGreaterThan(38)
    expect(span).toBeLessThan((spans.one?.ms ?? 0) + (spans.two?.ms ?? 0) - 20)
  })
})
