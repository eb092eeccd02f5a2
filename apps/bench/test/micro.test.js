import { describe, expect, it } from 'vitest'
import { inRoot } from '../../../scripts/lib/paths.mjs'
import { runNode } from '../../../scripts/lib/run.mjs'
import { judgeMicro, toLines } from '../micro/judge.mjs'

const run = inRoot('apps/bench/micro/run.mjs')

describe('the guard of the hot path', () => {
  const measured = (us, bytes) => ({ reference: { us: 5, bytes: 1000 }, rows: [{ id: 'log', us, bytes }] })
  const limits = { log: { time: 0.5, bytes: 0.2 } }

  it('passes what is within both limits, in units of the reference', () => {
    const [row] = judgeMicro(measured(2.5, 200), limits)
    expect(row).toMatchObject({ time: 0.5, size: 0.2, pass: true })
  })

  it('fails what takes too long or allocates too much, and says so', () => {
    for (const dear of [measured(2.6, 0), measured(0, 201)]) {
      const judged = judgeMicro(dear, limits)
      expect(judged[0].pass).toBe(false)
      expect(toLines(dear, judged).join('\n')).toMatch(/log .*FAIL/)
    }
  })

  it.each([
    ['time', /time (\S+) of at most (\S+),/],
    ['bytes', /bytes (\S+) of at most (\S+) /],
  ])(
    'fails a real run in which every entry takes as much again as its limit in %s',
    async (what, figures) => {
      const { code, output } = await runNode([run, '--only', 'log', '--handicap', `log:${what}`], { capture: true })
      expect(output).toContain('costs more than it may for: log')
      const [, seen, limit] = figures.exec(/log .*FAIL/.exec(output)?.[0] ?? '') ?? []
      expect(Number(seen)).toBeGreaterThan(Number(limit))
      expect(code).toBe(1)
    },
    90_000,
  )

  it('says what a handicap can be', async () => {
    for (const wrong of ['sql', 'log,span', 'log:memory', 'log:time:bytes']) {
      const { code, output } = await runNode([run, '--only', 'log', '--handicap', wrong], { capture: true })
      expect(output).toContain(`--handicap takes one of request, log, with :time or :bytes or nothing after it, and got '${wrong}'`)
      expect(code).toBe(1)
    }
  })
})
