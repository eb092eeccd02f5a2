import type { RawSql } from '../core/entries/sql.ts'

/**
 * Transactions by the connection they are open on: knex's own ids are gone after a savepoint, and statements written by hand
 * have none.
 */
interface Transaction {
  /** of the outermost transaction */
  id: string
  savepoints: string[]
  /** the innermost savepoint was rolled back to: it is over, unless it is released by name now */
  rolledBack: boolean
}

const transactions = new WeakMap<object, Transaction>()
let transactionCount = 0

/** Notes on a query which transaction and savepoint it belongs to; opens them where the query does. */
export function noteTransaction(connection: object, data: Pick<RawSql, 'sql' | 'transaction' | 'transactionId' | 'savepoint'>): void {
  if (data.transaction) {
    if (/^(?:begin|start)/i.test(data.sql))
      transactions.set(connection, { id: `tx${++transactionCount}`, savepoints: [], rolledBack: false })
    const open = transactions.get(connection)
    if (open?.rolledBack === true && !/^release/i.test(data.sql)) dropSavepoint(open)
    const savepoint = /^savepoint\s+(.{1,200}?)\s*;?\s*$/is.exec(data.sql)?.[1]
    if (savepoint !== undefined) open?.savepoints.push(savepoint)
  }
  const open = transactions.get(connection)
  if (open === undefined) return
  if (open.rolledBack && !/^release/i.test(data.sql)) dropSavepoint(open)
  data.transactionId = open.id
  data.savepoint = open.savepoints.at(-1) ?? null
}

/** Whether a transaction is open on the connection. */
export function inTransaction(connection: object): boolean {
  return transactions.has(connection)
}

/** A statement that closes a savepoint or the transaction came back; a commit that fails has closed it too. */
export function endTransaction(connection: object, sql: string): void {
  const open = transactions.get(connection)
  if (open === undefined) return
  if (/^rollback\s+(?:work\s+|transaction\s+)?to\b/i.test(sql)) open.rolledBack = true
  else if (/^release/i.test(sql)) dropSavepoint(open)
  else if (/^(?:commit|rollback|end\b|abort)/i.test(sql)) transactions.delete(connection)
}

function dropSavepoint(open: Transaction): void {
  open.savepoints.pop()
  open.rolledBack = false
}
