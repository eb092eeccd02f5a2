import { afterEach, describe, expect, it } from 'vitest'
import { allHooks, guard, maxInARow, resetHooks, setFault } from './guard.ts'

afterEach(() => {
  setFault(null)
  resetHooks()
})

describe('guard', () => {
  it('never throws, and counts what failed with its last words', () => {
    const hook = guard('test.throws', () => {
      throw new TypeError('broken')
    })
    expect(hook()).toBeUndefined()
    expect(allHooks().find(({ name }) => name === 'test.throws')).toMatchObject({
      failures: 1,
      lastError: 'TypeError: broken',
      part: { off: false },
    })
  })

  it('switches a hook off that fails again and again, but not one that recovers', () => {
    let runs = 0
    let broken = true
    const hook = guard('test.flaky', () => {
      runs++
      if (broken) throw new Error('x')
      return 'ok'
    })
    for (let index = 0; index < maxInARow - 1; index++) hook()
    broken = false
    expect(hook()).toBe('ok')
    broken = true
    for (let index = 0; index < maxInARow + 5; index++) hook()
    expect(runs).toBe(maxInARow * 2)
    expect(allHooks().find(({ name }) => name === 'test.flaky')).toMatchObject({ part: { off: true } })
  })

  it('survives errors that defend themselves', () => {
    const hostile = new Proxy(new Error('x'), {
      get() {
        throw new Error('no')
      },
    })
    expect(
      guard('test.hostile', () => {
        throw hostile
      })(),
    ).toBeUndefined()
  })

  it('can be made to fail by name', () => {
    const hook = guard('test.fault', () => 'ok')
    setFault((name) => {
      if (name === 'test.fault') throw new Error('injected')
      return undefined
    })
    expect(hook()).toBeUndefined()
    setFault(null)
    expect(hook()).toBe('ok')
  })
})
