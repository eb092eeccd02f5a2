import { EventEmitter } from 'node:events'
import type { SignalData } from 'debug-toolbar'
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, serve, sleep } from './harness.ts'

let app: Running
afterEach(() => app.close())

/** Runs `work` in a request that watches `emitter`, and returns its signals. */
async function record(emitter: EventEmitter, work: () => unknown) {
  app = await serve(
    { watch: { bus: emitter } },
    (toolbar) => (req, res) =>
      toolbar(req, res, async () => {
        await work()
        res.end()
      }),
  )
  await app.get('/')
  const request = await app.latest('/')
  return { request, signals: await app.entries<SignalData>(request.id, 'signal') }
}

describe('signals', () => {
  it('records event, arguments, and every listener with its name, place and own time', async () => {
    const bus = new EventEmitter()
    bus.on('sold', function stock() {
      const until = performance.now() + 8
      while (performance.now() < until);
    })
    bus.on('sold', function mail() {})
    const { signals } = await record(bus, () => bus.emit('sold', { id: 7, title: 'كتاب', card: '4111 1111 1111 1111' }, [1, 2]))
    expect(signals).toHaveLength(1)
    const [signal] = signals
    expect(signal?.data).toMatchObject({
      event: 'sold',
      emitter: 'bus',
      args: [{ id: 7, title: 'كتاب', card: expect.stringContaining('masked') }, [1, 2]],
    })
    expect(signal?.data.listeners.map(({ name, async, error }) => ({ name, async, error }))).toEqual([
      { name: 'stock', async: false, error: null },
      { name: 'mail', async: false, error: null },
    ])
    const [stock, mail] = signal?.data.listeners ?? []
    expect(stock?.durationMs).toBeGreaterThan(7)
    expect(mail?.durationMs).toBeLessThan(3)
    expect(stock?.site?.file).toMatch(/emitter\.test\.ts/)
    expect(signal?.site?.file).toMatch(/emitter\.test\.ts/)
  })

  it('gives an async listener its time when it settles', async () => {
    const bus = new EventEmitter()
    bus.on('later', async function slow() {
      await sleep(30)
    })
    const { signals } = await record(bus, async () => {
      bus.emit('later')
      await sleep(60)
    })
    const [listener] = signals[0]?.data.listeners ?? []
    expect(listener).toMatchObject({ async: true, error: null })
    expect(listener?.durationMs).toBeGreaterThan(28)
    expect(listener?.syncMs).toBeLessThan(10)
    expect(signals[0]?.durationMs).toBeLessThan(10)
  })

  it('still learns of a listener that settles after the response', async () => {
    const bus = new EventEmitter()
    bus.on('late', async () => sleep(400))
    const { signals, request } = await record(bus, () => bus.emit('late'))
    expect(signals[0]?.data.listeners[0]?.durationMs).toBeNull()
    await sleep(450)
    expect((await app.entries<SignalData>(request.id, 'signal'))[0]?.data.listeners[0]?.durationMs).toBeGreaterThan(45)
  })

  it('puts what a listener does inside the signal', async () => {
    const bus = new EventEmitter()
    bus.on('outer', () => bus.emit('inner'))
    bus.on('inner', () => {})
    const { signals } = await record(bus, () => bus.emit('outer'))
    expect(signals.map((signal) => signal.data.event)).toEqual(['outer', 'inner'])
    expect(signals[1]?.parentId).toBe(signals[0]?.id)
  })

  it('lists listeners that did not fire, and events nobody listens to', async () => {
    const bus = new EventEmitter()
    bus.on('never', function forgotten() {})
    const { request, signals } = await record(bus, () => bus.emit('unheard'))
    expect(signals[0]?.data.listeners).toEqual([])
    const panel = await app.panel<{ quiet: { event: string; listeners: { name: string; site: string }[] }[] }>(request.id, 'signals')
    expect(panel.quiet).toMatchObject([
      { event: 'never', listeners: [{ name: 'forgotten', site: expect.stringContaining('emitter.test.ts') }] },
    ])
  })

  it('names the listeners that a throwing one kept from being reached', async () => {
    const bus = new EventEmitter()
    bus.on('a', function throws() {
      throw new Error('stop')
    })
    bus.on('a', function behind() {})
    const { signals } = await record(bus, () => {
      try {
        bus.emit('a')
      } catch {}
    })
    expect(signals[0]?.data.listeners.map(({ name, reached, error }) => ({ name, reached, error }))).toEqual([
      { name: 'throws', reached: true, error: 'stop' },
      { name: 'behind', reached: false, error: null },
    ])
  })

  it('records an error without a listener as an error, and throws it as before', async () => {
    const bus = new EventEmitter()
    const thrown: unknown[] = []
    const problem = new Error('nobody listens')
    const { signals } = await record(bus, () => {
      try {
        bus.emit('error', problem)
      } catch (error) {
        thrown.push(error)
      }
    })
    expect(thrown).toEqual([problem])
    expect(signals[0]).toMatchObject({ status: 'error', data: { event: 'error', listeners: [] } })
  })
})

/** What an emitter does, as a log of what can be seen from outside. */
type Scenario = (bus: EventEmitter, log: (...seen: unknown[]) => void) => void | Promise<void>

const symbol = Symbol('private')
const scenarios: Record<string, Scenario> = {
  'once fires once, and is gone while it runs': (bus, log) => {
    bus.once('a', function only(this: unknown, ...args: unknown[]) {
      log('once', this === bus, args, bus.listenerCount('a'))
    })
    log(bus.emit('a', 1), bus.emit('a', 2), bus.listenerCount('a'))
  },
  'a listener removed during emit still runs this time': (bus, log) => {
    const second = () => log('second')
    bus.on('a', () => {
      log('first')
      bus.off('a', second)
    })
    bus.on('a', second)
    bus.emit('a')
    bus.emit('a')
  },
  'a listener added during emit runs next time': (bus, log) => {
    bus.on('a', () => {
      log('first')
      if (bus.listenerCount('a') < 3) bus.on('a', () => log('added'))
    })
    bus.emit('a')
    bus.emit('a')
  },
  'listeners and rawListeners look the same from inside': (bus, log) => {
    const one = () => log(bus.listeners('a').includes(one), bus.rawListeners('a').length, bus.listeners('a').length)
    bus.on('a', one)
    bus.once('a', () => log('two'))
    bus.emit('a')
    log(bus.listeners('a').includes(one), bus.rawListeners('a').includes(one))
  },
  'a throwing listener stops the others and throws to the caller': (bus, log) => {
    const problem = new TypeError('bad')
    bus.on('a', () => {
      throw problem
    })
    bus.on('a', () => log('never'))
    try {
      bus.emit('a')
    } catch (error) {
      log(error === problem)
    }
    log(bus.listenerCount('a'))
  },
  'symbol events, prepended listeners and return values': (bus, log) => {
    log(bus.emit(symbol))
    bus.on(symbol, () => log('last'))
    bus.prependListener(symbol, () => log('first'))
    log(bus.emit(symbol, 1, 2, 3))
  },
  'an error without a listener throws; with one it does not': (bus, log) => {
    try {
      bus.emit('error', new Error('x'))
    } catch (error) {
      log((error as Error).message)
    }
    try {
      bus.emit('error', 'text')
    } catch (error) {
      log((error as Error & { code: string }).code)
    }
    bus.on('error', (error: unknown) => log('heard', error))
    log(bus.emit('error', 1))
  },
  'the error monitor hears first': (bus, log) => {
    bus.on(EventEmitter.errorMonitor, () => log('monitor', bus.listenerCount('error')))
    bus.on('error', () => log('handler'))
    bus.emit('error', new Error('x'))
  },
  'captureRejections hands a rejection to error': async (_bus, log) => {
    const capturing = new EventEmitter({ captureRejections: true })
    if ((_bus as { watch?: (bus: EventEmitter) => void }).watch)
      (_bus as unknown as { watch: (bus: EventEmitter) => void }).watch(capturing)
    capturing.on('a', async () => {
      throw new Error('async')
    })
    capturing.on('error', (error: Error) => log('captured', error.message))
    capturing.emit('a')
    await sleep(10)
  },
  'a class with an emit of its own may change its listeners before they run': (_bus, log) => {
    class Own extends EventEmitter {
      private done = false

      override emit(event: string | symbol, ...args: unknown[]): boolean {
        if (event === 'go' && !this.done) {
          this.done = true
          this.on('go', () => log('added'))
          this.prependListener('go', () => log('prepended'))
        }
        super.emit('*', event)
        return super.emit(event, ...args)
      }
    }
    const own = new Own()
    ;(_bus as { watch?: (bus: EventEmitter) => void }).watch?.(own)
    const gone = () => log('gone')
    own.on('go', () => log('first'))
    own.on('go', gone)
    own.on('*', (event) => {
      if (event === 'go') own.off('go', gone)
    })
    log(own.emit('go'), own.listenerCount('go'))
    log(own.emit('go'), own.listeners('go').length, own.rawListeners('go').includes(gone))
  },
  'the same listener emits its own event once more': (bus, log) => {
    bus.on('a', (depth: number) => {
      log(depth, bus.listenerCount('a'))
      if (depth < 2) bus.emit('a', depth + 1)
      log('back', depth)
    })
    bus.emit('a', 0)
  },
}

describe('a watched emitter behaves as a bare one', () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    it(name, async () => {
      const seen: { bare: unknown[][]; watched: unknown[][] } = { bare: [], watched: [] }
      await scenario(new EventEmitter(), (...entry) => seen.bare.push(entry))
      const watched = new EventEmitter()
      await record(watched, async () => {
        Object.defineProperty(watched, 'watch', { value: (more: EventEmitter) => app.toolbar.watch(more) })
        await scenario(watched, (...entry) => seen.watched.push(entry))
      })
      expect(seen.watched).toEqual(seen.bare)
      expect(seen.bare.length).toBeGreaterThan(0)
    })
  }

  it('leaves a rejection of an async listener as unhandled as it was', async () => {
    const bus = new EventEmitter()
    const problem = new Error('unhandled')
    bus.on('a', async () => {
      throw problem
    })
    const heard: unknown[] = []
    const before = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (reason) => heard.push(reason))
    try {
      const { signals } = await record(bus, async () => {
        bus.emit('a')
        await sleep(20)
      })
      expect(heard).toEqual([problem])
      expect(signals[0]?.data.listeners[0]).toMatchObject({ error: 'unhandled', async: true })
    } finally {
      process.removeAllListeners('unhandledRejection')
      for (const listener of before) process.on('unhandledRejection', listener)
    }
  })

  it('does not touch a promise that somebody else may own', async () => {
    const bus = new EventEmitter()
    const shared = Promise.reject(new Error('handled elsewhere'))
    shared.catch(() => {})
    bus.on('a', () => shared)
    const { signals } = await record(bus, async () => {
      bus.emit('a')
      await sleep(10)
    })
    expect(signals[0]?.data.listeners[0]).toMatchObject({ async: true, error: null })
  })

  it('is recorded once, however often it is watched', async () => {
    const bus = new EventEmitter()
    const more: (() => void)[] = []
    const { signals } = await record(bus, () => {
      more.push(app.toolbar.watch(bus), app.toolbar.watch(bus, { name: 'again' }))
      bus.emit('a')
    })
    expect(signals).toHaveLength(1)
    for (const unwatch of more) unwatch()
    expect(Object.hasOwn(bus, 'emit')).toBe(true)
  })

  it('is itself again after close', async () => {
    const bus = new EventEmitter()
    await record(bus, () => bus.emit('a'))
    expect(Object.hasOwn(bus, 'emit')).toBe(true)
    app.toolbar.close()
    expect(Object.hasOwn(bus, 'emit')).toBe(false)
  })
})
