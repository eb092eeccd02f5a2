import type { PlanNode } from '../contract/types.ts'
import type { SqlConsole } from '../core/sql/console.ts'
import { openMysql } from './mysql.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

/** A statement as it was recorded, with values the driver takes. */
export interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
  readonly dialect: string
}

export interface Column {
  readonly name: string
  /** name of the table's column that it is; `null` for one that is computed */
  readonly origin: string | null
}

/** What came back, at most a row more than is shown. */
export interface Rows {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly unknown[])[]
}

export interface Plan {
  readonly plan: PlanNode
  /** as the database printed it */
  readonly text: string
}

/** What is known of a table. */
export interface TableFacts {
  /** as the database estimates, or counted up to 100,000; `null` when unknown */
  readonly rows: number | null
  /** columns of each index, in its order; an expression is '' */
  readonly indexes: readonly (readonly string[])[]
}

/** A connection of our own. What it is asked to do, it does in a read-only transaction (a read-only connection for SQLite) that is rolled back. */
export interface Session {
  /** @param write the statement writes: it is planned, never run */
  explain(statement: Statement, analyze: boolean, write: boolean): Promise<Plan>
  run(statement: Statement): Promise<Rows>
  tables(names: readonly string[]): Promise<Map<string, TableFacts>>
  /** at once, whatever is under way; may be called twice */
  close(): void
}

/** Opens one; nothing of it keeps the process alive. */
export function openSession(from: SqlConsole): Promise<Session> {
  if (from.driver === 'pg') return openPostgres(from.connect)
  if (from.driver === 'mysql2') return openMysql(from.connect)
  return openSqlite(from)
}
