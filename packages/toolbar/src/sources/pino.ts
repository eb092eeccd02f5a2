import { context, type Frame, noteLate } from '../core/context.ts'
import { type LogFieldNames, logKind, type RawLog } from '../core/entries/log.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { patchMethod } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import { Depth, takeStack } from '../core/stacks.ts'
import { isFunction, read, type Source } from './source.ts'

/**
 * pino, current and former majors. The method that makes the finished line is patched on the watched logger; its children inherit it.
 * What is written, where and when does not change; lines below the logger's level never get here.
 */
export const pinoSource: Source = {
  id: 'pino',
  what: 'a pino logger',
  mechanism: 'own method that makes the line',
  recognise: (value) => isFunction(read(value, 'child')) && isFunction(read(value, 'bindings')) && lineSymbol(value) !== undefined,
  watch(target: never, label) {
    const logger = target as object
    const name = label ?? nameOf(logger)
    const names = fieldNames(logger)
    const depth = new Depth()
    const undo = patchMethod(logger, lineSymbol(logger) as symbol, (original) => {
      return function asJson(this: object, ...args: unknown[]): unknown {
        // a watched child inherits from a watched parent: the innermost call is the child's, and one line is one entry
        const outermost = !writing
        writing = true
        let line: unknown
        try {
          line = original.apply(this, args)
        } finally {
          if (outermost) writing = false
        }
        const frame = context.getStore()
        if (outermost && frame !== undefined && typeof line === 'string') {
          const { record } = frame.scope
          if (record === null) noteLate(frame.scope)
          else takeStack(note(record, frame, line, args[2], name, names, depth)?.stack ?? null)
        }
        return line
      }
    })
    return { undo, label: name }
  },
}

let writing = false

const keys: Record<number, string> = { 10: 'log 10', 20: 'log 20', 30: 'log 30', 40: 'log 40', 50: 'log 50', 60: 'log 60' }
const keyOf = (levelValue: number): string => keys[levelValue] ?? `log ${levelValue}`

function countLevel(record: RequestRecord, levelValue: number, names: LogFieldNames): void {
  record.logLevels ??= []
  for (const known of record.logLevels) {
    if (known.value !== levelValue) continue
    known.count++
    return
  }
  record.logLevels.push({ value: levelValue, label: names.labels[levelValue] ?? String(levelValue), count: 1 })
}

const note = guard(
  'pino.line',
  (record: RequestRecord, frame: Frame, line: string, level: unknown, logger: string, names: LogFieldNames, depth: Depth): RawEntry => {
    const levelValue = typeof level === 'number' ? level : 0
    const data: RawLog = { line, levelValue, logger, names }
    countLevel(record, levelValue, names)
    const entry = record.point(logKind, '', frame.parentId, data)
    record.locate(entry, keyOf(levelValue), depth)
    return entry
  },
)

/** pino names its internals by symbols it exports as `pino.symbols`; an instance reaches them through its prototypes. */
function lineSymbol(value: unknown): symbol | undefined {
  let holder = typeof value === 'object' ? (value as object | null) : null
  for (let level = 0; holder !== null && level < 20; level++) {
    const found = Object.getOwnPropertySymbols(holder).find((symbol) => symbol.description === 'pino.asJson')
    if (found !== undefined) return found
    holder = Object.getPrototypeOf(holder) as object | null
  }
  return undefined
}

function bySymbol(logger: object, description: string): unknown {
  for (let holder: object | null = logger; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const symbol = Object.getOwnPropertySymbols(holder).find((candidate) => candidate.description === description)
    if (symbol !== undefined) return (logger as Record<symbol, unknown>)[symbol]
  }
  return undefined
}

function fieldNames(logger: object): LogFieldNames {
  const levels = read(logger, 'levels')
  const labels = read(levels, 'labels')
  const message = bySymbol(logger, 'pino.messageKey')
  return {
    message: typeof message === 'string' ? message : 'msg',
    level: 'level',
    timed: bySymbol(logger, 'pino.time') !== undefined && read(bySymbol(logger, 'pino.time'), 'name') !== 'nullTime',
    labels: typeof labels === 'object' && labels !== null ? { ...(labels as Record<number, string>) } : {},
  }
}

function nameOf(logger: object): string {
  try {
    const name = (logger as { bindings(): { name?: unknown } }).bindings().name
    return typeof name === 'string' ? name : 'pino'
  } catch {
    return 'pino'
  }
}
