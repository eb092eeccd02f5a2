import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createPreferences, readPreferences } from './preferences.ts'

const defaults = readPreferences(null)

describe('preferences', () => {
  beforeEach(() => void vi.useFakeTimers())

  it('take each field by itself: a bad one falls back and leaves the others', () => {
    const stored = JSON.stringify({
      theme: 'dark',
      dock: 'left',
      height: '600',
      width: 500,
      barDock: 'tl',
      panel: '../x',
      open: 1,
      stepAside: false,
      unknown: true,
    })
    expect(readPreferences(stored)).toEqual({ ...defaults, theme: 'dark', width: 500, barDock: 'tl', stepAside: false })
  })

  it('are the defaults for anything that is no object', () => {
    for (const text of ['', '{', 'null', '[]', '"x"', '12']) expect(readPreferences(text)).toEqual(defaults)
  })

  it('are written once, a moment after the last change', () => {
    const setItem = vi.fn()
    const preferences = createPreferences(() => ({ getItem: () => null, setItem }) as unknown as Storage)
    preferences.set({ theme: 'dark' })
    preferences.set({ height: 300 })
    expect(setItem).not.toHaveBeenCalled()
    vi.advanceTimersByTime(300)
    expect(setItem).toHaveBeenCalledOnce()
    expect(JSON.parse(setItem.mock.calls[0]?.[1] as string)).toMatchObject({ theme: 'dark', height: 300 })
  })

  it('live in memory where storage is blocked, and say so', () => {
    const preferences = createPreferences(() => {
      throw new DOMException('no', 'SecurityError')
    })
    preferences.set({ theme: 'light' })
    vi.advanceTimersByTime(300)
    expect(preferences.value.value.theme).toBe('light')
    expect(preferences.problem.value).toBe('SecurityError')
  })
})
