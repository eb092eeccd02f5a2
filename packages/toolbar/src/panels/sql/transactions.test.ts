import { describe, expect, it } from 'vitest'
import type { Entry, SqlData } from '../../contract/types.ts'
import { Transactions } from './transactions.ts'

let ids = 0
const statement = (sql: string, transactionId: string | null, savepoint: string | null = null, kind: SqlData['kind'] = 'query') =>
  ({ id: ++ids, startMs: ids, durationMs: 0.5, data: { sql, transactionId, savepoint, kind, connectionId: 'c1' } }) as Entry<SqlData>

describe('transactions of a record', () => {
  it('know their outcome and level; rolling back to a savepoint is not the end', () => {
    const transactions = new Transactions()
    const all = [
      statement('SET TRANSACTION ISOLATION LEVEL repeatable  read', null, null, 'transaction'),
      statement('BEGIN', 'tx1', null, 'transaction'),
      statement('SAVEPOINT a', 'tx1', 'a', 'transaction'),
      statement('select 1', 'tx1', 'a'),
      statement('SAVEPOINT b', 'tx1', 'b', 'transaction'),
      statement('ROLLBACK TO b', 'tx1', 'b', 'transaction'),
      statement('RELEASE a', 'tx1', 'a', 'transaction'),
      statement('COMMIT', 'tx1', null, 'transaction'),
      statement('BEGIN ISOLATION LEVEL SERIALIZABLE', 'tx2', null, 'transaction'),
      statement('ROLLBACK', 'tx2', null, 'transaction'),
      statement('BEGIN', 'tx3', null, 'transaction'),
    ]
    for (const entry of all) transactions.note(entry)
    expect(transactions.values.map(({ outcome, isolation }) => [outcome, isolation])).toEqual([
      ['committed', 'repeatable read'],
      ['rolled back', 'serializable'],
      ['open', null],
    ])
    expect(all.map(({ id }) => transactions.depthOf(id))).toEqual([0, 0, 1, 1, 2, 2, 1, 0, 0, 0, 0])
    expect(all.map(({ data }) => transactions.indexOf(data))).toEqual([-1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2])
  })
})
