import { types } from 'node:util'
import type { Preview } from '../contract/types.ts'
import { beginningOf } from './cut-text.ts'
import { className } from './diagnostics.ts'
import { accessor, hasOwn, ownValue, presentValue } from './own-value.ts'

/**
 * Pictures of the app's values: bounded, JSON-safe, and taken without running any of the app's code. Properties are read where they are
 * values (`core/own-value.ts`); no getter, proxy trap, `toJSON`, `toString`, `then`, iterator or inspector of theirs is ever called.
 */

export interface PreviewLimits {
  valueNodes: number
  valueDepth: number
  valueKeys: number
  stringLength: number
}

/** characters of all strings of one picture: each may be long, all of them may not */
const maxChars = 131_072

interface Budget {
  nodes: number
  /** left for strings */
  chars: number
  readonly depth: number
  readonly keys: number
  readonly string: number
  readonly path: object[]
}

/**
 * An object that inherits nothing, whatever its keys are called. `Object.create(null)` is a hash table of its own each time, three times as
 * large as objects that share their shape; a page with a list in its locals has hundreds.
 */
const Picture = function Picture() {} as unknown as new () => { [key: string]: Preview }
Picture.prototype = Object.create(null)

/** A bounded picture of any value. Never throws, never calls into the value. */
export function preview(value: unknown, limits: PreviewLimits): Preview {
  switch (typeof value) {
    case 'string':
      return cut(value, limits.stringLength)
    case 'boolean':
      return value
    case 'number':
      return numeric(value)
    default:
      if (value === null) return null
      return walk(value, 0, {
        nodes: limits.valueNodes,
        chars: maxChars,
        depth: limits.valueDepth,
        keys: limits.valueKeys,
        string: limits.stringLength,
        path: [],
      })
  }
}

const maxName = 200
const maxText = 10_000
const largest = 10n ** 100n

/** Digits of a large number take time that grows with its square: it is not written out. */
function bigint(value: bigint): Preview {
  return value < largest && value > -largest ? tagged('BigInt', value.toString()) : tagged('BigInt', tagged('more'))
}

/** A special value in the form `{ $: kind, v }`. */
export function tagged(kind: string, v?: Preview): Preview {
  return v === undefined ? { $: kind } : { $: kind, v }
}

function cut(text: string, length: number): Preview {
  return text.length <= length ? text : { $: 'string', v: beginningOf(text, length), length: text.length }
}

/** A string within what is left for all strings of the picture. */
function spend(text: string, budget: Budget): Preview {
  const length = Math.min(budget.string, budget.chars)
  budget.chars -= Math.min(text.length, length)
  return cut(text, length)
}

function numeric(value: number): Preview {
  if (Number.isFinite(value)) return Object.is(value, -0) ? tagged('number', '-0') : value
  return tagged('number', String(value))
}

function walk(value: unknown, depth: number, budget: Budget): Preview {
  switch (typeof value) {
    case 'string':
      return spend(value, budget)
    case 'boolean':
      return value
    case 'number':
      return numeric(value)
    case 'undefined':
      return tagged('undefined')
    case 'bigint':
      return bigint(value)
    case 'symbol':
      return tagged('Symbol', beginningOf(value.description ?? '', maxName))
    case 'function':
      return types.isProxy(value) ? tagged('Proxy') : tagged('Function', ownText(value, 'name') ?? '')
    default:
      return value === null ? null : object(value as object, depth, budget)
  }
}

function object(value: object, depth: number, budget: Budget): Preview {
  if (types.isProxy(value)) return tagged('Proxy')
  if (budget.path.includes(value)) return tagged('Circular')
  const common = isCommon(value)
  const special = common ? undefined : leaf(value, budget)
  if (special !== undefined) return special
  if (depth >= budget.depth || budget.nodes <= 0)
    return tagged(Array.isArray(value) ? 'Array' : (className(value) ?? 'Object'), tagged('more'))
  budget.path.push(value)
  try {
    if (Array.isArray(value)) return array(value, depth, budget)
    if (common) return plain(value, depth, budget)
    if (types.isMap(value)) return map(value, depth, budget)
    if (types.isSet(value)) return set(value, depth, budget)
    return plain(value, depth, budget)
  } finally {
    budget.path.pop()
  }
}

/** Nearly all there is: arrays, and objects that say they are plain ones. Those that hold bytes or characters say so falsely. */
function isCommon(value: object): boolean {
  if (Array.isArray(value)) return true
  return Object.getPrototypeOf(value) === Object.prototype && !ArrayBuffer.isView(value) && !types.isStringObject(value)
}

const dateTime = Date.prototype.getTime
const toIso = Date.prototype.toISOString
const regexpSource = Object.getOwnPropertyDescriptor(RegExp.prototype, 'source')?.get as () => string
const regexpFlags = (value: RegExp): string =>
  (['d', 'g', 'i', 'm', 's', 'u', 'v', 'y'] as const).filter((flag) => flagGetters[flag]?.call(value) === true).join('')
const flagGetters = Object.fromEntries(
  Object.entries({
    d: 'hasIndices',
    g: 'global',
    i: 'ignoreCase',
    m: 'multiline',
    s: 'dotAll',
    u: 'unicode',
    v: 'unicodeSets',
    y: 'sticky',
  }).map(([flag, name]) => [flag, Object.getOwnPropertyDescriptor(RegExp.prototype, name)?.get]),
) as Record<string, ((this: RegExp) => boolean) | undefined>
const typedOffset = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteOffset')?.get as () => number
const typedBuffer = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'buffer')?.get as () => ArrayBuffer
const typedLength = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength')?.get as () => number

function leaf(value: object, budget: Budget): Preview | undefined {
  if (types.isDate(value)) return tagged('Date', Number.isNaN(dateTime.call(value)) ? 'Invalid Date' : toIso.call(value))
  if (types.isRegExp(value)) return tagged('RegExp', `/${regexpSource.call(value).slice(0, 200)}/${regexpFlags(value)}`)
  if (types.isTypedArray(value)) return binary(className(value) ?? 'TypedArray', value as Uint8Array)
  if (types.isDataView(value) || types.isAnyArrayBuffer(value)) return tagged(className(value) ?? 'ArrayBuffer')
  if (types.isPromise(value)) return tagged('Promise')
  if (types.isWeakMap(value) || types.isWeakSet(value) || types.isGeneratorObject(value)) return tagged(className(value) ?? 'Object')
  if (types.isNativeError(value)) return error(value, budget)
  if (types.isBoxedPrimitive(value)) return tagged(className(value) ?? 'Object')
  return undefined
}

/** The length, and for buffers the first bytes in hex. */
function binary(kind: string, value: Uint8Array): Preview {
  const bytes = typedLength.call(value)
  const picture: { [key: string]: Preview } = { $: kind, bytes }
  if (types.isUint8Array(value) && bytes > 0) {
    const offset = typedOffset.call(value)
    picture.v = Buffer.from(typedBuffer.call(value), offset, Math.min(bytes, 16)).toString('hex')
  }
  return picture
}

function error(value: Error, budget: Budget): Preview {
  const picture: { [key: string]: Preview } = {
    $: 'Error',
    name: ownText(value, 'name') ?? className(value) ?? 'Error',
    v: spend(ownText(value, 'message') ?? '', budget),
  }
  const code = ownText(value, 'code')
  if (code !== null) picture.code = code
  return picture
}

function array(value: unknown[], depth: number, budget: Budget): Preview {
  const length = value.length
  const shown = Math.min(length, budget.keys)
  // of its size from the start: one that grows keeps room for sixteen more
  const items = new Array<Preview>(shown < length ? shown + 1 : shown)
  let index = 0
  for (; index < shown && budget.nodes > 0; index++) {
    budget.nodes--
    items[index] = hasOwn(value, index) ? property(presentValue(value, index), depth, budget) : tagged('empty')
  }
  if (index === length) return items
  items[index] = tagged('more', length - index)
  items.length = index + 1
  return items
}

const mapEntries = Map.prototype.entries
const setValues = Set.prototype.values
const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, 'size')?.get as () => number
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, 'size')?.get as () => number

function map(value: Map<unknown, unknown>, depth: number, budget: Budget): Preview {
  const size = mapSize.call(value)
  const pairs: Preview[] = []
  for (const [key, item] of mapEntries.call(value)) {
    if (pairs.length >= budget.keys || budget.nodes <= 0) break
    budget.nodes--
    pairs.push([walk(key, depth + 1, budget), walk(item, depth + 1, budget)])
  }
  if (pairs.length < size) pairs.push(tagged('more', size - pairs.length))
  return tagged('Map', pairs)
}

function set(value: Set<unknown>, depth: number, budget: Budget): Preview {
  const size = setSize.call(value)
  const items: Preview[] = []
  for (const item of setValues.call(value)) {
    if (items.length >= budget.keys || budget.nodes <= 0) break
    budget.nodes--
    items.push(walk(item, depth + 1, budget))
  }
  if (items.length < size) items.push(tagged('more', size - items.length))
  return tagged('Set', items)
}

function plain(value: object, depth: number, budget: Budget): Preview {
  const picture = new Picture()
  const prototype = Object.getPrototypeOf(value)
  let shown = 0
  let left = 0
  if (prototype === Object.prototype) {
    // without a list of the keys; what it inherits is known, and no proxy
    for (const key in value) {
      if (!hasOwn(value, key)) continue
      if (show(picture, shown, value, key, depth, budget)) shown++
      else left++
    }
  } else {
    for (const key of Object.keys(value)) {
      if (show(picture, shown, value, key, depth, budget)) shown++
      else left++
    }
  }
  if (left > 0) picture['…'] = tagged('more', left)
  const name = prototype === Object.prototype ? 'Object' : className(value)
  return name === 'Object' || name === null ? picture : tagged(name, picture)
}

/** @returns whether there was room for one more than those `shown` */
function show(picture: Record<string, Preview>, shown: number, value: object, key: string, depth: number, budget: Budget): boolean {
  if (shown >= budget.keys || budget.nodes <= 0) return false
  budget.nodes--
  picture[keyOf(key)] = property(presentValue(value, key), depth, budget)
  return true
}

/** Our own marks begin with `$`; a key of the app's that does gets one more. */
function keyOf(key: string): string {
  const escaped = key.startsWith('$') ? `$${key}` : key
  return escaped.length > maxName ? `${beginningOf(escaped, maxName)}…` : escaped
}

function property(value: unknown, depth: number, budget: Budget): Preview {
  return value === accessor ? tagged('Getter') : walk(value, depth + 1, budget)
}

/** An own data property that is a string, or its beginning; else `null`. */
export function ownText(value: object, key: string): string | null {
  if (types.isProxy(value)) return null
  const found = Object.getOwnPropertyDescriptor(value, key)?.value
  return typeof found === 'string' ? beginningOf(found, maxText) : typeof found === 'number' ? String(found) : null
}

/** Keys that view engines and frameworks add to every render. */
const plumbing = new Set(['settings', '_locals', 'cache'])

/**
 * What an object has beyond another: own enumerable keys whose value is not the very same there.
 * Functions are left out: helpers are the same in every render and say nothing.
 */
export function previewBeyond(value: unknown, known: unknown, limits: PreviewLimits): Preview {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return preview(value, limits)
  const shared = typeof known === 'object' && known !== null && !types.isProxy(known) ? known : null
  const picture = new Picture()
  const budget: Budget = {
    nodes: limits.valueNodes,
    chars: maxChars,
    depth: limits.valueDepth,
    keys: limits.valueKeys,
    string: limits.stringLength,
    path: [value],
  }
  let left = 0
  let shown = 0
  for (const key of Object.keys(value)) {
    if (plumbing.has(key)) continue
    const item = ownValue(value, key)
    if (typeof item === 'function') continue
    if (shared !== null && item !== accessor && hasOwn(shared, key) && Object.is(ownValue(shared, key), item)) continue
    if (budget.nodes <= 0 || shown >= budget.keys) {
      left++
      continue
    }
    budget.nodes--
    shown++
    picture[keyOf(key)] = property(item, 0, budget)
  }
  if (left > 0) picture['…'] = tagged('more', left)
  return picture
}
