import { debugToolbar, type RequestList, type Toolbar } from 'debug-toolbar'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { allHooks, type Fault, maxInARow, resetHooks, setFault } from '../../dist/internals.js'
import { sleep } from '../harness.ts'
import { type App, type Libraries, openLibraries, startApp } from './app.ts'
import { type Step, steps } from './steps.ts'

/**
 * Every hook of ours fails, one at a time, in every way, and the app and its clients see what they see without the toolbar.
 * The list of hooks is the registry of `guard`: one that nothing here reaches fails the test.
 */

const ways: Record<string, (name: string) => Fault> = {
  'throws before its work': (name) => (hook, when) => {
    if (hook === name && when === 'before') throw new Error('planted')
    return undefined
  },
  'throws after its work': (name) => (hook, when) => {
    if (hook === name && when === 'after') throw new Error('planted')
    return undefined
  },
  rejects: (name) => (hook, when) => (hook === name && when === 'before' ? Promise.reject(new Error('planted')) : undefined),
  hangs: (name) => (hook, when) => (hook === name && when === 'before' ? new Promise(() => {}) : undefined),
}

/** @param most how many steps each hook is tried with in each way. All of those chosen for a hook are reached over the four ways together. */
export function failuresOfOurs(most: number): void {
  let libraries: Libraries
  let app: App
  let toolbar: Toolbar
  const bare = new Map<Step, unknown>()
  const reachedBy = new Map<string, Set<Step>>()
  const unhandled: unknown[] = []
  const onUnhandled = (error: unknown): void => void unhandled.push(error)

  beforeAll(async () => {
    libraries = await openLibraries()
    const plain = await startApp(libraries, null)
    for (const step of steps) bare.set(step, await step.run(plain, libraries))
    await plain.close()
    const { db, narrow, sqlite, pg, lost, mysql, bus, logger } = libraries
    toolbar = debugToolbar({ watch: { db, narrow, sqlite, pg, lost, mysql, bus, logger }, ignore: [() => false], limits: { sealMs: 20 } })
    app = await startApp(libraries, toolbar)
    const answer = await fetch(`http://127.0.0.1:${app.port}/__debug__/api/stream`)
    void answer.body?.pipeTo(new WritableStream())
    process.on('unhandledRejection', onUnhandled)
  })

  afterAll(async () => {
    setFault(null)
    process.off('unhandledRejection', onUnhandled)
    toolbar.close()
    await app.close()
    await libraries.close()
  })

  /** Runs a step and waits for what the toolbar does after it, or until that is known to have happened. */
  const see = async (step: Step, happened: () => boolean = () => false): Promise<unknown> => {
    const seen = await step.run(app, libraries)
    // in turns, not in ms: a process that is held up has not had its time
    const turns = step.name.startsWith('work ') ? 20 : 1
    for (let turn = 0; turn < turns && !(turn > 0 && happened()); turn++) await sleep(2)
    // other timers that are due in the same turn
    await new Promise(setImmediate)
    return seen
  }
  const failuresOf = (hook: string): number => allHooks().find(({ name }) => name === hook)?.failures ?? 0

  it('does not happen: with the toolbar the app sees what it sees without, and every hook is reached', async () => {
    for (const step of steps) {
      setFault((name) => {
        const reached = reachedBy.get(name) ?? new Set()
        reachedBy.set(name, reached.add(step))
        return undefined
      })
      expect(await see(step), step.name).toEqual(bare.get(step))
    }
    setFault(null)
    expect(allHooks().filter(({ failures }) => failures > 0)).toEqual([])
    expect(
      allHooks()
        .map(({ name }) => name)
        .filter((name) => !reachedBy.has(name)),
    ).toEqual([])
  })

  describe.each(Object.entries(ways).map(([way, plant], turn) => [way, plant, turn] as const))('%s', (way, plant, turn) => {
    it('is not seen by the app, and is counted', async () => {
      for (const [hook, reached] of reachedBy) {
        resetHooks()
        setFault(plant(hook))
        for (const step of inTurn(chosen(reached), turn, most)) {
          const before = failuresOf(hook)
          expect(await see(step, () => failuresOf(hook) > before), `${hook} ${way}: ${step.name}`).toEqual(bare.get(step))
        }
        // what is put off may have been reached in a step that only came after the one it was of
        for (const step of steps.filter(({ name }) => typical.has(name))) if (failuresOf(hook) === 0) await see(step)
        await vi.waitFor(() => expect(failuresOf(hook), `${hook} ${way}`).toBeGreaterThan(0))
        setFault(null)
        expect(unhandled, hook).toEqual([])
        const { counts } = (await (await fetch(`http://127.0.0.1:${app.port}/__debug__/api/requests?limit=1`)).json()) as RequestList
        const { received, running, stored, evicted, cleared, dropped, ignored } = counts
        expect(running + stored + evicted + cleared + dropped + ignored, `${hook} ${way}: requests accounted for`).toBe(received)
      }
    })
  })

  it('ten times in a row switches its part off, with one line that says so and never the message', async () => {
    const said: string[] = []
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
    try {
      // one hook of each part, the last: what ends an entry must end its beginning too
      const parts = new Map([...reachedBy.keys()].map((name) => [name.split('.')[0], name]))
      for (const hook of parts.values()) {
        const reached = reachedBy.get(hook) as Set<Step>
        if (stays.has(hook)) continue
        resetHooks()
        setFault((name, when) => {
          if (name === hook && when === 'before') throw new Error('CANARY')
          return undefined
        })
        const fails = (): number => failuresOf(hook)
        for (const step of quickest(reached))
          for (let round = 0; round < maxInARow + 2 && fails() < maxInARow; round++)
            expect(await see(step, moreThan(fails)), `${hook}, round ${round}: ${step.name}`).toEqual(bare.get(step))
        expect(fails(), hook).toBe(maxInARow)
        for (const step of quickest(reached).slice(0, 3)) expect(await see(step), `${hook}, off: ${step.name}`).toEqual(bare.get(step))
        expect(fails(), `${hook} is off`).toBe(maxInARow)
        setFault(null)
        const health = (await (await fetch(`http://127.0.0.1:${app.port}/__debug__/api/health`)).json()) as Health
        expect(health.hooks.find(({ name }) => name === hook)).toMatchObject({ failures: maxInARow, lastError: 'Error: CANARY', off: true })
      }
    } finally {
      write.mockRestore()
    }
    for (const part of new Set([...reachedBy.keys()].map((name) => name.split('.')[0])))
      expect(said.filter((line) => line.includes(`'${part}' is switched off`)).length, part).toBeLessThanOrEqual(1)
    expect(said.join('')).not.toContain('CANARY')
  })
}

const moreThan = (fails: () => number): (() => boolean) => {
  const before = fails()
  return () => fails() > before
}

/** Where failures are shown, and where they cost no more than a small part of the time. */
const stays = new Set(['serve.request', 'telling.tell'])

interface Health {
  hooks: { name: string; failures: number; lastError: string | null; off: boolean }[]
}

/** A hook that all steps reach is tried with those that differ most. */
function chosen(reached: ReadonlySet<Step>): Step[] {
  const all = [...reached]
  return all.length <= 8 ? all : all.filter(({ name }) => typical.has(name))
}

/** `most` of them, others in each way: the ways together take all, where they are no more than four times as many. */
function inTurn(all: readonly Step[], turn: number, most: number): readonly Step[] {
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, at) => all[(turn * most + at) % all.length] as Step)
}

/** What waits comes last. */
function quickest(reached: ReadonlySet<Step>): Step[] {
  const waits = ({ name }: Step): boolean => name.startsWith('work ') || name.startsWith('a client that leaves')
  return [...reached].sort((a, b) => Number(waits(a)) - Number(waits(b)))
}

const typical = new Set([
  'a page',
  'a page in pieces',
  'a page of a promised length',
  'an end that fails, and one that does not',
  'an error that is passed on',
  'a client that leaves',
  'knex',
])
