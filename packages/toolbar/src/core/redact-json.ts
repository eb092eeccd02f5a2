/**
 * Masks secrets in JSON that cannot be parsed, because it was cut or because it stands in a text: the values of secret keys,
 * whole objects and lists too. One pass, no recursion; what is no JSON comes out as it was.
 */
export function maskJsonText(text: string, isSecretKey: (key: string, value?: unknown) => boolean, mask: string): string {
  let out = ''
  let copied = 0
  let at = 0
  while (at < text.length) {
    if (text.charCodeAt(at) !== quote) {
      at++
      continue
    }
    const end = stringEnd(text, at)
    const colon = skipSpace(text, end)
    if (text.charCodeAt(colon) !== 58) {
      at = end
      continue
    }
    const from = skipSpace(text, colon + 1)
    const key = text.slice(at + 1, end - 1)
    const to = valueEnd(text, from)
    if (to > from && isSecretKey(key, literalOf(text.slice(from, Math.min(to, from + 40))))) {
      out += `${text.slice(copied, from)}"${mask}"`
      copied = to
      at = to
    } else at = from
  }
  return copied === 0 ? text : out + text.slice(copied)
}

const quote = 34

/** Just behind the closing quote, or the end of a text that was cut. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 92) at++
    else if (code === quote) return at + 1
  }
  return text.length
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 32) at++
  return at
}

function valueEnd(text: string, from: number): number {
  const first = text.charCodeAt(from)
  if (first === quote) return stringEnd(text, from)
  if (first !== 123 && first !== 91) {
    let at = from
    while (at < text.length && !',}] \n\r\t'.includes(text[at] as string)) at++
    return at
  }
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = stringEnd(text, at) - 1
    else if (code === 123 || code === 91) depth++
    else if ((code === 125 || code === 93) && --depth === 0) return at + 1
  }
  return text.length
}

function literalOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text
}
