import { types } from 'node:util'
import { hasOwn, ownValue } from '../own-value.ts'

const maxBytes = 1_024
const maxItems = 100

const dateTime = Date.prototype.getTime
const typedLength = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength')?.get as () => number
const typedOffset = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteOffset')?.get as () => number
const typedBuffer = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'buffer')?.get as () => ArrayBuffer

/**
 * A copy of our own of a small value of the app's that drivers take: a date, bytes, a list of plain values. `null` for everything else.
 * Nothing of the value's own is called. A copy is what a query is run again with, and does not keep the app's object.
 */
export function copyOf(value: unknown): Date | Buffer | unknown[] | null {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return null
  if (types.isDate(value)) return new Date(dateTime.call(value))
  if (types.isUint8Array(value)) {
    const length = typedLength.call(value)
    // empty, or of a buffer that was handed to another thread
    if (length === 0) return Buffer.alloc(0)
    return length > maxBytes ? null : Buffer.from(new Uint8Array(typedBuffer.call(value), typedOffset.call(value), length))
  }
  return Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype ? copyOfList(value) : null
}

/** Bytes of such a copy, estimated. */
export function sizeOfCopy(copy: unknown): number {
  if (copy instanceof Uint8Array) return 100 + copy.length
  return Array.isArray(copy) ? copy.reduce((sum: number, item) => sum + (typeof item === 'string' ? 16 + 2 * item.length : 8), 32) : 32
}

function copyOfList(list: unknown[]): unknown[] | null {
  if (list.length > maxItems) return null
  const copy: unknown[] = []
  let length = 0
  for (let index = 0; index < list.length; index++) {
    if (!hasOwn(list, index)) return null
    const item = ownValue(list, index)
    // an accessor is a symbol here, too
    if (item !== null && (typeof item === 'object' || typeof item === 'function' || typeof item === 'symbol')) return null
    if (typeof item === 'string') length += item.length
    if (length > maxBytes) return null
    copy.push(item)
  }
  return copy
}
