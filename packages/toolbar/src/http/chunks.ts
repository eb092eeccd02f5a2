/** The arguments of `write` and `end` of a response. */

/** What follows the chunk: the callback, where the app gave it. Wrappers of others may read it there and nowhere else. */
export function callbackOf(args: readonly unknown[]): unknown[] {
  if (typeof args[0] === 'function') return [args[0]]
  if (typeof args[1] === 'function') return [args[1]]
  return typeof args[2] === 'function' ? [undefined, args[2]] : []
}

/** Of text, as Node takes it: UTF-8 where none is given. */
export const encodingOf = (encoding: unknown): BufferEncoding =>
  typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8'

/** Whether Node sends text in it. */
export function isKnownEncoding(encoding: unknown): boolean {
  if (!encoding || typeof encoding === 'function' || encoding === 'buffer') return true
  return typeof encoding === 'string' && Buffer.isEncoding(encoding)
}

/** Its bytes. */
export function lengthOf(chunk: string | Uint8Array, encoding: unknown): number {
  if (typeof chunk !== 'string') return chunk.byteLength
  return Buffer.byteLength(chunk, encodingOf(encoding))
}

/** Both, as one. */
export function joined(chunk: string | Uint8Array, encoding: unknown, snippet: Buffer): Buffer {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encodingOf(encoding)) : chunk
  const both = Buffer.allocUnsafe(bytes.byteLength + snippet.length)
  both.set(bytes)
  both.set(snippet, bytes.byteLength)
  return both
}
