import { hostname } from 'node:os'
import type { LogData, LogLevel, Preview } from '../../contract/types.ts'
import { beginningOf } from '../cut-text.ts'
import { defineKind } from '../entry.ts'
import type { Limits } from '../limits.ts'
import { preview } from '../preview.ts'

/** A finished line as the logger wrote it: already serialised, and redacted by the logger's own rules. */
export interface RawLog {
  line: string
  levelValue: number
  logger: string
  /** names of the logger's own fields */
  readonly names: LogFieldNames
}

export interface LogFieldNames {
  readonly message: string
  readonly level: string
  /** the line has the time of the logger, after the level */
  readonly timed: boolean
  /** label of a level value */
  readonly labels: Readonly<Record<number, string>>
}

export const logKind = defineKind({
  type: 'log',
  seal(entry, limits) {
    const raw = entry.data as RawLog
    if (raw.line.length > limits.stringLength * 2) raw.line = beginningOf(raw.line, limits.stringLength * 2)
    return 64 + raw.line.length
  },
  shed(entry) {
    const raw = entry.data as RawLog
    const bytes = raw.line.length - 200
    if (bytes <= 0) return 0
    raw.line = beginningOf(raw.line, 200)
    return bytes
  },
  title: (data: LogData) => data.message,
  toData: (entry, limits) => toLogData(entry.data as RawLog, limits),
})

function toLogData(raw: RawLog, limits: Limits): LogData {
  const level: LogLevel = raw.names.labels[raw.levelValue] ?? String(raw.levelValue)
  const parsed = parse(raw.line)
  if (parsed === null) return { level, message: beginningOf(raw.line, 2_000), fields: {}, logger: raw.logger }
  const message = parsed[raw.names.message]
  const fields: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(parsed)) {
    if (key !== raw.names.message && key !== raw.names.level && !isBoring(key, parsed, raw)) fields[key] = parsed[key]
  }
  return {
    level,
    message: typeof message === 'string' ? message : (errorMessage(parsed.err) ?? ''),
    fields: preview(fields, limits) as Preview,
    logger: raw.logger,
  }
}

/** The logger's own fields, which every line has and nobody wants to read again; the app may have others with these names. */
function isBoring(key: string, parsed: Readonly<Record<string, unknown>>, { line, names }: RawLog): boolean {
  switch (key) {
    case 'time':
      // of two that have the name, the last is parsed
      return names.timed && parse(`{"time":${ownTime.exec(line)?.[1] ?? ''}}`)?.time === parsed.time
    case 'pid':
      return parsed.pid === process.pid
    case 'hostname':
      return parsed.hostname === hostname()
    case 'v':
      // pino before 6 ends its lines with it; since then the message is last
      return parsed.v === 1 && Object.keys(parsed).slice(-2).join() === `${names.message},v`
    default:
      return false
  }
}

/** behind the level, which is a number or a word */
const ownTime = /^\{"[^"]*":(?:"[^"]*"|[^",]*),"time":("(?:[^"\\]|\\.)*"|[^",}]+)/

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function errorMessage(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null
  const message = (error as Record<string, unknown>).message
  return typeof message === 'string' ? message : null
}
