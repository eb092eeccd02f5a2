import { type Token, tokenize } from './tokens.ts'

/** What is needed of a redactor. */
export interface SecretNames {
  isSecretKey(key: string, value?: unknown): boolean
  readonly mask: string
}

/**
 * Which parameters and literals of a statement are secrets, by the column they stand for:
 * `insert into t (a, password) values (?, ?)`, `set password = ?`, `where token in (?, ?)`, `like`, and comparisons.
 */
export interface SqlSecrets {
  /** positions of placeholders, from 0, that hold a secret */
  readonly params: ReadonlySet<number>
  /** the text with secret literals masked */
  readonly text: string
  /** those literals, without their quotes */
  readonly literals: readonly string[]
}

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
  'any',
  'between',
  'and',
  ':',
  'all',
  'array',
  '[',
])

export function findSqlSecrets(
  sql: string,
  dialect: string,
  redactor: SecretNames,
  tokens: readonly Token[] = tokenize(sql, dialect),
): SqlSecrets {
  const params = new Set<number>()
  const cuts: [start: number, end: number][] = []
  const columns = insertColumns(sql, tokens)
  let placeholder = -1
  let compared: string | null = null
  let valueAt = -1
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token
    const text = sql.slice(token.start, token.end)
    if (columns !== null && index >= columns.from) {
      if (text === '(') valueAt = 0
      else if (text === ',') valueAt++
      else if (text === ')') valueAt = -1
    }
    if (token.kind === 'placeholder')
      placeholder = text.length > 1 && /\d/.test(text) ? Number(text.replace(/\D/g, '')) - 1 : placeholder + 1
    if (token.kind === 'placeholder' || token.kind === 'string' || token.kind === 'number') {
      const name = columns !== null && valueAt >= 0 ? columns.names[valueAt] : compared
      if (name == null || !redactor.isSecretKey(name, 'text')) continue
      if (token.kind === 'placeholder') params.add(placeholder)
      else if (token.kind === 'string') cuts.push([token.start, token.end])
      continue
    }
    if (token.kind === 'quoted') compared = text.slice(1, -1)
    else if (!comparisons.has(text.toLowerCase())) compared = token.kind === 'word' ? text : null
  }
  return {
    params,
    text: maskCuts(sql, cuts, redactor.mask),
    literals: cuts.map(([start, end]) => sql.slice(sql.charCodeAt(start) > 39 ? start + 2 : start + 1, end - 1)),
  }
}

/** Column names of `insert into t (a, b) values`, and where the values begin. */
function insertColumns(sql: string, tokens: readonly Token[]): { names: string[]; from: number } | null {
  const word = (index: number): string => {
    const token = tokens[index]
    return token === undefined ? '' : sql.slice(token.start, token.end).toLowerCase()
  }
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

function maskCuts(sql: string, cuts: readonly (readonly [number, number])[], mask: string): string {
  let text = ''
  let from = 0
  for (const [start, end] of cuts) {
    text += `${sql.slice(from, start)}'${mask}'`
    from = end
  }
  return text + sql.slice(from)
}
