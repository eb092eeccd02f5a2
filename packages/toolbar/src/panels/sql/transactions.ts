import { transactionVerb } from '../../contract/transactions.ts'
import type { Entry, SqlData } from '../../contract/types.ts'
import { round } from '../panel.ts'
import type { SqlTransaction } from './data.ts'

const isolationLevel = /\bisolation\s+level\s+(read\s+uncommitted|read\s+committed|repeatable\s+read|serializable|snapshot)\b/i

/** What became of the transactions of a record, and how deep in savepoints each statement ran. Statements come in start order. */
export class Transactions {
  readonly values: SqlTransaction[] = []
  private readonly indexes = new Map<string, number>()
  private readonly savepoints = new Map<string, string[]>()
  private readonly depths = new Map<number, number>()
  /** by connection: MySQL is told the level before the transaction begins */
  private readonly announced = new Map<string, string>()

  note({ id, startMs, durationMs, data }: Entry<SqlData>): void {
    const level = data.kind === 'transaction' || /^\s*set\b/i.test(data.sql) ? isolationLevel.exec(data.sql)?.[1] : undefined
    const isolation = level?.toLowerCase().replaceAll(/\s+/g, ' ') ?? null
    if (data.transactionId === null) {
      if (isolation !== null && data.connectionId !== null) this.announced.set(data.connectionId, isolation)
      return
    }
    const endMs = round(startMs + (durationMs ?? 0))
    let index = this.indexes.get(data.transactionId)
    if (index === undefined) {
      const before = this.announced.get(data.connectionId ?? '') ?? null
      this.announced.delete(data.connectionId ?? '')
      index = this.values.push({ id: data.transactionId, outcome: 'open', isolation: before, startMs, endMs }) - 1
      this.indexes.set(data.transactionId, index)
    }
    const transaction = this.values[index] as SqlTransaction
    if (isolation !== null) transaction.isolation = isolation
    transaction.endMs = Math.max(transaction.endMs, endMs)
    const verb = data.kind === 'transaction' ? transactionVerb(data.sql) : null
    if (verb === 'commit') transaction.outcome = 'committed'
    if (verb === 'rollback') transaction.outcome = 'rolled back'
    this.depths.set(id, this.nest(data.transactionId, data.savepoint))
  }

  indexOf({ transactionId }: SqlData): number {
    return transactionId === null ? -1 : (this.indexes.get(transactionId) ?? -1)
  }

  depthOf(entryId: number): number {
    return this.depths.get(entryId) ?? 0
  }

  /** Depth of the innermost savepoint; those that are not named any more are over. */
  private nest(transactionId: string, savepoint: string | null): number {
    const open = this.savepoints.get(transactionId) ?? []
    const at = savepoint === null ? -1 : open.indexOf(savepoint)
    if (savepoint !== null && at < 0) open.push(savepoint)
    else open.length = at + 1
    this.savepoints.set(transactionId, open)
    return open.length
  }
}
