import { describe, expect, it } from 'vitest'
import { transactionVerb } from './transactions.ts'

describe('what a statement does to a transaction', () => {
  it.each([
    ['BEGIN;', 'begin'],
    ['begin isolation level serializable', 'begin'],
    ['\n  START TRANSACTION READ ONLY', 'begin'],
    ['/* traceparent */ commit', 'commit'],
    ['-- why\nend', 'commit'],
    ['COMMIT AND CHAIN', 'commit'],
    ['rollback', 'rollback'],
    ['ROLLBACK WORK', 'rollback'],
    ['abort', 'rollback'],
    ['rollback to one', 'rollback to'],
    ['ROLLBACK TRANSACTION TO SAVEPOINT one;', 'rollback to'],
    ['savepoint `a b`', 'savepoint'],
    ['release savepoint one', 'release'],
    ['set transaction isolation level serializable; -- done', 'set'],
    ['set session characteristics as transaction read only', 'set'],
  ])('%s', (sql, verb) => expect(transactionVerb(sql)).toBe(verb))

  it.each(['select 1', 'BEGIN; insert into t values (1); COMMIT', 'commitment', 'set names utf8', 'ends', '', '/* open', '-- open'])(
    'nothing, or several things at once: %s',
    (sql) => expect(transactionVerb(sql)).toBeNull(),
  )

  it('is found in linear time', () => {
    for (const sql of [
      ' '.repeat(1e6),
      '/*'.repeat(5e5),
      '--'.repeat(5e5),
      `begin${' '.repeat(1e6)};x`,
      `rollback${' '.repeat(1e6)}x`,
      ';'.repeat(1e6),
    ]) {
      let best = Number.POSITIVE_INFINITY
      for (let turn = 0; turn < 20 && best >= 50; turn++) {
        const from = performance.now()
        transactionVerb(sql)
        best = Math.min(best, performance.now() - from)
      }
      expect(best, sql.slice(0, 8)).toBeLessThan(50)
    }
  })
})
