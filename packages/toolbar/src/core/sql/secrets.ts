import { keepsNames, nameIn, secretName, secretPlaces, takesName } from './secret-names.ts'
import { type Token, tokenize } from './tokens.ts'

/** What is needed of a redactor. */
export interface SecretNames {
  isSecretKey(key: string, value?: unknown): boolean
  readonly mask: string
}

/**
 * Which parameters and literals of a statement are secrets, by the column they stand for:
 * `insert into t (a, password) values (?, ?)`, `set password = ?`, `where token in (?, ?)`, `like`, and comparisons; by the names of JSON
 * in calls, and in statements about users and keys: `identified by 'x'`.
 */
export interface SqlSecrets {
  /** positions of placeholders, from 0, that hold a secret */
  readonly params: ReadonlySet<number>
  /** the text with secret literals masked */
  readonly text: string
  /** those literals, without their quotes */
  readonly literals: readonly string[]
}

/** what may stand between a column and its value */
const comparisons = new Set([
  '=',
  '<',
  '>',
  '!',
  'like',
  'ilike',
  'in',
  'is',
  'not',
  '(',
  ',',
  ')',
  'any',
  'between',
  'and',
  ':',
  'all',
  'array',
  '[',
])
const operators = new Set(['=', '<', '>', '!', 'like', 'ilike', 'is', 'as'])
/** calls that are followed no deeper: their values would be looked at once per level */
const maxDepth = 50

/** A value of the statement: a placeholder's position, or where a literal stands. */
type Value = { param: number } | { start: number; end: number }

/** An open bracket. `first`: the first value inside; `secret`: a secret column is inside, too; `name`: of what is called, `argument`: where we are. */
interface Bracket {
  call: boolean
  first: number
  secret: boolean
  name: string
  argument: number
}

export function findSqlSecrets(
  sql: string,
  dialect: string,
  redactor: SecretNames,
  tokens: readonly Token[] = tokenize(sql, dialect),
): SqlSecrets {
  const secret = new Set<Value>()
  const values: Value[] = []
  const open: Bracket[] = []
  const columns = insertColumns(sql, tokens)
  let placeholder = -1
  let compared: string | null = null
  let valueAt = -1
  // the values of the last operand, for what names it afterwards: `$1 = password`, `? as password`
  let operandFrom = 0
  let operandTo = 0
  let last = ''
  const places = secretPlaces(wordAt(sql, tokens[0]), wordAt(sql, tokens[1]))
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token
    const text = sql.slice(token.start, token.end)
    let lower = text.length <= 24 ? text.toLowerCase() : text
    // `is distinct from` is one comparison
    if (lower === 'distinct' && (last === 'is' || last === 'not')) lower = 'is'
    else if (lower === 'from' && last === 'is') lower = 'is'
    const inRow = columns !== null && index >= columns.from
    if (text === '(') {
      if (inRow && open.length === 0) valueAt = 0
      const call = isCall(tokens[index - 1], last)
      open.push({ call, first: values.length, secret: false, name: call ? last : '', argument: 0 })
    } else if (text === ',') {
      if (inRow && open.length === 1) valueAt++
      const call = open.at(-1)
      if (call !== undefined) {
        call.argument++
        if (takesName(call)) compared = null
      }
    } else if (text === '=' && places.followsEquals) compared = secretName
    else if (text === ')') {
      const closed = open.pop()
      if (inRow && open.length === 0) valueAt = -1
      if (closed !== undefined) {
        operandFrom = closed.first
        operandTo = values.length
        const outer = open.at(-1)
        if (keepsNames(closed)) compared = null
        if (closed.call && closed.secret && open.length < maxDepth) for (const value of values.slice(closed.first)) secret.add(value)
        if (closed.secret && closed.call && outer?.call === true) outer.secret = true
      }
    }
    const name = token.kind === 'string' ? nameIn(text, open.at(-1), before(sql, tokens[index - 1])) : null
    if (name !== null) compared = name
    else if (token.kind === 'placeholder' || token.kind === 'string' || token.kind === 'number') {
      if (token.kind === 'placeholder')
        placeholder = text.length > 1 && /\d/.test(text) ? Number(text.replace(/\D/g, '')) - 1 : placeholder + 1
      const value: Value = token.kind === 'placeholder' ? { param: placeholder } : { start: token.start, end: token.end }
      // numbers are no secrets where they stand in the text
      if (token.kind !== 'number') {
        operandFrom = values.push(value) - 1
        operandTo = values.length
        const column = inRow && valueAt >= 0 ? columns.names[valueAt] : compared
        if (column != null && redactor.isSecretKey(column, 'text')) secret.add(value)
      }
    } else if (token.kind === 'quoted' || (token.kind === 'word' && !comparisons.has(lower) && lower !== 'as')) {
      const next = tokens[index + 1]
      const called = token.kind === 'word' && next !== undefined && sql[next.start] === '('
      if (places.followsWord(lower)) compared = secretName
      else if (!called || spacedKeywords.has(lower)) {
        compared = token.kind === 'quoted' ? text.slice(1, -1) : text
        if (redactor.isSecretKey(compared, 'text')) {
          const bracket = open.at(-1)
          if (bracket !== undefined) bracket.secret = true
          if (operators.has(last)) for (const value of values.slice(operandFrom, operandTo)) secret.add(value)
        }
        // the right side of a comparison begins none
        if (operators.has(last)) compared = null
      }
    } else if (token.kind === 'punctuation' && !comparisons.has(text)) compared = null
    last = lower
  }
  const cuts: [start: number, end: number][] = []
  const params = new Set<number>()
  for (const value of values) {
    if (!secret.has(value)) continue
    if ('param' in value) params.add(value.param)
    else cuts.push([value.start, value.end])
  }
  return {
    params,
    text: maskCuts(sql, cuts, redactor.mask),
    literals: cuts.map(([start, end]) => sql.slice(sql.charCodeAt(start) > 39 ? start + 2 : start + 1, end - 1)),
  }
}

/** words that stand before a bracket and call nothing */
const spacedKeywords = new Set([
  'in',
  'values',
  'and',
  'or',
  'not',
  'where',
  'on',
  'select',
  'exists',
  'any',
  'all',
  'from',
  'as',
  'set',
  'into',
  'by',
  'using',
  'when',
  'then',
  'else',
  'over',
])

/** Whether a bracket is that of a call: a name stands right before it. */
function isCall(before: Token | undefined, word: string): boolean {
  return before !== undefined && before.kind === 'word' && !spacedKeywords.has(word)
}

/** Column names of `insert into t (a, b) values`, and where the values begin. */
function insertColumns(sql: string, tokens: readonly Token[]): { names: string[]; from: number } | null {
  const word = (index: number): string => wordAt(sql, tokens[index])
  if (word(0) !== 'insert' && word(0) !== 'replace') return null
  let at = 1
  while (at < tokens.length && at < 12 && word(at) !== '(') at++
  if (word(at) !== '(') return null
  const names: string[] = []
  for (at++; at < tokens.length && word(at) !== ')'; at++) {
    const token = tokens[at] as Token
    const text = sql.slice(token.start, token.end)
    if (token.kind === 'word') names.push(text)
    else if (token.kind === 'quoted') names.push(text.slice(1, -1))
  }
  while (at < tokens.length && word(at) !== 'values') at++
  return at < tokens.length ? { names, from: at } : null
}

/** The last two characters up to the end of a token. */
function before(sql: string, token: Token | undefined): string {
  return token === undefined ? '' : sql.slice(Math.max(0, token.end - 2), token.end)
}

function wordAt(sql: string, token: Token | undefined): string {
  return token === undefined ? '' : sql.slice(token.start, token.end).toLowerCase()
}

function maskCuts(sql: string, cuts: readonly (readonly [number, number])[], mask: string): string {
  let text = ''
  let from = 0
  for (const [start, end] of cuts) {
    text += `${sql.slice(from, start)}'${mask}'`
    from = end
  }
  return text + sql.slice(from)
}
