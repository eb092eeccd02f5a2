import { nearFrames } from '../core/call-sites.ts'
import { context, type Frame, noteLate } from '../core/context.ts'
import { type LogFieldNames, logKind, type RawLog } from '../core/entries/log.ts'
import { guard } from '../core/guard.ts'
import { patchMethod } from '../core/patch.ts'
import type { RequestRecord } from '../core/record.ts'
import { isFunction, read, type Source } from './source.ts'

/**
 * pino, current and former majors. The method that makes the finished line is patched on the watched logger; its children inherit it.
 * What is written, where and when does not change; lines below the logger's level never get here.
 */
export const pinoSource: Source = {
  id: 'pino',
  what: 'a pino logger',
  recognise: (value) => isFunction(read(value, 'child')) && isFunction(read(value, 'bindings')) && lineSymbol(value) !== undefined,
  watch(target: never, label) {
    const logger = target as object
    const name = label ?? nameOf(logger)
    const names = fieldNames(logger)
    const undo = patchMethod(logger, lineSymbol(logger) as symbol, (original) => {
      return function asJson(this: object, ...args: unknown[]): unknown {
        const line = original.apply(this, args)
        const frame = context.getStore()
        if (frame !== undefined && typeof line === 'string') {
          const { record } = frame.scope
          if (record === null) noteLate(frame.scope)
          else note(record, frame, line, args[2], name, names, asJson)
        }
        return line
      }
    })
    return { undo, label: name }
  },
}

const warnLevel = 40
const errorLevel = 50

const note = guard(
  'pino.line',
  (
    record: RequestRecord,
    frame: Frame,
    line: string,
    level: unknown,
    logger: string,
    names: LogFieldNames,
    below: (...args: never[]) => unknown,
  ): void => {
    const levelValue = typeof level === 'number' ? level : 0
    const data: RawLog = { line, levelValue, logger, names }
    if (levelValue >= errorLevel) record.errors++
    else if (levelValue >= warnLevel) record.warnings++
    const entry = record.point(logKind, '', frame.parentId, data)
    record.locate(entry, `log ${levelValue}`, below, nearFrames)
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
