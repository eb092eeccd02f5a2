import { describe, expect, it } from 'vitest'
import { replaceBetween, toReport } from '../lib/report.mjs'
import { createQuickResults, createResults } from './results.js'

describe('report', () => {
  it('shows medians with their range, and what the toolbar adds to the limit', () => {
    const report = toReport(createResults())
    expect(report).toContain('| toolbar | **1.30** [1.20–1.50] | **1.30** [1.20–1.50] |')
    expect(report).toContain('| toolbar | 130 | 130 |')
    expect(report).toContain('| toolbar | 0.20 | 0.20 |')
  })

  it('shows start-up and memory beside the bare app', () => {
    const report = toReport(createResults())
    expect(report).toContain('| toolbar | 260 | +60 |')
    expect(report).toContain('| toolbar | 116 | +16 | 10 |')
  })

  it('shows the cost of a query, what is sent, and other Nodes', () => {
    const report = toReport(createResults(), { chart: 'chart.svg' })
    expect(report).toContain('| debug-toolbar over async context, µs per query | 3.0 | 3.5 |')
    expect(report).toContain('| headers | 180 |')
    expect(report).toContain('| the SQL panel of 1,000 queries, with its record | 25.0 | 100.0 |')
    expect(report).toContain('| the same, the first one of a process | 60.0 | 90.0 |')
    expect(report).toContain('**Node 24.0.0: ratio to bare**')
    expect(report).toContain('](chart.svg)')
  })

  it('has no table of what was not measured', () => {
    const report = toReport(createQuickResults())
    expect(report).toContain('**1.30** [1.20–1.50]')
    expect(report).not.toMatch(/Memory after|What is sent|As queries become many|Node 24|NaN|undefined|null/)
  })

  it('is short where only a part was taken', () => {
    const { settings } = createResults()
    const nothing = { samples: [], startups: [], routes: [], scaling: null, nodes: [], memory: [], memoryRequests: 0 }
    const report = toReport(createResults({ ...nothing, settings: { ...settings, processes: 0 } }))
    expect(report).toMatch(/^Measured 2026-01-02 on Node 20.20.2, 2 × a CPU, linux, in 16 minutes\.\n/)
    expect(report).toContain('**What is sent**')
    expect(report).not.toMatch(/CPU per request|CPU to listening|NaN|undefined|null/)
  })

  it('replaces what stands between its markers and nothing else', () => {
    const text = 'before\n<!-- results:begin -->\nold\n<!-- results:end -->\nafter'
    expect(replaceBetween(text, 'results', 'new')).toBe('before\n<!-- results:begin -->\n\nnew\n<!-- results:end -->\nafter')
    expect(() => replaceBetween('nothing', 'results', 'new')).toThrow('needs the markers')
  })
})
