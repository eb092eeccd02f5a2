/** Headers as they were on the wire, for readers. */

export type Pair = readonly [name: string, value: string]

/** Of `name, value, name, value ...`. */
export function headerPairs(raw: readonly string[]): Pair[] {
  const pairs: Pair[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) pairs.push([raw[index] as string, raw[index + 1] as string])
  return pairs
}

/** Of the block of a response, or of its pairs. */
export function responsePairs(headers: string | readonly string[] | null): Pair[] {
  if (headers === null) return []
  if (typeof headers !== 'string') return headerPairs(headers)
  const pairs: Pair[] = []
  for (const line of headers.split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    if (colon > 0) pairs.push([line.slice(0, colon), line.slice(colon + 1).trim()])
  }
  return pairs
}

/** The first 200 cookies of a Cookie header. */
export function cookiesIn(header: string): Pair[] {
  return header
    .split(';')
    .map((pair): Pair => {
      const equals = pair.indexOf('=')
      return equals === -1 ? [pair.trim(), ''] : [pair.slice(0, equals).trim(), pair.slice(equals + 1)]
    })
    .filter(([name]) => name !== '')
}
