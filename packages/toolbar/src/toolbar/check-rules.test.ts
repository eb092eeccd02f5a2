import { describe, expect, it } from 'vitest'
import { builtInRules } from '../rules/index.ts'
import { checkRules } from './check-rules.ts'

const check = (asked: unknown) => () => checkRules(asked as never, builtInRules)

describe('the option rules', () => {
  it.each([
    [{ 'n-plus-one': null }, "option 'rules.n-plus-one' takes"],
    [{ 'n-plus-one': 5 }, "option 'rules.n-plus-one' takes"],
    [{ 'n-plus-one': [] }, "option 'rules.n-plus-one' takes"],
    [{ 'n-plus-one': { queries: 0 } }, "option 'rules.n-plus-one.queries' takes a whole number from 1 up"],
    [{ 'n-plus-one': { queries: 2.5 } }, "option 'rules.n-plus-one.queries' takes a whole number"],
    [{ 'unbounded-select': { rows: 0.5 } }, "option 'rules.unbounded-select.rows' takes a whole number"],
    [{ 'select-star': { columns: -1 } }, "option 'rules.select-star.columns' takes a whole number"],
    [{ 'long-transaction': { idleShare: 50 } }, "option 'rules.long-transaction.idleShare' takes a number between 0 and 1"],
    [{ 'long-transaction': { openMs: Number.NaN } }, "option 'rules.long-transaction.openMs' takes a number from 0 up"],
    [() => [{ ...builtInRules[0], thresholds: null }], "option 'rules' takes"],
    [() => [{ ...builtInRules[0], thresholds: { queries: 0 } }], "option 'rules.n-plus-one.queries' takes a whole number"],
  ])('does not take %j', (asked, words) => {
    expect(check(asked)).toThrow(words)
  })

  it('takes what makes sense', () => {
    const rules = checkRules(
      { 'long-transaction': { idleShare: 1, openMs: 0 }, 'missing-index': { minMs: 0.5 }, 'slow-query': false },
      builtInRules,
    )
    expect(rules.find(({ id }) => id === 'long-transaction')?.thresholds).toEqual({ openMs: 0, idleShare: 1 })
    expect(rules).toHaveLength(builtInRules.length - 1)
  })
})
