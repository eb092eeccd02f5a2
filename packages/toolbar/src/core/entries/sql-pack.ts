import { type EntryKind, type Packer, RawEntry } from '../entry.ts'
import { SmallMap } from '../small-map.ts'
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

/** Values kept once, referred to by index. */
class Table<Value> {
  readonly values: Value[] = []
  private readonly indexes = new SmallMap<Value, number>()

  indexOf(value: Value): number {
    let index = this.indexes.get(value)
    if (index === undefined) {
      index = this.values.push(value) - 1
      this.indexes.add(value, index)
    }
    return index
  }
}

export function packSql(kinds: { query: EntryKind; transaction: EntryKind }): Packer {
  return {
    from: 16,
    savedBytes: 200,
    pack(entries) {
      const columns = new Columns(entries.length)
      const { times, numbers, flags } = columns
      const texts = new Table<string | null>()
      const stacks = new Table<Stack | null>()
      const databases = new Table<SqlTarget>()
      const values: unknown[] = []
      for (let at = 0; at < entries.length; at++) {
        const entry = entries[at] as RawEntry
        const raw = entry.data as RawSql
        const { params } = raw
        for (let index = 0; index < params.length; index++) values.push(params[index])
        const time = at * timeColumns
        times[time] = entry.startMs
        times[time + 1] = entry.endMs
        times[time + 2] = raw.waitMs
        times[time + 3] = raw.bytes
        const number = at * numberColumns
        numbers[number] = entry.id
        numbers[number + 1] = entry.parentId
        numbers[number + 2] = stacks.indexOf(entry.stack)
        numbers[number + 3] = texts.indexOf(raw.sql)
        numbers[number + 4] = databases.indexOf(raw.database)
        numbers[number + 5] = texts.indexOf(raw.connectionId)
        numbers[number + 6] = texts.indexOf(raw.transactionId)
        numbers[number + 7] = texts.indexOf(raw.savepoint)
        numbers[number + 8] = texts.indexOf(raw.after)
        numbers[number + 9] = raw.rows
        numbers[number + 10] = raw.columns
        numbers[number + 11] = values.length
        flags[at] =
          (entry.inferred ? inferred : 0) |
          (entry.status === 'error' ? failed : 0) |
          (entry.status === 'running' ? running : 0) |
          (raw.transaction ? transaction : 0)
        if (raw.error !== null || raw.pool !== null || raw.cut !== undefined) {
          columns.sparse ??= new Map()
          columns.sparse.set(at, { error: raw.error, pool: raw.pool, cut: raw.cut })
        }
      }
      // a list that grew by pushing has room to spare
      columns.texts = texts.values.slice()
      columns.stacks = stacks.values.slice()
      columns.databases = databases.values.slice()
      columns.values = values.slice()
      return () => unpack(columns, kinds)
    },
  }
}

const timeColumns = 4
const numberColumns = 12

class Columns {
  readonly times: Float64Array
  readonly numbers: Int32Array
  readonly flags: Uint8Array
  texts: readonly (string | null)[] = []
  stacks: readonly (Stack | null)[] = []
  databases: readonly SqlTarget[] = []
  values: readonly unknown[] = []
  /** made with the first that has any */
  sparse: Map<number, Pick<RawSql, 'error' | 'pool'> & { cut: RawSql['cut'] | undefined }> | null = null

  constructor(count: number) {
    // one piece of memory for all numbers: each takes as long to get as ten queries to write
    const bytes = new ArrayBuffer(count * (timeColumns * 8 + numberColumns * 4 + 1))
    this.times = new Float64Array(bytes, 0, count * timeColumns)
    this.numbers = new Int32Array(bytes, count * timeColumns * 8, count * numberColumns)
    this.flags = new Uint8Array(bytes, count * (timeColumns * 8 + numberColumns * 4), count)
  }
}

function unpack(columns: Columns, kinds: { query: EntryKind; transaction: EntryKind }): RawEntry[] {
  const { times, numbers, flags, texts, stacks, databases, values, sparse } = columns
  const entries: RawEntry[] = []
  let from = 0
  for (let at = 0; at < flags.length; at++) {
    const row = numbers.subarray(at * numberColumns, (at + 1) * numberColumns)
    const flag = flags[at] as number
    const to = row[11] as number
    const more = sparse?.get(at)
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
    if (more?.cut !== undefined) data.cut = more.cut
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
