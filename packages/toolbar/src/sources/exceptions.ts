import { types } from 'node:util'
import { fromStandard, parseStack, userFrame } from '../core/call-sites.ts'
import { beginningOf } from '../core/cut-text.ts'
import { className } from '../core/diagnostics.ts'
import { exceptionKind, type RawCause, type RawException } from '../core/entries/exception.ts'
import type { RawSql } from '../core/entries/sql.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { ownText, preview } from '../core/preview.ts'
import type { RequestRecord } from '../core/record.ts'
import { stackOfText } from '../core/stacks.ts'

const maxCauses = 8
const maxStack = 20_000
const maxMessage = 5_000
const lastSeen = new WeakMap<RequestRecord, { error: unknown; entry: RawEntry }>()

/** Records an error on its way to the error handlers; the same error on its further way is the same entry. */
export const noteException = guard(
  'exceptions.note',
  (record: RequestRecord, parentId: number, error: unknown, raisedBy: string | null): void => {
    const known = lastSeen.get(record)
    if (known !== undefined && known.error === error) return
    const cause = toCause(error)
    const data: RawException = {
      ...cause,
      status: statusOf(error),
      causes: causesOf(error),
      properties: propertiesOf(error, record),
      raisedBy,
      handledBy: null,
    }
    const entry = record.point(exceptionKind, cause.name, parentId, data)
    entry.status = 'error'
    if (userFrame(parseStack(cause.stack)) !== null) entry.stack = stackOfText(cause.stack)
    else placeAtQuery(record, entry, cause.message)
    lastSeen.set(record, { error, entry })
  },
)

/** A driver's error has only the driver on its stack: its place is that of the query that failed with it. */
function placeAtQuery(record: RequestRecord, entry: RawEntry, message: string): void {
  const query = record.entries.findLast(
    (candidate) => candidate.kind.type === 'sql' && (candidate.data as RawSql).error?.message === message,
  )
  entry.stack = query?.stack ?? null
  entry.inferred = query?.inferred ?? false
}

/** An error handler of the app took the error; `null` when it passed it on. */
export const noteHandler = guard('exceptions.handler', (record: RequestRecord, error: unknown, handler: string | null): void => {
  const known = lastSeen.get(record)
  if (known === undefined || known.error !== error) return
  ;(known.entry.data as RawException).handledBy = handler
  record.version++
})

/** Lets go of the errors themselves. */
export function forgetExceptions(record: RequestRecord): void {
  lastSeen.delete(record)
}

function toCause(error: unknown): RawCause {
  if (typeof error !== 'object' || error === null)
    return {
      name: 'not an Error',
      message: typeof error === 'function' ? 'a function' : beginningOf(String(error), maxMessage),
      code: null,
      stack: '',
    }
  return {
    name: ownText(error, 'name') ?? className(error) ?? 'Error',
    message: beginningOf(ownText(error, 'message') ?? '', maxMessage),
    code: ownText(error, 'code'),
    stack: stackText(error),
  }
}

/** Frames only: what the message says can never pass for one. */
function stackText(error: object): string {
  if (types.isProxy(error)) return ''
  try {
    return readStack(error)
  } catch {
    // an `Error.prepareStackTrace` of the app's that throws
    return ''
  }
}

function readStack(error: object): string {
  // to write a stack, Node reads both
  for (const name of ['message', 'name']) if (Object.getOwnPropertyDescriptor(error, name)?.get !== undefined) return ''
  const descriptor = Object.getOwnPropertyDescriptor(error, 'stack')
  if (descriptor === undefined) return ''
  // newer versions of V8 have an accessor of their own here; an app's is not called
  const native = 'value' in descriptor || Function.prototype.toString.call(descriptor.get ?? (() => {})).includes('[native code]')
  if (!native) return ''
  const stack: unknown = (error as Error).stack
  const text = typeof stack === 'string' ? stack.slice(0, maxStack) : ''
  const message = ownText(error, 'message') ?? ''
  const at = message === '' ? 0 : text.indexOf(message)
  return fromStandard(at === -1 ? text : text.slice(at + message.length))
}

function causesOf(error: unknown): RawCause[] {
  const causes: RawCause[] = []
  const seen = new Set<unknown>([error])
  for (let current = next(error); current !== undefined && causes.length < maxCauses && !seen.has(current); current = next(current)) {
    seen.add(current)
    causes.push(toCause(current))
  }
  for (const link of seen) for (const member of membersOf(link).slice(0, maxCauses - causes.length)) causes.push(toCause(member))
  return causes
}

/** Of an AggregateError. */
function membersOf(error: unknown): unknown[] {
  if (typeof error !== 'object' || error === null || types.isProxy(error)) return []
  const members: unknown = Object.getOwnPropertyDescriptor(error, 'errors')?.value
  return types.isProxy(members) || !Array.isArray(members) ? [] : members
}

function next(error: unknown): unknown {
  return typeof error === 'object' && error !== null && !types.isProxy(error)
    ? Object.getOwnPropertyDescriptor(error, 'cause')?.value
    : undefined
}

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || types.isProxy(error)) return null
  const status = Object.getOwnPropertyDescriptor(error, 'status')?.value ?? Object.getOwnPropertyDescriptor(error, 'statusCode')?.value
  return typeof status === 'number' ? status : null
}

function propertiesOf(error: unknown, record: RequestRecord): RawException['properties'] {
  if (typeof error !== 'object' || error === null || types.isProxy(error)) return {}
  const own: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(error)) {
    if (key === 'name' || key === 'message' || key === 'stack' || key === 'cause' || key === 'errors') continue
    const descriptor = Object.getOwnPropertyDescriptor(error, key)
    if (descriptor !== undefined && 'value' in descriptor) own[key] = descriptor.value
  }
  return preview(own, record.limits)
}
