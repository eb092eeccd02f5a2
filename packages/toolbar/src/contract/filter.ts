/**
 * The one filter language of every list: of the history (`q` of the API), of queries, renders, signals, logs.
 *
 * - words and "quoted words" match anywhere in the text of an item, without regard to case;
 * - `key:value` compares a field: `method:POST type:fetch status:404 finding:n-plus-one route:"/books/:id"`;
 * - `time:>100 status:>=500 queries:<20 status:200..299` compare numbers;
 * - a `-` in front of a term negates it. All terms must hold.
 *
 * Text is compared as text, never as a pattern, and parsing and matching take linear time.
 */

type Operator = '=' | '>' | '>=' | '<' | '<=' | 'range'

export interface FilterTerm {
  negated: boolean
  /** `null` for a plain word */
  key: string | null
  operator: Operator
  /** lower case */
  value: string
  /** the value as a number, for comparisons and ranges the lower end */
  number: number
  /** the upper end of a range */
  upper: number
  quoted: boolean
}

export interface FilterError {
  message: string
}

export interface Filter {
  /** as typed */
  text: string
  terms: FilterTerm[]
  /** what could not be understood, in sentences that say what would be; such terms are left out */
  errors: FilterError[]
}

export type FieldValue = string | number | null | undefined | readonly string[]

export interface Filterable<Field extends string = string> {
  /** what plain words are looked for in */
  text: readonly (string | null | undefined)[]
  /** what `key:` compares with; a list matches when one of its members does */
  fields: Readonly<Record<Field, FieldValue>>
}

/** Keys of a list of requests. */
export const REQUEST_FILTER_KEYS = [
  'method',
  'status',
  'type',
  'state',
  'path',
  'route',
  'time',
  'queries',
  'bytes',
  'finding',
  'id',
] as const

interface Token {
  negated: boolean
  key: string | null
  value: string
  quoted: boolean
}

const isSpace = (char: string): boolean => char === ' ' || char === '\t' || char === '\n' || char === '\r' || char === '\u00a0'

/** Reads a quoted text that starts at `from`; an unclosed quote ends with the input. */
function readQuoted(text: string, from: number): { value: string; end: number } {
  let value = ''
  let at = from + 1
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\' && at + 1 < text.length) at++
    value += text[at]
    at++
  }
  return { value, end: at + 1 }
}

function readBare(text: string, from: number): { value: string; end: number } {
  let end = from
  while (end < text.length && !isSpace(text[end] as string)) end++
  return { value: text.slice(from, end), end }
}

const isKeyChar = (char: string): boolean => (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '-' || char === '_'

/** End of a `key:` that starts at `from`, or -1: a key is letters, so that URLs with ports and times stay words. */
function keyEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && isKeyChar(text[at] as string)) at++
  if (at === from || text[at] !== ':') return -1
  return text.startsWith('://', at) ? -1 : at
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    if (isSpace(text[at] as string)) {
      at++
      continue
    }
    const next = text[at + 1]
    const negated = text[at] === '-' && next !== undefined && !isSpace(next)
    if (negated) at++
    const colon = keyEnd(text, at)
    const key = colon < 0 ? null : text.slice(at, colon).toLowerCase()
    if (colon >= 0) at = colon + 1
    const quoted = text[at] === '"'
    const { value, end } = quoted ? readQuoted(text, at) : readBare(text, at)
    at = Math.max(end, at + (key === null ? 1 : 0))
    tokens.push({ negated, key, value, quoted })
  }
  return tokens
}

/** A number of the language: `1200`, `1,200`, `1.5`; `NaN` for anything else. A unit may follow: `100ms`, `2s`, `10kB`, `1MB`. */
function toNumber(text: string): number {
  const units: [string, number][] = [
    ['ms', 1],
    ['kb', 1e3],
    ['mb', 1e6],
    ['s', 1e3],
    ['b', 1],
  ]
  let digits = text.trim().toLowerCase()
  let factor = 1
  for (const [unit, times] of units) {
    if (!digits.endsWith(unit)) continue
    digits = digits.slice(0, -unit.length)
    factor = times
    break
  }
  if (digits === '' || !/^[+-]?[\d,]*(?:\.\d*)?$/.test(digits)) return Number.NaN
  return Number.parseFloat(digits.replaceAll(',', '')) * factor
}

function toTerm(token: Token): FilterTerm | FilterError {
  const { negated, key, quoted } = token
  const term: FilterTerm = { negated, key, operator: '=', value: token.value.toLowerCase(), number: Number.NaN, upper: Number.NaN, quoted }
  if (key === null || quoted) return term
  const operator = ['>=', '<=', '>', '<'].find((sign) => token.value.startsWith(sign)) as Operator | undefined
  if (operator) {
    term.operator = operator
    term.number = toNumber(token.value.slice(operator.length))
    if (Number.isNaN(term.number))
      return { message: `${key}:${token.value} needs a number after ${operator}, for example ${key}:${operator}100` }
    return term
  }
  const dots = token.value.indexOf('..')
  if (dots >= 0) {
    const [from, to] = [token.value.slice(0, dots), token.value.slice(dots + 2)]
    const range = { number: from === '' ? -Infinity : toNumber(from), upper: to === '' ? Infinity : toNumber(to) }
    if (!Number.isNaN(range.number) && !Number.isNaN(range.upper)) return { ...term, operator: 'range', ...range }
  }
  term.number = toNumber(token.value)
  return term
}

/**
 * Parses what somebody typed. It never throws: what cannot be understood is left out and reported in `errors`.
 * @param keys the fields that exist; without them any key is taken
 */
export function parseFilter(text: string, keys?: readonly string[]): Filter {
  const filter: Filter = { text, terms: [], errors: [] }
  for (const token of tokenize(text)) {
    if (token.value === '' && !token.quoted) {
      // `status:` is somebody still typing
      if (token.key === null) continue
      if (!keys || keys.includes(token.key)) continue
    }
    if (token.key !== null && keys && !keys.includes(token.key)) {
      filter.errors.push({
        message: `There is no field "${token.key}" here. Fields: ${keys.join(', ')}. To look for the text, put it in quotes`,
      })
      continue
    }
    const term = toTerm(token)
    if ('message' in term) filter.errors.push(term)
    else filter.terms.push(term)
  }
  return filter
}

function matchesText(value: string, term: FilterTerm): boolean {
  const text = value.toLowerCase()
  return term.quoted ? text === term.value : text.includes(term.value)
}

function matchesNumber(value: number, term: FilterTerm): boolean {
  switch (term.operator) {
    case '>':
      return value > term.number
    case '>=':
      return value >= term.number
    case '<':
      return value < term.number
    case '<=':
      return value <= term.number
    case 'range':
      return value >= term.number && value <= term.upper
    default:
      return Number.isNaN(term.number) ? String(value) === term.value : value === term.number
  }
}

function matchesField(value: FieldValue, term: FilterTerm): boolean {
  if (value === null || value === undefined) return term.operator === '=' && term.value === 'none'
  if (typeof value === 'number') return matchesNumber(value, term)
  if (typeof value === 'string') return term.operator === '=' ? matchesText(value, term) : matchesNumber(toNumber(value), term)
  return value.some((member) => matchesField(member, term))
}

function matchesTerm(term: FilterTerm, item: Filterable): boolean {
  if (term.key !== null) return matchesField(Object.hasOwn(item.fields, term.key) ? item.fields[term.key] : undefined, term)
  return item.text.some((text) => text?.toLowerCase().includes(term.value))
}

/** Whether an item passes; an empty filter passes everything. */
export function matches<Field extends string>(filter: Filter, item: Filterable<Field>): boolean {
  return filter.terms.every((term) => matchesTerm(term, item) !== term.negated)
}
