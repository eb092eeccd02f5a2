import { describe, expect, it } from 'vitest'
import { inPairs } from '../lib/in-pairs.mjs'
import { chunks, median, quantile, shuffle } from '../lib/statistics.mjs'
import { isSteady } from '../lib/steady.mjs'

describe('statistics', () => {
  it('takes the middle value, or the mean of the middle two', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect([0, 0.25, 0.5, 1].map((part) => quantile([40, 10, 30, 20, 50], part))).toEqual([10, 20, 30, 50])
    expect(quantile([1, 2], 0.25)).toBe(1.25)
    expect(quantile([7], 0.75)).toBe(7)
  })

  it('shuffles without losing anything', () => {
    expect(shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5])
  })

  it('makes groups, the last of which may be smaller', () => {
    expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  })
})

describe('a process', () => {
  const settings = { tolerance: 0.05, least: 5 }

  it('has not settled while it gets cheaper', () => {
    expect(isSteady([100, 80, 60, 50, 45, 40], settings)).toBe(false)
  })

  it('has settled when two passes brought nothing', () => {
    expect(isSteady([100, 80, 60, 59, 58], settings)).toBe(true)
  })

  it('is not held up by one dear pass, nor let through by two', () => {
    expect(isSteady([100, 60, 60, 61, 90], settings)).toBe(true)
    expect(isSteady([100, 80, 90, 85, 60], settings)).toBe(false)
  })

  it('has a least number of passes', () => {
    expect(isSteady([50, 50, 50, 50], settings)).toBe(false)
  })
})

describe('work in pairs', () => {
  it('does everything once, two at a time', async () => {
    let running = 0
    let most = 0
    const done = []
    await inPairs([1, 2, 3, 4, 5], async (item) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running--
      done.push(item)
    })
    expect([done.sort(), most]).toEqual([[1, 2, 3, 4, 5], 2])
  })

  it('fails with the first failure', async () => {
    const failing = inPairs([1, 2], (item) => (item === 2 ? Promise.reject(new Error('no')) : Promise.resolve()))
    await expect(failing).rejects.toThrow('no')
  })
})
