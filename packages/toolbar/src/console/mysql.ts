import { fromMysqlJson, fromMysqlTree } from './plan-mysql.ts'
import { bounds, ConsoleProblem } from './problem.ts'
import type { Column, Plan, Rows, Session, Statement, TableFacts } from './session.ts'

interface Field {
  name: string
  orgName?: string
}

interface Query {
  on(event: 'error', listener: (error: unknown) => void): Query
  on(event: 'fields', listener: (fields?: Field[]) => void): Query
  on(event: 'result', listener: (row: unknown) => void): Query
  on(event: 'end', listener: () => void): Query
}

/** What is used of a connection of `mysql2` with callbacks. */
interface Connection {
  config: { multipleStatements?: boolean; namedPlaceholders?: boolean }
  query(options: object, done?: (error: unknown, rows: unknown[][], fields: Field[]) => void): Query
  execute(options: object, done?: (error: unknown, rows: unknown[][], fields: Field[]) => void): Query
  format(sql: string, values: readonly unknown[]): string
  on(event: 'error', listener: () => void): void
  stream?: { unref?(): void }
  destroy(): void
}

/**
 * The session is read-only, not only the transaction: a statement that commits by itself, such as DROP, would leave that one. What runs
 * has to be explained first, which nothing but statements on rows can be.
 */
export async function openMysql(connect: () => Promise<object>): Promise<Session> {
  const connection = (await connect()) as Connection
  connection.on('error', () => {})
  connection.stream?.unref?.()
  // where the app allows several statements in one, the server is asked to prepare it, which it does for one only
  const how = connection.config.multipleStatements === true ? 'execute' : 'query'
  const options = (sql: string): object => ({
    sql,
    rowsAsArray: true,
    dateStrings: true,
    typeCast: true,
    supportBigNumbers: true,
    bigNumberStrings: false,
  })
  const ask = (sql: string, way: 'query' | 'execute' = 'query'): Promise<unknown[][]> =>
    new Promise((resolve, reject) => {
      connection[way](options(sql), (error, rows) => (error ? reject(error) : resolve(rows)))
    })
  const textOf = ({ sql, params }: Statement): string => (params.length === 0 ? sql : connection.format(sql, params))

  const version = String((await ask('select version()'))[0]?.[0])
  const mariadb = /mariadb/i.test(version)
  await ask('SET SESSION TRANSACTION READ ONLY')
  await ask(
    mariadb ? `SET SESSION max_statement_time = ${bounds.statementMs / 1_000}` : `SET SESSION max_execution_time = ${bounds.statementMs}`,
  )
  // whole seconds are the finest they take
  await ask('SET SESSION innodb_lock_wait_timeout = 1, lock_wait_timeout = 1')
  if (!mariadb) await ask('SET SESSION explain_json_format_version = 1').catch(() => [])

  async function reading<Result>(work: () => Promise<Result>): Promise<Result> {
    await ask('START TRANSACTION READ ONLY')
    try {
      return await work()
    } finally {
      await ask('ROLLBACK')
    }
  }

  const explainJson = async (text: string): Promise<Plan> => {
    const answer = String((await ask(`EXPLAIN FORMAT=JSON ${text}`, how))[0]?.[0])
    return { plan: fromMysqlJson(answer), text: answer }
  }

  async function explain(statement: Statement, analyze: boolean): Promise<Plan> {
    const text = textOf(statement)
    if (!analyze) return explainJson(text)
    const answer = String((await ask(`${mariadb ? 'ANALYZE FORMAT=JSON' : 'EXPLAIN ANALYZE'} ${text}`, how))[0]?.[0])
    return { plan: mariadb ? fromMysqlJson(answer) : fromMysqlTree(answer), text: answer }
  }

  /** Both servers refuse to plan a write in a read-only transaction. EXPLAIN runs none; what it might call was looked at before. */
  async function explainWrite(statement: Statement): Promise<Plan> {
    await ask('SET SESSION TRANSACTION READ WRITE')
    try {
      await ask('START TRANSACTION')
      return await explainJson(textOf(statement))
    } finally {
      await ask('ROLLBACK')
      await ask('SET SESSION TRANSACTION READ ONLY')
    }
  }

  /** Reading stops after the rows that are shown: the rest is not waited for, the connection is given up. */
  async function run(statement: Statement): Promise<Rows> {
    const text = textOf(statement)
    if (!/^\s*show\b/i.test(text)) await ask(`EXPLAIN ${text}`, how)
    let columns: Column[] = []
    const rows: unknown[][] = []
    let bytes = 0
    await ask(`SET SESSION sql_select_limit = ${bounds.rows + 1}`)
    await new Promise<void>((resolve, reject) => {
      const query = connection[how](options(text))
      query.on('error', reject)
      query.on('fields', (fields) => {
        columns = (fields ?? []).map(({ name, orgName }) => ({ name, origin: orgName === undefined || orgName === '' ? null : orgName }))
      })
      query.on('result', (row) => {
        // an answer without rows is an object
        if (!Array.isArray(row)) return reject(new ConsoleProblem('NOT_READ_ONLY', 'it answered with no rows.'))
        if (rows.length > bounds.rows) return
        rows.push(row)
        for (const cell of row) bytes += typeof cell === 'string' || cell instanceof Uint8Array ? cell.length : 8
        if (rows.length > bounds.rows || bytes > bounds.answerBytes) {
          connection.destroy()
          resolve()
        }
      })
      query.on('end', resolve)
    })
    return { columns, rows }
  }

  return {
    explain: (statement, analyze, write) => (write ? explainWrite(statement) : reading(() => explain(statement, analyze))),
    async run(statement) {
      await ask('START TRANSACTION READ ONLY')
      // the connection is not used again: it has a limit now, and may be gone
      return run(statement)
    },
    tables: (names) => reading(() => tablesOf(names, ask, (text, values) => connection.format(text, values))),
    close: () => connection.destroy(),
  }
}

async function tablesOf(
  names: readonly string[],
  ask: (sql: string) => Promise<unknown[][]>,
  format: (sql: string, values: readonly unknown[]) => string,
): Promise<Map<string, TableFacts>> {
  const facts = new Map<string, { rows: number | null; indexes: string[][] }>()
  if (names.length === 0) return facts
  const where = format('table_schema = database() and table_name in (?)', [names])
  for (const [name, rows] of await ask(`select table_name, table_rows from information_schema.tables where ${where}`))
    facts.set(String(name), { rows: rows === null ? null : Number(rows), indexes: [] })
  const parts = await ask(
    `select table_name, index_name, column_name from information_schema.statistics where ${where} order by table_name, index_name, seq_in_index`,
  )
  let last = ''
  for (const [table, index, column] of parts) {
    const indexes = facts.get(String(table))?.indexes
    if (indexes === undefined) continue
    if (`${table} ${index}` !== last) indexes.push([])
    indexes.at(-1)?.push(column === null ? '' : String(column))
    last = `${table} ${index}`
  }
  return facts
}
