import { read } from './source.ts'
import { columnsOfRow, sizeOfRow } from './sql-recording.ts'

/** What a driver answered; -1 is not known. */
interface Answer {
  rows: number
  columns: number
  /** about, of SQLite's rows; servers are asked at their socket */
  bytes: number
}

/** Rows returned, else rows affected. Shapes: pg Result, mysql2 [rows, fields] or [header], SQLite rows or { changes }. */
export function answerOf(answer: unknown): Answer {
  const response = read(answer, 'response')
  return Array.isArray(response) ? ofArray(response) : ofResult(response, answer)
}

const isHeader = (value: unknown): boolean => typeof read(value, 'affectedRows') === 'number' && read(value, 'fieldCount') !== undefined

const sum = (answers: readonly Answer[]): Answer => ({
  rows: answers.reduce((rows, answer) => rows + Math.max(0, answer.rows), 0),
  columns: answers.at(-1)?.columns ?? -1,
  bytes: -1,
})

function ofResult(response: unknown, answer?: unknown): Answer {
  const fields = read(response, 'fields')
  const columns = Array.isArray(fields) && fields.length > 0 ? fields.length : -1
  const count = read(response, 'rowCount') ?? read(response, 'changes') ?? read(read(answer, 'context'), 'changes')
  if (typeof count === 'number') return { rows: count, columns, bytes: -1 }
  const rows = read(response, 'rows')
  return { rows: Array.isArray(rows) ? rows.length : -1, columns, bytes: -1 }
}

function ofArray(response: readonly unknown[]): Answer {
  const [first, second] = response
  // pg answers several statements with a Result each
  if (typeof read(first, 'rowCount') === 'number' && Array.isArray(read(first, 'fields')))
    return sum(response.map((result) => ofResult(result)))
  // mysql2 with a list of rows, or of headers, each
  if (response.length === 2 && Array.isArray(first) && Array.isArray(second) && (Array.isArray(first[0]) || isHeader(first[0])))
    return sum(
      (first as unknown[]).map((set) => ({
        rows: Array.isArray(set) ? set.length : (read(set, 'affectedRows') as number),
        columns: -1,
        bytes: -1,
      })),
    )
  if (response.length === 2 && Array.isArray(first))
    return { rows: first.length, columns: Array.isArray(second) ? second.length : -1, bytes: -1 }
  if (response.length >= 1 && isHeader(first)) return { rows: read(first, 'affectedRows') as number, columns: -1, bytes: -1 }
  return {
    rows: response.length,
    columns: response.length === 0 ? -1 : columnsOfRow(first),
    bytes: response.length * (response.length === 0 ? 0 : sizeOfRow(first)),
  }
}
