import { type EntryKind, type Packer, RawEntry } from '../entry.ts'
import type { Stack } from '../stacks.ts'
import type { RawSql, SqlTarget } from './sql.ts'

/**
 * Sealed queries in columns: an object per query and one for its payload are 300 bytes, a row of these columns is 80.
 * 10,000 queries of one request stay under a megabyte, without their values.
 */

const inferred = 1
const failed = 2
const running = 4
const transaction = 8
const cut = 16

/** Values kept once, referred to by index. */
class Table<Value> {
  readonly values: Value[] = []
  private readonly indexes = new Map<Value, number>()

  indexOf(value: Value): number {
    let index = this.indexes.get(value)
    if (index === undefined) {
      index = this.values.push(value) - 1
      this.indexes.set(value, index)
    }
    return index
  }
}

export function packSql(kinds: { query: EntryKind; transaction: EntryKind }): Packer {
  return {
    from: 64,
    savedBytes: 200,
    pack(entries) {
      const count = entries.length
      const times = new Float64Array(count * 4)
      const numbers = new Int32Array(count * numberColumns)
      const flags = new Uint8Array(count)
      const texts = new Table<string | null>()
      const stacks = new Table<Stack | null>()
      const databases = new Table<SqlTarget>()
      const values: unknown[] = []
      const sparse = new Map<number, Pick<RawSql, 'error' | 'pool'>>()
      for (let at = 0; at < count; at++) {
        const entry = entries[at] as RawEntry
        const raw = entry.data as RawSql
        times.set([entry.startMs, entry.endMs, raw.waitMs, raw.bytes], at * 4)
        numbers.set(
          [
            entry.id,
            entry.parentId,
            stacks.indexOf(entry.stack),
            texts.indexOf(raw.sql),
            databases.indexOf(raw.database),
            texts.indexOf(raw.connectionId),
            texts.indexOf(raw.transactionId),
            texts.indexOf(raw.savepoint),
            texts.indexOf(raw.after),
            raw.rows,
            raw.columns,
            values.length + raw.params.length,
          ],
          at * numberColumns,
        )
        for (const value of raw.params) values.push(value)
        flags[at] =
          (entry.inferred ? inferred : 0) |
          (entry.status === 'error' ? failed : 0) |
          (entry.status === 'running' ? running : 0) |
          (raw.transaction ? transaction : 0) |
          (raw.cut === true ? cut : 0)
        if (raw.error !== null || raw.pool !== null) sparse.set(at, { error: raw.error, pool: raw.pool })
      }
      // a list that grew by pushing has room to spare
      const kept = values.slice()
      const columns = {
        times,
        numbers,
        flags,
        texts: texts.values,
        stacks: stacks.values,
        databases: databases.values,
        values: kept,
        sparse,
      }
      return () => unpack(columns, kinds)
    },
  }
}

const numberColumns = 12

interface Columns {
  times: Float64Array
  numbers: Int32Array
  flags: Uint8Array
  texts: readonly (string | null)[]
  stacks: readonly (Stack | null)[]
  databases: readonly SqlTarget[]
  values: readonly unknown[]
  sparse: ReadonlyMap<number, Pick<RawSql, 'error' | 'pool'>>
}

function unpack(columns: Columns, kinds: { query: EntryKind; transaction: EntryKind }): RawEntry[] {
  const { times, numbers, flags, texts, stacks, databases, values, sparse } = columns
  const entries: RawEntry[] = []
  let from = 0
  for (let at = 0; at < flags.length; at++) {
    const row = numbers.subarray(at * numberColumns, (at + 1) * numberColumns)
    const flag = flags[at] as number
    const to = row[11] as number
    const more = sparse.get(at)
    const data: RawSql = {
      sql: texts[row[3] as number] as string,
      params: values.slice(from, to),
      database: databases[row[4] as number] as SqlTarget,
      connectionId: texts[row[5] as number] as string | null,
      transaction: (flag & transaction) !== 0,
      rows: row[9] as number,
      error: more?.error ?? null,
      transactionId: texts[row[6] as number] as string | null,
      savepoint: texts[row[7] as number] as string | null,
      waitMs: times[at * 4 + 2] as number,
      bytes: times[at * 4 + 3] as number,
      columns: row[10] as number,
      pool: more?.pool ?? null,
      after: texts[row[8] as number] as string | null,
      duplicateGroup: 0,
      similarGroup: 0,
    }
    if ((flag & cut) !== 0) data.cut = true
    from = to
    const kind = data.transaction ? kinds.transaction : kinds.query
    const entry = new RawEntry(row[0] as number, kind, '', times[at * 4] as number, row[1] as number, data)
    entry.endMs = times[at * 4 + 1] as number
    entry.status = (flag & running) !== 0 ? 'running' : (flag & failed) !== 0 ? 'error' : 'ok'
    entry.stack = stacks[row[2] as number] as Stack | null
    entry.inferred = (flag & inferred) !== 0
    entries.push(entry)
  }
  return entries
}
