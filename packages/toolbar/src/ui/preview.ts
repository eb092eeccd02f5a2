import type { Preview } from '../contract/types.ts'

/** A value that is not plain JSON: `{ $: kind, v: ... }`. */
export interface Special {
  $: string
  v?: Preview
  length?: number
}

export function toSpecial(value: Preview): Special | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || typeof value.$ !== 'string') return null
  return value as unknown as Special
}

export const MASK = '••••••••'

/** `undefined`, or a preview that says so: nothing was there. */
export const isNothing = (value: Preview | undefined): boolean => value === undefined || toSpecial(value)?.$ === 'undefined'

function specialText({ $, v, length }: Special): string {
  switch ($) {
    case 'masked':
      return `${MASK} masked`
    case 'undefined':
      return 'undefined'
    case 'string':
      return typeof v === 'string' ? `${v}…` : ''
    case 'Date':
      return String(v)
    case 'BigInt':
      return `${String(v)}n`
    case 'more':
      return `… ${String(v)} more`
    default:
      return v === undefined || v === null ? $ : typeof v === 'object' ? `${$} ${previewText(v)}` : `${$} ${String(v)}${length ? '…' : ''}`
  }
}

/** A value on one line; strings stand between `quote`. */
export function previewText(value: Preview, quote = '"', depth = 2): string {
  if (typeof value === 'string') return quote + value + quote
  if (typeof value !== 'object' || value === null) return String(value)
  const special = toSpecial(value)
  if (special) return special.$ === 'string' ? quote + specialText(special) + quote : specialText(special)
  if (Array.isArray(value))
    return depth === 0 ? `[${value.length}]` : `[${value.map((item) => previewText(item, quote, depth - 1)).join(', ')}]`
  const entries = Object.entries(value)
  if (depth === 0) return '{…}'
  return `{ ${entries.map(([key, item]) => `${key}: ${previewText(item, quote, depth - 1)}`).join(', ')} }`
}
