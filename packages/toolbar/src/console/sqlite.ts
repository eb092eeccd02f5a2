import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SqlConsole } from '../core/sql/console.ts'
import { fromSqlite, type SqlitePlanRow } from './plan-sqlite.ts'
import { bounds, ConsoleProblem } from './problem.ts'
import type { Rows, Session, TableFacts } from './session.ts'
import type { SqliteAnswer, SqliteOrder } from './sqlite-child.ts'

type SqliteConsole = Extract<SqlConsole, { file: string }>

const program = fileURLToPath(new URL('./sqlite-child.js', import.meta.url))

/** Why there is no second way into a database; `null` when there is one. */
export function whyNoFile(file: string): string | null {
  return file === '' || /:memory:|mode=memory/.test(file)
    ? 'the database is in memory (:memory:), which only the connection of the app can see. Use a file to explain queries and run them again.'
    : null
}

/**
 * A process of its own with a read-only connection. SQLite's drivers are synchronous, and a thread that is inside of SQLite cannot be
 * ended: not by `terminate`, and not even by the end of the process. A process can.
 */
export async function openSqlite(from: SqliteConsole): Promise<Session> {
  const reason = whyNoFile(from.file)
  if (reason !== null) throw new ConsoleProblem('NO_CONNECTION', reason)
  const child = start()
  let closed = false
  const close = (): void => {
    if (closed) return
    closed = true
    process.off('exit', close)
    child.kill('SIGKILL')
  }
  process.once('exit', close)
  child.unref()
  ;(child.channel as unknown as { unref?(): void } | null)?.unref?.()
  const ask = <Kind extends SqliteOrder['kind']>(order: Extract<SqliteOrder, { kind: Kind }>): Promise<SqliteAnswer[Kind]> =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        child.off('message', answered)
        child.off('exit', ended)
      }
      const answered = (answer: unknown): void => {
        settle()
        const { error, value } = answer as { error?: { message: string; code: string }; value: SqliteAnswer[Kind] }
        if (error === undefined) resolve(value)
        else reject(error)
      }
      const ended = (): void => {
        settle()
        reject(new ConsoleProblem('DB_UNAVAILABLE', 'the process that reads the database ended.'))
      }
      child.once('message', answered)
      child.once('exit', ended)
      child.send(order, (error) => {
        if (error === null) return
        settle()
        reject(error)
      })
    })
  try {
    await ask({
      kind: 'open',
      driver: from.driver,
      module: from.driver === 'better-sqlite3' ? moduleOf(from.Database) : null,
      file: path.resolve(from.file),
      lockMs: bounds.lockMs,
    })
  } catch (error) {
    close()
    throw error
  }
  return {
    async explain({ sql, params }, analyze) {
      if (analyze) throw new ConsoleProblem('NOT_SUPPORTED', 'SQLite has no EXPLAIN ANALYZE.')
      const rows = await ask({ kind: 'plan', sql, params: params.map(toValue), limitMs: bounds.statementMs })
      return fromSqlite(rows as SqlitePlanRow[])
    },
    async run({ sql, params }): Promise<Rows> {
      const answer = await ask({
        kind: 'rows',
        sql,
        params: params.map(toValue),
        rows: bounds.rows,
        bytes: bounds.answerBytes,
        limitMs: bounds.statementMs,
      })
      // bytes arrive without their class
      const rows = answer.rows.map((row) => row.map((cell) => (cell instanceof Uint8Array ? Buffer.from(cell) : cell)))
      return { ...answer, rows }
    },
    async tables(names): Promise<Map<string, TableFacts>> {
      return ask({ kind: 'tables', names, limitMs: bounds.statementMs })
    },
    close,
  }
}

function start(): ChildProcess {
  // what the app preloads is not for our process, and might record it
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = fork(program, [], {
    env,
    execArgv: process.execArgv.filter((argument) => argument === '--experimental-sqlite'),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // a process that cannot be started says so here, and an event that nobody hears would end the app
  child.on('error', () => child.emit('exit', null, null))
  return child
}

/** The file of the copy in use: a class cannot be sent to another process. */
function moduleOf(Database: unknown): string {
  const require = createRequire(import.meta.url)
  for (const loaded of Object.values(require.cache)) if (loaded !== undefined && loaded.exports === Database) return loaded.filename
  try {
    return createRequire(path.join(process.cwd(), 'app.js')).resolve('better-sqlite3')
  } catch {
    throw new ConsoleProblem(
      'NO_CONNECTION',
      'the file of the better-sqlite3 in use was not found, so that no second connection can be made.',
    )
  }
}

/** As knex and others hand values over: SQLite has no dates and no booleans. */
function toValue(value: unknown): unknown {
  if (value instanceof Date) return value.getTime()
  return typeof value === 'boolean' ? Number(value) : value === undefined ? null : value
}
