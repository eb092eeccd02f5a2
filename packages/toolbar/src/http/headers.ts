import type { ServerResponse } from 'node:http'

/**
 * Headers of a response that is about to be sent, in all the forms `writeHead` takes: what was set before, an object,
 * a flat array, an array of pairs. Order, case and duplicates of the app's own headers stay as they are.
 */

export type HeaderChange = readonly [name: string, value: string | null]

type HeaderArgument = Record<string, unknown> | unknown[] | undefined

/** The headers argument among the arguments of `writeHead(status, reason?, headers?)`. */
export function headerArgument(args: readonly unknown[]): HeaderArgument {
  const last = args.length > 1 ? args[args.length - 1] : undefined
  return typeof last === 'object' && last !== null ? (last as HeaderArgument) : undefined
}

/** Values of a header, of the argument before what was set; lists are joined as they would be received. */
export function headerValue(res: ServerResponse, argument: HeaderArgument, name: string): string | undefined {
  const found = argument === undefined ? undefined : inArgument(argument, name)
  const value = found ?? res.getHeader(name)
  if (value === undefined || value === null) return undefined
  return Array.isArray(value) ? value.join(', ') : String(value)
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
 * Applies changes and returns the arguments to call `writeHead` with. What is in the argument is changed in a copy of it;
 * the rest is set on the response, or added to the copy when nothing was set before (Node then sends the argument as it is).
 */
export function changeHeaders(res: ServerResponse, args: readonly unknown[], changes: readonly HeaderChange[]): unknown[] {
  const argument = headerArgument(args)
  if (argument === undefined) {
    for (const change of changes) changeOne(res, change)
    return [...args]
  }
  const verbatim = res.getHeaderNames().length === 0
  const copy = Array.isArray(argument) ? inList(argument, changes, verbatim) : inObject(argument, changes, verbatim)
  if (!verbatim) for (const change of changes) if (inArgument(argument, change[0].toLowerCase()) === undefined) changeOne(res, change)
  return [...args.slice(0, -1), copy]
}

function changeOne(res: ServerResponse, [name, value]: HeaderChange): void {
  if (value === null) res.removeHeader(name)
  else res.setHeader(name, value)
}

function inObject(argument: Record<string, unknown>, changes: readonly HeaderChange[], addMissing: boolean): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...argument }
  for (const [name, value] of changes) {
    const key = Object.keys(copy).find((candidate) => candidate.toLowerCase() === name.toLowerCase())
    if (key === undefined) {
      if (addMissing && value !== null) copy[name] = value
    } else if (value === null) delete copy[key]
    else copy[key] = value
  }
  return copy
}

function inList(argument: readonly unknown[], changes: readonly HeaderChange[], addMissing: boolean): unknown[] {
  const pairs = Array.isArray(argument[0])
  // an odd flat list is the app's mistake: Node is to say so
  if (!pairs && argument.length % 2 !== 0) return [...argument]
  const left = new Map(changes.map(([name, value]) => [name.toLowerCase(), { name, value }]))
  const copy: unknown[] = []
  const push = (name: unknown, value: unknown): void => {
    if (pairs) copy.push([name, value])
    else copy.push(name, value)
  }
  const replaced = new Set<string>()
  eachPair(argument, (name, value) => {
    const lower = String(name).toLowerCase()
    const change = left.get(lower)
    if (change === undefined) return push(name, value)
    if (change.value !== null && !replaced.has(lower)) push(name, change.value)
    replaced.add(lower)
  })
  if (addMissing) for (const [lower, { name, value }] of left) if (value !== null && !replaced.has(lower)) push(name, value)
  return copy
}

/** The same on a header block that was built but not sent yet: lines end in CRLF, the first is the status line. */
export function changeBlock(block: string, changes: readonly HeaderChange[]): string {
  const lines = block.split('\r\n')
  for (const [name, value] of changes) {
    const lower = `${name.toLowerCase()}:`
    const at = lines.findIndex((line, index) => index > 0 && line.toLowerCase().startsWith(lower))
    if (at !== -1) {
      if (value === null) lines.splice(at, 1)
      else lines[at] = `${(lines[at] as string).slice(0, name.length)}: ${value}`
    } else if (value !== null) lines.splice(lines.length - 2, 0, `${name}: ${value}`)
  }
  return lines.join('\r\n')
}
