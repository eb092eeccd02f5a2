import { describe, expect, it } from 'vitest'
import { inRoot } from '../../../scripts/lib/paths.mjs'
import { runNode } from '../../../scripts/lib/run.mjs'
import { judgeMicro, toLines } from '../micro/judge.mjs'

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

  it('fails a real run in which every entry costs as much again as its limit', async () => {
    const { code, output } = await runNode([inRoot('apps/bench/micro/run.mjs'), '--only', 'log', '--handicap', 'log'], { capture: true })
    expect(output).toMatch(/log .*FAIL/)
    expect(output).toContain('costs more than it may for: log')
    expect(code).toBe(1)
  }, 90_000)
})
