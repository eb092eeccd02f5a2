import { describe, expect, it } from 'vitest'
import { replaceBetween, toReport } from '../lib/report.mjs'
import { median, shuffle } from '../lib/statistics.mjs'

describe('statistics', () => {
  it('takes the middle value, or the mean of the middle two', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
  })

  it('shuffles without losing anything', () => {
    expect(shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5])
  })
})

describe('report', () => {
  it('shows medians with their range, and what the toolbar adds to the limit', () => {
    const configurations = ['bare', 'async-context', 'toolbar'].map((id) => ({ id, label: id }))
    const sample = (id, ratio) => ({ id, path: '/n1', cpuUs: ratio * 100, ratio })
    const report = toReport({
      configurations,
      routes: [{ path: '/n1', what: '51 queries' }],
      samples: [sample('bare', 1), sample('async-context', 1.1), ...[1.3, 1.2, 1.5].map((ratio) => sample('toolbar', ratio))],
      startups: configurations.map(({ id }) => ({ id, cpuMs: id === 'bare' ? 200 : 190 })),
      memory: configurations.map(({ id }) => ({ id, rss: 2 ** 27, heapAfterGc: 2 ** 24 })),
      settings: 'Measured.',
    })
    expect(report).toContain('| toolbar | **1.30** [1.20–1.50] |')
    expect(report).toContain('| (debug-toolbar − async context) / bare | 0.20 |')
    expect(report).toContain('| toolbar | 190 | −10 | 128 | 16 |')
  })

  it('replaces what stands between its markers and nothing else', () => {
    const text = 'before\n<!-- results:begin -->\nold\n<!-- results:end -->\nafter'
    expect(replaceBetween(text, 'results', 'new')).toBe('before\n<!-- results:begin -->\n\nnew\n<!-- results:end -->\nafter')
    expect(() => replaceBetween('nothing', 'results', 'new')).toThrow('needs the markers')
  })
})
