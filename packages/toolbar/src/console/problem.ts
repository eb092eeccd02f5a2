/** Why a query was not explained or run again. */
export type ConsoleCode =
  /** the entry is no query */
  | 'NOT_A_QUERY'
  /** it is not proved to only read */
  | 'NOT_READ_ONLY'
  /** it has no plan */
  | 'NOT_EXPLAINABLE'
  /** the database has no such thing */
  | 'NOT_SUPPORTED'
  /** its text was cut */
  | 'TRUNCATED'
  /** a value was not kept as it was */
  | 'PARAMS_NOT_AVAILABLE'
  /** there is no way to connect beside the app */
  | 'NO_CONNECTION'
  /** another one is being explained or run */
  | 'BUSY'
  | 'TOO_MANY'
  /** no connection or lock in time */
  | 'DB_BUSY'
  | 'DB_UNAVAILABLE'
  | 'TIMEOUT'
  | 'DB_ERROR'

/** A query that was not explained or run again, and why. */
export class ConsoleProblem extends Error {
  readonly code: ConsoleCode
  /** seconds to wait before it is worth asking again */
  readonly retryAfter: number | null

  constructor(code: ConsoleCode, message: string, retryAfter: number | null = null) {
    super(message)
    this.code = code
    this.retryAfter = retryAfter
  }
}

/** Bounds of a statement of our own. */
export const bounds = {
  connectMs: 1_000,
  statementMs: 3_000,
  lockMs: 500,
  /** beyond the database's own limit: then the connection is torn down */
  graceMs: 400,
  rows: 100,
  answerBytes: 1_000_000,
  perMinute: 10,
  idleMs: 2_000,
} as const

const refused = new Set(['25006', '0A000', '1792', 'SQLITE_READONLY', 'NOT_READ_ONLY'])
const late = new Set(['57014', '1969', '3024', 'TIMEOUT'])
const busy = new Set(['55P03', '53300', '1205', '1040', '1203', 'SQLITE_BUSY', 'SQLITE_LOCKED'])
const gone = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  '57P03',
  '28P01',
  '3D000',
  '1045',
  '1049',
  'SQLITE_CANTOPEN',
])

/** What a driver's error means for whoever asked. */
export function toProblem(error: unknown): ConsoleProblem {
  if (error instanceof ConsoleProblem) return error
  const { message, code, errno } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  const text = typeof message === 'string' && message !== '' ? message.slice(0, 1_000) : 'the driver did not say why'
  const is = (codes: ReadonlySet<string>): boolean => codes.has(String(errno)) || codes.has(String(code))
  if (is(refused)) return new ConsoleProblem('NOT_READ_ONLY', `the database refused it in a read-only transaction: ${text}`)
  if (is(late)) return tooSlow()
  if (is(busy)) return new ConsoleProblem('DB_BUSY', `the database had no connection or lock to give: ${text}`, 5)
  if (is(gone)) return new ConsoleProblem('DB_UNAVAILABLE', `no connection of the toolbar's own could be made: ${text}`)
  return new ConsoleProblem('DB_ERROR', `the database says: ${text}${code === undefined ? '' : ` (${String(code).slice(0, 60)})`}`)
}

/** The statement took too long. */
export function tooSlow(): ConsoleProblem {
  return new ConsoleProblem('TIMEOUT', `it was stopped after ${bounds.statementMs / 1_000} s.`)
}

/** `work`, or what `expired` makes of it after `ms`; a result that comes later is dropped. */
export function within<Result>(ms: number, work: Promise<Result>, expired: () => Error): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(expired()), ms).unref()
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
