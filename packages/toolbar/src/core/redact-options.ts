/**
 * What is wrong with a value pattern of the app's, in words; `null` if nothing is. A quantifier around a quantifier, as in `(a+)+`,
 * takes time that doubles with each character of a text that nearly matches.
 */
export function flawOf(pattern: RegExp): string | null {
  if (pattern.sticky) return "has the 'y' flag, which finds nothing beyond the first character"
  if (new RegExp(pattern.source, pattern.flags.replace('g', '')).test('')) return 'matches the empty text, which is everywhere'
  return hasNestedQuantifier(pattern.source)
    ? 'has a quantifier inside of a quantified group, as (a+)+ has, and can hang the process: write it without one of them'
    : null
}

const unbounded = /^(?:[*+]|\{\d+,\})/

function hasNestedQuantifier(source: string): boolean {
  // whether something unbounded was seen, per open group
  const open = [false]
  for (let at = 0; at < source.length; at++) {
    const character = source[at]
    if (character === '\\') at++
    else if (character === '[') at = classEnd(source, at)
    else if (character === '(') open.push(false)
    else if (character === ')') {
      const inner = open.pop() === true
      if (inner && unbounded.test(source.slice(at + 1))) return true
      if (inner) open[open.length - 1] = true
    } else if (unbounded.test(source.slice(at, at + 12))) open[open.length - 1] = true
  }
  return false
}

function classEnd(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === ']') return at
  }
  return source.length
}
