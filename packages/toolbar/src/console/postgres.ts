import { fromPostgres } from './plan-postgres.ts'
import { bounds } from './problem.ts'
import type { Rows, Session, Statement, TableFacts } from './session.ts'

interface Field {
  name: string
  tableID: number
  columnID: number
}

interface Answer {
  rows: unknown[][]
  fields: Field[]
}

/** What is used of a client of `pg`. */
interface Client {
  query(query: object | string): Promise<Answer>
  on(event: 'error', listener: () => void): void
  unref?(): void
  end(): Promise<void>
  connection?: { stream?: { destroy(): void; unref?(): void } }
}

/** Numbers and booleans; everything else as PostgreSQL prints it, so that no parser of the app's is called. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  21: Number,
  23: Number,
  26: Number,
  700: Number,
  701: Number,
}
const types = { getTypeParser: (oid: number) => parsers[oid] ?? ((text: string) => text) }

/**
 * Rows are fetched from a cursor: whatever cannot be declared as one, cannot run. The transaction is read-only, and rolled back.
 * Statements go by the extended protocol, which takes one at a time.
 */
export async function openPostgres(connect: () => Promise<object>): Promise<Session> {
  const client = (await connect()) as Client
  // without a listener an error of an idle connection ends the process
  client.on('error', () => {})
  client.unref?.()
  client.connection?.stream?.unref?.()
  const ask = (text: string, values: readonly unknown[] = []): Promise<Answer> =>
    client.query({ text, values, queryMode: 'extended', rowMode: 'array', types })

  async function reading<Result>(work: () => Promise<Result>): Promise<Result> {
    await client.query(
      `BEGIN; SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = ${bounds.statementMs}; SET LOCAL lock_timeout = ${bounds.lockMs}; ` +
        'SET LOCAL standard_conforming_strings = on; SET LOCAL cursor_tuple_fraction = 1',
    )
    try {
      return await work()
    } finally {
      await client.query('ROLLBACK')
    }
  }

  async function fetchRows({ sql, params }: Statement): Promise<Answer> {
    if (/^\s*show\b/i.test(sql)) return ask(sql, params)
    await ask(`DECLARE debug_toolbar NO SCROLL CURSOR FOR ${sql}`, params)
    // a few first: rows may be large
    const first = await ask('FETCH 5 FROM debug_toolbar')
    if (first.rows.length < 5 || sizeOf(first.rows) > bounds.answerBytes / 20) return first
    const rest = await ask(`FETCH ${bounds.rows - 4} FROM debug_toolbar`)
    return { fields: first.fields, rows: [...first.rows, ...rest.rows] }
  }

  /** Names of the tables' own columns, whatever the statement calls them. */
  async function originsOf(fields: readonly Field[]): Promise<Map<string, string>> {
    const tables = [...new Set(fields.map(({ tableID }) => tableID).filter((id) => id > 0))]
    if (tables.length === 0) return new Map()
    const { rows } = await ask('select attrelid, attnum, attname from pg_catalog.pg_attribute where attrelid = any($1::oid[])', [tables])
    return new Map(rows.map(([table, column, name]) => [`${table}.${column}`, String(name)]))
  }

  return {
    explain: (statement, analyze) =>
      reading(async () => {
        const { rows } = await ask(`EXPLAIN (FORMAT JSON${analyze ? ', ANALYZE, BUFFERS' : ''}) ${statement.sql}`, statement.params)
        const text = String(rows[0]?.[0])
        return { plan: fromPostgres(text), text }
      }),
    run: (statement) =>
      reading(async (): Promise<Rows> => {
        const { rows, fields } = await fetchRows(statement)
        const origins = await originsOf(fields)
        return {
          columns: fields.map(({ name, tableID, columnID }) => ({ name, origin: origins.get(`${tableID}.${columnID}`) ?? null })),
          rows,
        }
      }),
    tables: (names) => reading(() => tablesOf(names, ask)),
    close() {
      client.connection?.stream?.destroy()
      client.end().catch(() => {})
    },
  }
}

function sizeOf(rows: readonly unknown[][]): number {
  let bytes = 0
  for (const row of rows) for (const cell of row) bytes += typeof cell === 'string' ? cell.length : 8
  return bytes
}

const indexesOf = `
  select c.oid::regclass::text, c.reltuples,
    array(select array_to_string(array(select coalesce((select a.attname from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum = x.indkey[k]), '')
      from generate_series(0, x.indnkeyatts - 1) k), chr(31)) from pg_catalog.pg_index x where x.indrelid = c.oid and x.indisvalid and x.indpred is null)::text[] as columns
  from pg_catalog.pg_class c where c.oid = to_regclass($1)`

async function tablesOf(
  names: readonly string[],
  ask: (text: string, values?: readonly unknown[]) => Promise<Answer>,
): Promise<Map<string, TableFacts>> {
  const facts = new Map<string, TableFacts>()
  for (const name of names) {
    const { rows } = await ask(indexesOf, [`"${name.replaceAll('"', '""')}"`])
    const [row] = rows
    if (row === undefined) continue
    const [table, estimate, indexes] = row as [string, number, string]
    // never counted by ANALYZE
    const known =
      Number(estimate) > 0
        ? Number(estimate)
        : Number((await ask(`select count(*) from (select 1 from ${table} limit 100000) t`)).rows[0]?.[0])
    facts.set(name, { rows: known, indexes: fromArray(indexes).map((columns) => columns.split('\u001f')) })
  }
  return facts
}

/** Items of an array as PostgreSQL prints it; names of columns, so quotes and backslashes are escaped. */
function fromArray(text: string): string[] {
  const items = text.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? []
  return items.map((item) => (item.startsWith('"') ? item.slice(1, -1).replace(/\\(.)/g, '$1') : item))
}
