import { EventEmitter } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, serve, sleep } from './harness.ts'

/** What listeners return is the app's: a rejection is reported by Node, or not, as on an emitter that is not watched. */

let app: Running
afterEach(() => app.close())

const fails = async (): Promise<never> => {
  await sleep(1)
  throw new Error('failed')
}
const handled = (): Promise<never> => {
  const failing = fails()
  failing.catch(() => {})
  return failing
}
/** A listener that stands for another one, by Node's own mark. */
const standsFor = (listener: () => unknown, wrapper: () => unknown): (() => unknown) => Object.assign(wrapper, { listener })

/** A function of the app's with the name of Node's own. */
function onceWrapper(): Promise<never> {
  return handled()
}

const cases: Record<string, { add: (bus: EventEmitter) => void; reports: string[] }> = {
  'async listener': { add: (bus) => bus.on('x', fails), reports: ['failed'] },
  'async listener, once': { add: (bus) => bus.once('x', fails), reports: ['failed'] },
  'wrapper that handles what the async listener returns': { add: (bus) => bus.on('x', standsFor(fails, handled)), reports: [] },
  'the same, once': { add: (bus) => bus.once('x', standsFor(fails, handled)), reports: [] },
  'wrapper with the name of a wrapper of Node': { add: (bus) => bus.on('x', standsFor(fails, onceWrapper)), reports: [] },
  'wrapper that passes on what the async listener returns': {
    add: (bus) =>
      bus.on(
        'x',
        standsFor(fails, () => fails()),
      ),
    reports: ['failed'],
  },
  'async wrapper': {
    add: (bus) =>
      bus.on(
        'x',
        standsFor(handled, async () => handled()),
      ),
    reports: ['failed'],
  },
}

describe('a rejection of a listener is reported as on a bare emitter', () => {
  it.each(Object.entries(cases))('%s', async (_name, { add, reports }) => {
    const [bare, watched] = [new EventEmitter(), new EventEmitter()]
    add(bare)
    add(watched)
    const heard: string[] = []
    const before = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (reason) => heard.push((reason as Error).message))
    try {
      bare.emit('x')
      await sleep(10)
      expect(heard.splice(0), 'bare').toEqual(reports)
      app = await serve(
        { watch: [watched] },
        (toolbar) => (req, res) =>
          toolbar(req, res, async () => {
            watched.emit('x')
            await sleep(10)
            res.end()
          }),
      )
      await app.get('/')
      expect(heard, 'watched').toEqual(reports)
      expect((await app.latest('/')).counts).toMatchObject({ signal: 1 })
    } finally {
      process.removeAllListeners('unhandledRejection')
      for (const listener of before) process.on('unhandledRejection', listener)
    }
  })
})
