import { startOf, type TransactionVerb, transactionVerb } from '../contract/transactions.ts'
import type { RawSql } from '../core/entries/sql.ts'
import { tokenize } from '../core/sql/tokens.ts'

/**
 * Transactions by the connection they are open on: knex's own ids are gone after a savepoint, and statements written by hand
 * have none.
 */
interface Transaction {
  /** of the outermost transaction */
  id: string
  /** the statement that opened it */
  opener: object
  savepoints: string[]
  /** the innermost savepoint was rolled back to: it is over, unless it is released by name now */
  rolledBack: boolean
}

type Statement = Pick<RawSql, 'sql' | 'transaction' | 'transactionId' | 'savepoint' | 'database'>

const transactions = new WeakMap<object, Transaction>()
let transactionCount = 0

/** Notes on a query which transaction and savepoint it belongs to; opens them where the query does. */
export function noteTransaction(connection: object, data: Statement): void {
  const verb = data.transaction ? transactionVerb(data.sql) : null
  // MySQL commits what is open and begins anew; elsewhere a second BEGIN is an error or nothing
  if (verb === 'begin' && (!transactions.has(connection) || data.database.dialect === 'mysql')) open(connection, data)
  const current = transactions.get(connection)
  if (current === undefined) return
  if (current.rolledBack && verb !== 'release') dropSavepoint(current)
  if (verb === 'savepoint') current.savepoints.push(savepointName(data.sql))
  data.transactionId = current.id
  data.savepoint = current.savepoints.at(-1) ?? null
}

/** Whether a transaction is open on the connection. */
export function inTransaction(connection: object): boolean {
  return transactions.has(connection)
}

/**
 * A statement came back: what closes a savepoint or the transaction has closed it, and a commit that fails has, too.
 * @param error what it failed with, `null` where it did not
 */
export function endTransaction(connection: object, data: Statement, error: RawSql['error']): void {
  const current = transactions.get(connection)
  const verb = data.transaction ? transactionVerb(data.sql) : null
  if (verb === null) {
    if (current !== undefined && data.database.dialect === 'mysql' && error?.code !== notUnderstood) settleCommitting(connection, data.sql)
    if (error === null) settleSeveral(connection, data)
    return
  }
  if (current === undefined) return
  if (verb === 'begin') {
    if (error !== null && current.opener === data) transactions.delete(connection)
  } else if (verb === 'rollback to') current.rolledBack = true
  else if (verb === 'release') dropSavepoint(current)
  else if (verb === 'commit' || verb === 'rollback') {
    transactions.delete(connection)
    if (/\band\s+chain\b/i.test(data.sql.slice(0, 200))) open(connection, data)
  }
}

/** Statements of MySQL and MariaDB that commit what is open, before they do anything: MySQL 8.0 manual 13.3.3. */
const committing =
  /^(?:create(?!\s+(?:or\s+replace\s+)?temporary\s+table\b)|drop(?!\s+temporary\b)|alter|truncate|rename|lock\s+tables?|(?:analyze|check|optimize|repair)\s+(?:(?:local|no_write_to_binlog)\s+)?(?:table|view)s?|flush|grant|revoke|set\s+password|(?:un)?install|reset(?!\s+persist\b))\b/i
const notUnderstood = 'ER_PARSE_ERROR'

function settleCommitting(connection: object, sql: string): void {
  const start = startOf(sql)
  if (committing.test(sql.slice(start, start + 60))) transactions.delete(connection)
}

/** What a text of several statements leaves open. */
function settleSeveral(connection: object, data: Statement): void {
  const { sql, database } = data
  const semicolon = sql.indexOf(';')
  if (semicolon === -1 || semicolon === sql.length - 1 || !/\b(?:begin|start|commit|end|rollback)\b/i.test(sql)) return
  let last: TransactionVerb | null = null
  let from = 0
  for (const token of tokenize(sql, database.dialect)) {
    if (sql[token.start] !== ';' || token.end !== token.start + 1) continue
    last = closing(sql.slice(from, token.start)) ?? last
    from = token.end
  }
  last = closing(sql.slice(from)) ?? last
  if (last === 'begin' && !transactions.has(connection)) open(connection, data)
  else if (last === 'commit' || last === 'rollback') transactions.delete(connection)
}

function closing(sql: string): TransactionVerb | null {
  const verb = transactionVerb(sql)
  return verb === 'begin' || verb === 'commit' || verb === 'rollback' ? verb : null
}

function open(connection: object, opener: object): void {
  transactions.set(connection, { id: `tx${++transactionCount}`, opener, savepoints: [], rolledBack: false })
}

function dropSavepoint(current: Transaction): void {
  current.savepoints.pop()
  current.rolledBack = false
}

/** What stands between `savepoint` and the end, without a semicolon. */
function savepointName(sql: string): string {
  const name = sql.slice(startOf(sql) + 'savepoint'.length, startOf(sql) + 300).trim()
  return name.endsWith(';') ? name.slice(0, -1).trimEnd() : name
}
