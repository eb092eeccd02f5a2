import { type Token, tokenize } from './tokens.ts'

/** longer texts are told apart by their beginning: their shape costs what this much does */
const maxShaped = 100_000

/**
 * The SQL with literals, placeholders, IN lists, row lists, comments and white space normalised: what two runs of the same
 * line of code have in common.
 */
export function shapeOf(text: string, dialect: string): string {
  const sql = text.length > maxShaped ? text.slice(0, maxShaped) : text
  const tokens: readonly Token[] = tokenize(sql, dialect)
  const out: string[] = []
  for (const token of tokens) {
    if (token.kind === 'number' || token.kind === 'string' || token.kind === 'placeholder') {
      // a list of values is one value
      if (out.at(-1) === ',' && out.at(-2) === '?') out.pop()
      else out.push('?')
      continue
    }
    const text = sql.slice(token.start, token.end)
    out.push(text)
    if (text === ')' && out.length >= 7 && sameRow(out)) out.splice(-4)
  }
  return join(out)
}

/** `(?),(?)`: rows of a multi-row insert */
function sameRow(out: string[]): boolean {
  return out.at(-2) === '?' && out.at(-3) === '(' && out.at(-4) === ',' && out.at(-5) === ')' && out.at(-6) === '?' && out.at(-7) === '('
}

const tight = new Set(['.', '(', ')', ',', ';'])

function join(parts: readonly string[]): string {
  let text = ''
  let last = ''
  for (const part of parts) {
    const apart =
      last !== '' &&
      last !== '.' &&
      last !== '(' &&
      !(tight.has(part) && part !== '(') &&
      !(part === '(' && /^\w+$/.test(last) && !spaced.has(last.toLowerCase()))
    text += apart && !(isOperator(last) && isOperator(part)) ? ` ${part}` : part
    last = part
  }
  return text
}

const spaced = new Set([
  'in',
  'values',
  'and',
  'or',
  'not',
  'from',
  'where',
  'on',
  'as',
  'select',
  'exists',
  'with',
  'all',
  'any',
  'union',
  'by',
  'set',
  'into',
  'using',
])

function isOperator(part: string): boolean {
  return part.length === 1 && '<>=!|&:+-*/%~^#@?'.includes(part) && part !== '?'
}
