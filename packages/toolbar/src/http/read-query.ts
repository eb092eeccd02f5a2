import { type Filter, parseFilter } from '../contract/filter.ts'
import { ApiProblem, quote } from './reply.ts'

/** `q`, of these fields only; `null` for everything. @throws ApiProblem saying what is not understood, and which fields there are */
export function readFilter(text: string | null, keys: readonly string[]): Filter | null {
  if (text === null || text.trim() === '') return null
  if (text.length > 200) throw new ApiProblem(400, 'BAD_PARAM', `'q' is ${text.length} characters long; 200 are enough.`)
  const filter = parseFilter(text, keys)
  if (filter.errors.length > 0) throw new ApiProblem(400, 'BAD_PARAM', `'q': ${filter.errors.map(({ message }) => message).join(' ')}`)
  return filter
}

/** A whole number. @throws ApiProblem for anything else */
export function whole(query: URLSearchParams, name: string, otherwise: number, least: number, most: number): number {
  return optionalWhole(query, name, least, most) ?? otherwise
}

export function optionalWhole(query: URLSearchParams, name: string, least: number, most: number): number | null {
  const text = query.get(name)
  if (text === null) return null
  if (!/^\d{1,16}$/.test(text) || Number(text) < least || Number(text) > most)
    throw new ApiProblem(
      400,
      'BAD_PARAM',
      `'${name}' takes one whole number from ${least} to ${most}, got ${quote(text)}. ${name === 'before' || name === 'after' ? `Use the 'next' of the page before.` : ''}`.trim(),
    )
  return Number(text)
}
