import type { Preview } from '../contract/types.ts'
import { hasOwn } from './own-value.ts'

/** Estimated bytes of a picture on the heap: two per character, a constant per node. */
export function sizeOfPreview(picture: Preview): number {
  if (typeof picture === 'string') return 16 + picture.length * 2
  if (picture === null || typeof picture !== 'object') return 8
  let bytes = 32
  if (Array.isArray(picture)) for (const item of picture) bytes += sizeOfPreview(item)
  else for (const key in picture) if (hasOwn(picture, key)) bytes += 16 + key.length * 2 + sizeOfPreview(picture[key] as Preview)
  return bytes
}
