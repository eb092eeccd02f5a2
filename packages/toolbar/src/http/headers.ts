import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import { look } from '../core/look.ts'

/**
 * Headers of a response that is about to be sent, in all the forms `writeHead` takes: what was set before, an object,
 * a flat array, an array of pairs. Order, case and duplicates of the app's own headers stay as they are.
 */

/** A value replaces what is there, `null` removes it; `add` leaves it and says one value more. */
export type HeaderChange = readonly [name: string, value: string | null, mode?: 'add']

type HeaderArgument = Record<string, unknown> | unknown[] | undefined

/** What was set on the response before, by name; `undefined` for nothing. */
type Before = readonly (readonly [name: string, value: OutgoingHttpHeader | undefined])[]

export interface ChangedHead {
  /** to call `writeHead` with */
  args: readonly unknown[]
  before: Before
}

/** Where the headers are among the arguments of `writeHead(status, reason?, headers?)`, -1 for nowhere: as Node reads them. */
function headerIndex(args: readonly unknown[]): number {
  const isHeaders = (value: unknown): boolean => typeof value === 'object' && value !== null
  if (isHeaders(args[2])) return 2
  return (args[2] === undefined || args[2] === null) && isHeaders(args[1]) ? 1 : -1
}

/** The headers argument among the arguments of `writeHead(status, reason?, headers?)`. */
export function headerArgument(args: readonly unknown[]): HeaderArgument {
  return args[headerIndex(args)] as HeaderArgument
}

/**
 * The arguments with a copy of the headers in them, every value read once: a getter, or an object with a text, may say something else the
 * second time. What cannot be read throws, as it does in Node.
 */
export function readArguments(args: unknown[]): unknown[] {
  const at = headerIndex(args)
  if (at === -1) return args
  const argument = args[at] as Record<string, unknown> | unknown[]
  const read = [...args]
  read[at] = Array.isArray(argument) ? argument.map(readItem) : readValues(argument)
  return read
}

function readValues(argument: Record<string, unknown>): Record<string, unknown> {
  const copy = { ...argument }
  for (const key of Object.keys(copy)) if (isTextObject(copy[key])) copy[key] = String(copy[key])
  return copy
}

function readItem(item: unknown): unknown {
  if (Array.isArray(item)) return item.map((value) => (isTextObject(value) ? String(value) : value))
  return isTextObject(item) ? String(item) : item
}

const isTextObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Values of a header, of the argument before what was set; lists are joined as they would be received. */
export function headerValue(res: ServerResponse, argument: HeaderArgument, name: string): string | undefined {
  const found = argument === undefined ? undefined : inArgument(argument, name)
  const value = found ?? look(res, 'getHeader').call(res, name)
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return value.join(', ')
  // asked for its text once: what was read is what is sent
  const text = String(value)
  res.setHeader(nameAsSet(res, name), text)
  return text
}

/** Names of all headers, in lower case. @param set those that were set on the response */
export function headerNames(set: readonly string[], argument: HeaderArgument): readonly string[] {
  if (argument === undefined) return set
  const names = [...set]
  if (Array.isArray(argument)) eachPair(argument, (name) => names.push(String(name).toLowerCase()))
  else for (const name of Object.keys(argument)) names.push(name.toLowerCase())
  return names
}

function inArgument(argument: Record<string, unknown> | unknown[], name: string): unknown {
  if (!Array.isArray(argument)) {
    for (const key of Object.keys(argument)) if (key.toLowerCase() === name) return argument[key]
    return undefined
  }
  const values: unknown[] = []
  eachPair(argument, (key, value) => {
    if (String(key).toLowerCase() === name) values.push(value)
  })
  return values.length > 1 ? values.flat() : values[0]
}

function eachPair(list: readonly unknown[], visit: (key: unknown, value: unknown) => void): void {
  if (Array.isArray(list[0])) for (const pair of list as unknown[][]) visit(pair[0], pair[1])
  else for (let index = 0; index + 1 < list.length; index += 2) visit(list[index], list[index + 1])
}

/**
 * Applies changes. What is in the argument is changed in it, a copy of the app's (`readArguments`); the rest is set on the response, or
 * added to the argument when nothing was set before (Node then sends it as it is). All or nothing: when one fails, none was made.
 * @param set names of the headers that were set on the response, in lower case
 */
export function changeHeaders(
  res: ServerResponse,
  args: readonly unknown[],
  changes: readonly HeaderChange[],
  set: readonly string[],
): ChangedHead {
  const before: [string, OutgoingHttpHeader | undefined][] = []
  try {
    const at = headerIndex(args)
    if (at === -1) {
      // a reason that Node may refuse: had it seen a header set, its next error would be another one
      if (typeof args[1] === 'string' && (args[2] === undefined || args[2] === null) && set.length === 0)
        return { args: [args[0], args[1], inObject({}, changes, true)], before: added(changes) }
      for (const change of changes) changeOne(res, change, before, set)
      return { args, before }
    }
    const argument = args[at] as Record<string, unknown> | unknown[]
    const verbatim = set.length === 0
    const missing = changes.filter(([name]) => inArgument(argument, name.toLowerCase()) === undefined)
    const changed = [...args]
    changed[at] = Array.isArray(argument) ? inList(argument, changes, verbatim) : inObject(argument, changes, verbatim)
    if (verbatim) return { args: changed, before: added(missing) }
    for (const change of missing) changeOne(res, change, before, set)
    return { args: changed, before }
  } catch (error) {
    restoreHeaders(res, before)
    throw error
  }
}

/** What Node may have set from the argument by the time that it fails. */
const added = (changes: readonly HeaderChange[]): Before => changes.map(([name]) => [name, undefined])

/** Sets the response back to what it was before the changes. */
export function restoreHeaders(res: ServerResponse, before: Before): void {
  for (const [name, value] of before) {
    if (value === undefined) res.removeHeader(name)
    else res.setHeader(name, value)
  }
}

function changeOne(
  res: ServerResponse,
  [name, value, mode]: HeaderChange,
  before: [string, OutgoingHttpHeader | undefined][],
  set: readonly string[],
): void {
  const lower = name.toLowerCase()
  const old = set.includes(lower) ? look(res, 'getHeader').call(res, lower) : undefined
  const spelt = old === undefined ? name : nameAsSet(res, name)
  before.push([spelt, old])
  if (value === null) look(res, 'removeHeader').call(res, name)
  else look(res, 'setHeader').call(res, spelt, mode === 'add' && old !== undefined ? [old, value].flat().map(String) : value)
}

/** The name in the app's own spelling. HTTP/2 has one spelling only. */
function nameAsSet(res: ServerResponse, name: string): string {
  const lower = name.toLowerCase()
  const getRawHeaderNames = look(res as { getRawHeaderNames?: () => string[] }, 'getRawHeaderNames')
  return getRawHeaderNames?.call(res).find((candidate) => candidate.toLowerCase() === lower) ?? name
}

function inObject(argument: Record<string, unknown>, changes: readonly HeaderChange[], addMissing: boolean): Record<string, unknown> {
  for (const [name, value, mode] of changes) {
    const key = Object.keys(argument).find((candidate) => candidate.toLowerCase() === name.toLowerCase())
    if (key === undefined) {
      if (addMissing && value !== null) argument[name] = value
    } else if (value === null) delete argument[key]
    else argument[key] = mode === 'add' ? [argument[key], value].flat() : value
  }
  return argument
}

function inList(argument: readonly unknown[], changes: readonly HeaderChange[], addMissing: boolean): unknown[] {
  const pairs = Array.isArray(argument[0])
  // an odd flat list is the app's mistake: Node is to say so
  if (!pairs && argument.length % 2 !== 0) return [...argument]
  const list: [name: unknown, value: unknown][] = []
  eachPair(argument, (name, value) => list.push([name, value]))
  for (const [name, value, mode] of changes) {
    const lower = name.toLowerCase()
    const isIt = (pair: readonly [unknown, unknown]): boolean => String(pair[0]).toLowerCase() === lower
    const at = list.findIndex(isIt)
    if (at === -1 || (mode === 'add' && addMissing)) {
      if (addMissing && value !== null) list.push([name, value])
    } else if (mode === 'add') {
      // the last of them is the one that counts
      const last = list.findLast(isIt) as [unknown, unknown]
      last[1] = [last[1], value].flat()
    } else {
      const kept = (list[at] as [unknown, unknown])[0]
      for (let index = list.length - 1; index > at; index--) if (isIt(list[index] as [unknown, unknown])) list.splice(index, 1)
      list.splice(at, 1, ...(value === null ? [] : [[kept, value] as [unknown, unknown]]))
    }
  }
  return pairs ? list : list.flat(1)
}

/** The same on a header block that was built but not sent yet: lines end in CRLF, the first is the status line. */
export function changeBlock(block: string, changes: readonly HeaderChange[]): string {
  const lines = block.split('\r\n')
  for (const [name, value, mode] of changes) {
    const lower = `${name.toLowerCase()}:`
    const isIt = (line: string): boolean => line.toLowerCase().startsWith(lower)
    const at = lines.findIndex(isIt)
    if (at === -1 || mode === 'add') {
      if (value !== null) lines.splice(lines.length - 2, 0, `${name}: ${value}`)
      continue
    }
    const kept = (lines[at] as string).slice(0, name.length)
    for (let index = lines.length - 1; index > at; index--) if (isIt(lines[index] as string)) lines.splice(index, 1)
    lines.splice(at, 1, ...(value === null ? [] : [`${kept}: ${value}`]))
  }
  return lines.join('\r\n')
}

/** Values of a header in a block, joined. */
export function blockValue(block: string, name: string): string | undefined {
  const values = block
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(`${name}:`))
    .map((line) => line.slice(name.length + 1).trim())
  return values.length === 0 ? undefined : values.join(', ')
}

/** Names of all headers of a block, in lower case. */
export function blockNames(block: string): string[] {
  return block
    .split('\r\n')
    .slice(1, -2)
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
}
