/**
 * The program of the process that reads SQLite files for EXPLAIN and for running a query again. It has one connection, opened read-only,
 * and steps only what SQLite itself calls a reader.
 */
import { createRequire } from 'node:module'
import { isMainThread, Worker, workerData } from 'node:worker_threads'

export type SqliteOrder =
  | { kind: 'open'; driver: 'better-sqlite3' | 'node:sqlite'; module: string | null; file: string; lockMs: number }
  | { kind: 'plan'; sql: string; params: readonly unknown[]; limitMs: number }
  | { kind: 'rows'; sql: string; params: readonly unknown[]; rows: number; bytes: number; limitMs: number }
  | { kind: 'tables'; names: readonly string[]; limitMs: number }

export interface SqliteAnswer {
  open: null
  plan: { id: number; parent: number; detail: string }[]
  rows: { columns: { name: string; origin: string | null }[]; rows: unknown[][] }
  tables: Map<string, { rows: number | null; indexes: string[][] }>
}

interface Prepared {
  /** whether SQLite says that it reads and answers with rows; `null` when the driver does not tell */
  readonly reads: boolean | null
  readonly columns: { name: string; origin: string | null }[]
  iterate(params: readonly unknown[]): Iterable<unknown[]>
}

interface Reader {
  prepare(sql: string): Prepared
}

let reader: Reader | null = null

/** A process whose parent is gone would count to infinity for ever: this ends it from another thread. */
const deadline = new Float64Array(isMainThread ? new SharedArrayBuffer(8) : (workerData as SharedArrayBuffer))

if (isMainThread) {
  new Worker(new URL(import.meta.url), { workerData: deadline.buffer }).unref()
  process.on('disconnect', () => process.exit())
  process.on('message', (order: SqliteOrder) => {
    try {
      deadline[0] = 'limitMs' in order ? Date.now() + order.limitMs + 1_000 : 0
      process.send?.({ value: answer(order) })
    } catch (error) {
      const { message, code } = error as { message?: unknown; code?: unknown }
      process.send?.({ error: { message: String(message).slice(0, 1_000), code: String(code ?? '') } })
    } finally {
      deadline[0] = 0
    }
  })
} else setInterval(() => (deadline[0] as number) > 0 && Date.now() > (deadline[0] as number) && process.kill(process.pid, 'SIGKILL'), 500)

function answer(order: SqliteOrder): SqliteAnswer[SqliteOrder['kind']] {
  if (order.kind === 'open') {
    reader = order.driver === 'better-sqlite3' ? openBetter(order) : openNode(order)
    return null
  }
  const { prepare } = reader as Reader
  if (order.kind === 'plan')
    return [...prepare(`EXPLAIN QUERY PLAN ${order.sql}`).iterate(order.params)].map(([id, parent, , detail]) => ({
      id: Number(id),
      parent: Number(parent),
      detail: String(detail),
    }))
  if (order.kind === 'rows') return rowsOf(prepare, order)
  return new Map(order.names.flatMap((name) => tableOf(prepare, name)))
}

function rowsOf(prepare: Reader['prepare'], order: Extract<SqliteOrder, { kind: 'rows' }>): SqliteAnswer['rows'] {
  const statement = prepare(order.sql)
  if (!(statement.reads ?? programReads(prepare, order)))
    throw Object.assign(new Error('SQLite says that it does more than reading.'), { code: 'NOT_READ_ONLY' })
  const rows: unknown[][] = []
  let bytes = 0
  for (const row of statement.iterate(order.params)) {
    rows.push(row.map((cell) => (typeof cell === 'bigint' && Number.isSafeInteger(Number(cell)) ? Number(cell) : cell)))
    for (const cell of row) bytes += typeof cell === 'string' || cell instanceof Uint8Array ? cell.length : 8
    if (rows.length >= order.rows || bytes > order.bytes) break
  }
  return { columns: statement.columns, rows }
}

/** Operations of a program that leaves everything as it is; `Transaction` is one more, with 0 as its second operand. */
const changing =
  /^(?:AutoCommit|Savepoint|Checkpoint|JournalMode|Vacuum|IncrVacuum|CreateBtree|Destroy|Clear|SqlExec|ParseSchema|LoadAnalysis|DropTable|DropIndex|DropTrigger|SetCookie|Insert|Delete|IdxInsert|IdxDelete|VCreate|VDestroy|VUpdate|TableLock|Expire|Program)$/

/** For a driver that does not tell: what SQLite compiled the statement to. */
function programReads(prepare: Reader['prepare'], { sql, params }: { sql: string; params: readonly unknown[] }): boolean {
  let ephemeral = false
  let answers = false
  for (const [, opcode, , second, , fourth] of prepare(`EXPLAIN ${sql}`).iterate(params)) {
    const name = String(opcode)
    if (name === 'ResultRow') answers = true
    if (name === 'OpenEphemeral' || name === 'SorterOpen' || name === 'OpenAutoindex') ephemeral = true
    if (name === 'Transaction' && Number(second) !== 0) return false
    if (name === 'OpenWrite' || /^(?:sqlite_attach|sqlite_detach|load_extension)\b/.test(String(fourth))) return false
    // rows of temporary tables are inserted and deleted by reading, too
    if (changing.test(name) && !(ephemeral && /^(?:Insert|Delete|IdxInsert|IdxDelete)$/.test(name))) return false
  }
  return answers
}

function tableOf(prepare: Reader['prepare'], name: string): [string, { rows: number | null; indexes: string[][] }][] {
  const quoted = `"${name.replaceAll('"', '""')}"`
  const all = (sql: string, ...params: unknown[]): unknown[][] => [...prepare(sql).iterate(params)]
  if (all("select 1 from sqlite_master where type = 'table' and name = ?", name).length === 0) return []
  const [count] = all(`select count(*) from (select 1 from ${quoted} limit 100000)`)
  const indexes = all('select name from pragma_index_list(?) where partial = 0', name).map(([index]) =>
    all('select name from pragma_index_info(?) order by seqno', index).map(([column]) => String(column ?? '')),
  )
  // the key that rows are stored by is no index of its own
  const key = all('select name from pragma_table_info(?) where pk > 0 order by pk', name).map(([column]) => String(column))
  return [[name, { rows: Number(count?.[0]), indexes: key.length === 0 ? indexes : [...indexes, key] }]]
}

interface BetterStatement {
  readonly reader: boolean
  readonly readonly: boolean
  raw(): BetterStatement
  safeIntegers(): BetterStatement
  columns(): { name: string; column: string | null }[]
  iterate(...params: unknown[]): Iterable<unknown[]>
}

function openBetter({ module, file, lockMs }: Extract<SqliteOrder, { kind: 'open' }>): Reader {
  const Database = createRequire(import.meta.url)(module as string) as new (
    file: string,
    options: object,
  ) => { prepare(sql: string): BetterStatement; unsafeMode?(on: boolean): void }
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: lockMs })
  return {
    prepare(sql) {
      const statement = database.prepare(sql)
      if (!statement.reader) return { reads: false, columns: [], iterate: () => [] }
      statement.raw().safeIntegers()
      return {
        reads: statement.readonly,
        columns: statement.columns().map(({ name, column }) => ({ name, origin: column })),
        iterate: (params) => statement.iterate(...params),
      }
    },
  }
}

interface NodeStatement {
  setReadBigInts(on: boolean): void
  columns?(): { name: string; column: string | null }[]
  iterate(...params: unknown[]): Iterable<Record<string, unknown>>
}

function openNode({ file, lockMs }: Extract<SqliteOrder, { kind: 'open' }>): Reader {
  const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as {
    DatabaseSync: new (file: string, options: object) => { prepare(sql: string): NodeStatement; exec(sql: string): void }
  }
  const database = new DatabaseSync(file, { readOnly: true, allowExtension: false, timeout: lockMs })
  database.exec(`PRAGMA busy_timeout = ${lockMs}; PRAGMA query_only = on`)
  return {
    prepare(sql) {
      const statement = database.prepare(sql)
      statement.setReadBigInts(true)
      const columns = statement.columns?.().map(({ name, column }) => ({ name, origin: column })) ?? []
      return {
        reads: null,
        columns,
        *iterate(params) {
          for (const row of statement.iterate(...params)) {
            if (columns.length === 0) columns.push(...Object.keys(row).map((name) => ({ name, origin: null })))
            yield Object.values(row)
          }
        },
      }
    },
  }
}
