import { createHash } from 'node:crypto'
import { types } from 'node:util'
import type { Preview } from '../../contract/types.ts'
import type { Limits } from '../limits.ts'
import { accessor, ownValue } from '../own-value.ts'
import { preview } from '../preview.ts'
import { sizeOfPreview } from '../preview-size.ts'
import { copyOf, sizeOfCopy } from '../sql/copy-value.ts'

/** The values of a query: the app's own until seal, then primitives, small copies and pictures. */

/** as many as SQLite takes; who sends more does not send them again from here */
const maxValues = 32_766

/** A value that is not kept: its picture, and what tells it from others. */
class Pictured {
  readonly #picture: Preview
  readonly identity: string
  /** in the place of a whole list, whose key is the identity */
  readonly isList: boolean

  constructor(picture: Preview, identity: string, isList = false) {
    this.#picture = picture
    this.identity = identity
    this.isList = isList
  }

  /** The picture that a value is, or `undefined`. `instanceof` would ask the prototype of a proxy. */
  static pictureOf(value: unknown): Preview | undefined {
    return Pictured.is(value) ? value.#picture : undefined
  }

  static is(value: unknown): value is Pictured {
    return typeof value === 'object' && value !== null && #picture in value
  }
}

/** bytes of a picture, beside what it shows */
const picturedBytes = 80
const getter = new Pictured({ $: 'Getter' }, 'getter')
let unlike = 0

/** The values of a list of the app's or of ours, without a call of anything of the app's. */
function itemsOf(list: readonly unknown[]): unknown[] {
  if (types.isProxy(list)) return [list]
  const length = Math.min(list.length, maxValues)
  // of its size from the start: one that grows keeps room for sixteen more, and there are as many lists as queries
  const items = new Array<unknown>(length)
  for (let index = 0; index < length; index++) {
    const value = ownValue(list, index)
    items[index] = value === accessor ? getter : value
  }
  if (list.length > length) items.push(new Pictured({ $: 'more', v: list.length - length }, `unlike ${++unlike}`))
  return items
}

/** A list that holds nothing of the app's any more. */
export function sealValues(params: readonly unknown[], limits: Limits): readonly unknown[] {
  if (params.length === 0) return params
  const items = itemsOf(params)
  for (let index = 0; index < items.length; index++) {
    const value = items[index]
    if (isHeavy(value, limits)) items[index] = copyOf(value) ?? pictured(value, limits)
  }
  return items
}

function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length + 16
  if (typeof value !== 'object' || value === null) return 16
  const picture = Pictured.pictureOf(value)
  return picture === undefined ? 16 + sizeOfCopy(value) : picturedBytes + sizeOfPreview(picture)
}

/** What a heavy record keeps of sealed values: whether others are equal. Values that take no more than that stay. */
export function leaveOut(params: readonly unknown[], limits: Limits): readonly unknown[] {
  return sizeOfValues(params) <= 2 * picturedBytes ? params : [new Pictured({ $: 'more' }, paramsKey(params, limits), true)]
}

/** Bytes of sealed values, estimated. */
export function sizeOfValues(params: readonly unknown[]): number {
  return params.reduce((sum: number, value) => sum + sizeOfValue(value), 0)
}

/** What readers see. */
export function picturesOf(params: readonly unknown[], limits: Limits): Preview[] {
  return itemsOf(params).map((value) => Pictured.pictureOf(value) ?? preview(value, limits))
}

/** Values of a query as they can be handed to its driver again; the position of the first that was not kept, where one was not. */
export function keptParams(params: readonly unknown[], limits: Limits): readonly unknown[] | number {
  const items = itemsOf(params)
  const missing = items.findIndex((value) => Pictured.is(value) || (isHeavy(value, limits) && copyOf(value) === null))
  return missing === -1 ? items.map((value) => (isHeavy(value, limits) ? copyOf(value) : value)) : missing
}

/** Equal parameters give equal keys, sealed and left out or not; types are told apart (`1` is not `'1'`). */
export function paramsKey(params: readonly unknown[], limits: Limits): string {
  const items = itemsOf(params)
  const [first] = items
  if (Pictured.is(first) && first.isList) return first.identity
  let key = ''
  for (const value of items) {
    if (typeof value === 'string') key += value.length > limits.stringLength ? `o${digestOf(value)}` : `s${value.length}:${value}`
    else if ((typeof value === 'object' && value !== null) || typeof value === 'function')
      key += `o${(Pictured.is(value) ? value : pictured(value, limits)).identity}`
    else key += `${typeof value}${String(value)}`
    key += '\u0000'
  }
  return shortKey(key)
}

const maxKey = 100

/** A long key as what it is known by, which is short: equal ones stay equal, others do not become so. */
export function shortKey(key: string): string {
  return key.length > maxKey ? digestOf(key) : key
}

function digestOf(value: string | Uint8Array): string {
  return createHash('sha1').update(value).digest('base64')
}

function pictured(value: unknown, limits: Limits): Pictured {
  if (Pictured.is(value)) return value
  const picture = preview(value, limits)
  return new Pictured(picture, identityOf(value, picture))
}

/** Equal values have equal identities; where that cannot be known, none has. */
function identityOf(value: unknown, picture: Preview): string {
  if (typeof value === 'string' || (types.isUint8Array(value) && !types.isProxy(value))) return digestOf(value)
  const key = pictureKey(picture)
  return key.includes('$:stringmore') || key.includes('$:stringstring') ? `unlike ${++unlike}` : key
}

/** Anything that is not a short primitive: it must not be kept by reference. */
function isHeavy(value: unknown, limits: Limits): boolean {
  if (typeof value === 'string') return value.length > limits.stringLength
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function pictureKey(picture: Preview): string {
  if (picture === null || typeof picture !== 'object') return `${typeof picture}${String(picture)}`
  if (Array.isArray(picture)) return `[${picture.map(pictureKey).join()}]`
  return `{${Object.keys(picture)
    .map((key) => `${key}:${pictureKey(picture[key] as Preview)}`)
    .join()}}`
}
