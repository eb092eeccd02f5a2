import { mayTakeBracket } from './read-only-words.ts'
import { type Token, tokenize } from './tokens.ts'

/**
 * Which statements may be run again: those of which it can be proved, from their text alone, that they only read. It is a list of what is
 * allowed, made for three dialects; whatever it does not know is refused. One pass over the tokens, no recursion, no backtracking.
 *
 * It is the first of two locks. The database's own (a read-only transaction or connection) is the second; neither is enough alone.
 */

type Dialect = keyof typeof mayTakeBracket

/** The dialects that statements can be judged in. */
export function knownDialect(dialect: string): Dialect | null {
  if (dialect === 'postgresql' || dialect === 'sqlite') return dialect
  return dialect === 'mysql' || dialect === 'mariadb' ? 'mysql' : null
}

const starts: Readonly<Record<Dialect, ReadonlySet<string>>> = {
  postgresql: new Set(['select', 'with', 'values', 'table', 'show']),
  mysql: new Set(['select', 'with', 'values', 'table', 'show']),
  sqlite: new Set(['select', 'with', 'values']),
}

/** Never in a statement that reads, wherever they stand. */
const writes = new Set(['into', 'outfile', 'dumpfile', 'insert', 'update', 'delete', 'merge', 'upsert', 'returning'])

/** Longer texts are not kept whole anyway. */
const maxLength = 100_000
const tooLong = 'it is longer than 100,000 characters'

/** What EXPLAIN without ANALYZE takes: it plans these and executes none. */
const explainable = new Set(['select', 'with', 'values', 'table', 'insert', 'update', 'delete', 'replace', 'merge'])

/** Why a statement may not be run again, in words; `null` when it is proved to only read. */
export function whyNotRead(sql: string, dialect: string): string | null {
  const known = knownDialect(dialect)
  if (known === null) return `the toolbar cannot judge the SQL of ${dialect}`
  if (sql.length > maxLength) return tooLong
  const tokens = tokenize(sql, dialect)
  return whyUnclear(sql, tokens, known) ?? whyNotOneRead(sql, tokens, known)
}

/** Why a statement cannot be explained without being run; `null` when it can. */
export function whyNotExplain(sql: string, dialect: string): string | null {
  const known = knownDialect(dialect)
  if (known === null) return `the toolbar cannot judge the SQL of ${dialect}`
  if (sql.length > maxLength) return tooLong
  const tokens = tokenize(sql, dialect)
  const unclear = whyUnclear(sql, tokens, known)
  if (unclear !== null) return unclear
  const first = firstWord(sql, tokens)
  if (!explainable.has(first)) return first === '' ? 'there is no statement' : `${first.toUpperCase()} has no plan`
  return tokens.some((token) => isChar(sql, token, ';')) ? 'it has a semicolon: only one statement at a time' : null
}

/** Whether a statement that is no read calls anything that is not known to leave all as it is. */
export function whyNotKnownCalls(sql: string, dialect: string): string | null {
  const known = knownDialect(dialect)
  return known === null ? 'unknown dialect' : walk(sql, tokenize(sql, dialect), known, false)
}

/** The first word of a statement, in lower case, brackets before it left out. */
export function firstWord(sql: string, tokens: readonly Token[]): string {
  for (const token of tokens) if (!isChar(sql, token, '(')) return token.kind === 'word' ? lower(sql.slice(token.start, token.end)) : ''
  return ''
}

/**
 * Texts that the database may read otherwise than the tokenizer does. A comment that one of them executes, a quote that one of them
 * does not know: a statement hidden that way is never shown to the checks that follow.
 */
function whyUnclear(sql: string, tokens: readonly Token[], dialect: Dialect): string | null {
  if (sql.includes('\u0000')) return 'it has a NUL character'
  let at = 0
  for (const token of tokens) {
    const reason = whyUnclearGap(sql, at, token.start, dialect) ?? whyUnclearToken(sql, token, dialect)
    if (reason !== null) return reason
    at = token.end
  }
  for (let index = 1; index < tokens.length; index++) {
    const reason = whyUnclearPair(sql, tokens[index - 1] as Token, tokens[index] as Token, dialect)
    if (reason !== null) return reason
  }
  return whyUnclearGap(sql, at, sql.length, dialect)
}

/** White space and comments. */
function whyUnclearGap(sql: string, from: number, to: number, dialect: Dialect): string | null {
  if (to - from === 1 && sql.charCodeAt(from) === 32) return null
  const gap = sql.slice(from, to)
  if (gap.includes('\ufeff') || gap.includes('\u00a0')) return 'it has an invisible character (a byte order mark or a fixed space)'
  for (let at = gap.indexOf('\r'); at !== -1; at = gap.indexOf('\r', at + 1))
    if (gap.charCodeAt(at + 1) !== 10) return 'a line ends in a way that databases understand differently'
  if (dialect !== 'mysql') return /\/\*\+[^*]{0,2000}\bset\b/i.test(gap) ? 'it has a hint that changes a setting' : null
  if (/\/\*m?!/i.test(gap)) return 'it has a comment that the database executes'
  if (/\/\*\+[^*]{0,2000}(?:set_var|max_execution_time)/i.test(gap)) return 'it has a hint that changes a setting'
  return /--(?![\s]|$)/.test(gap) ? 'it has two dashes that the database may not read as a comment' : null
}

const number = /^(?:[0-9.]+(?:[eE][+-]?[0-9]+)?|0[xX][0-9a-fA-F]+)$/

function whyUnclearToken(sql: string, { kind, start, end }: Token, dialect: Dialect): string | null {
  const first = sql[start] as string
  switch (kind) {
    case 'number':
      return number.test(sql.slice(start, end)) ? null : 'a number runs into a word'
    case 'string':
      if (dialect !== 'postgresql' && /[$eE]/.test(first)) return 'it has a quote that this database does not know'
      if (dialect === 'mysql' && /\\['"\\]/.test(sql.slice(start, end)))
        return 'it has a backslash before a quote: how that is read depends on a setting'
      return null
    case 'quoted':
      return first === '`' && dialect === 'postgresql' ? 'it has a quote that this database does not know' : null
    case 'punctuation':
      if (first === '$') return 'it has a dollar sign that may begin a quote'
      if (first === '[' && dialect === 'sqlite') return 'it has a name in square brackets'
      return first === '\\' || first < ' ' ? 'it has a character that is no SQL' : null
    case 'placeholder':
      // there they are operators before a name, which may be that of a function
      return dialect !== 'sqlite' && (first === ':' || (first === '@' && dialect === 'postgresql')) ? `it has ${first} before a name` : null
    default:
      return null
  }
}

function whyUnclearPair(sql: string, before: Token, token: Token, dialect: Dialect): string | null {
  if (dialect === 'mysql' && isChar(sql, before, ':') && isChar(sql, token, '=')) return 'it sets a variable (:=)'
  // U&'..' and U&".." have escapes that spell names
  if (isChar(sql, token, '&') && before.end === token.start && /^u$/i.test(sql.slice(before.start, before.end)))
    return 'it may spell a name with Unicode escapes'
  // a text goes on in the next one, with the escapes of the first
  if (before.kind === 'string' && token.kind === 'string' && sql.slice(token.start, token.end).includes('\\'))
    return 'a text is continued with a backslash in it'
  return null
}

function whyNotOneRead(sql: string, tokens: readonly Token[], dialect: Dialect): string | null {
  const first = firstWord(sql, tokens)
  if (!starts[dialect].has(first))
    return first === '' ? 'it does not begin with a word that reads' : `it begins with ${first.slice(0, 40).toUpperCase()}`
  return walk(sql, tokens, dialect, true)
}

/** Words between the tables of a WITH; any other one ends their list. */
const ofList = new Set(['as', 'not', 'materialized'])

/** What is known of the bracket that the walk is in. */
interface Bracket {
  /** its first token is still to come */
  fresh: boolean
  /** in the list of common table expressions of a WITH */
  list: boolean
  /** the name of one is next */
  named: boolean
  /** it is that of DISTINCT ON: a call may follow it */
  distinctOn: boolean
}

const maxDepth = 200

const open = (distinctOn: boolean): Bracket => ({ fresh: true, list: false, named: false, distinctOn })

/** @param reading `false` only looks at calls */
function walk(sql: string, tokens: readonly Token[], dialect: Dialect, reading: boolean): string | null {
  const brackets: Bracket[] = [open(false)]
  let word = ''
  let wordBefore = ''
  let closed: Bracket | null = null
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token
    const inside = brackets.at(-1) as Bracket
    const text = token.end - token.start > 200 ? '' : sql.slice(token.start, token.end)
    const is = token.kind === 'word' ? lower(text) : token.kind === 'punctuation' ? text : ''
    const before = closed
    closed = null
    if (is === ';') return 'it has a semicolon: only one statement at a time'
    if (is === '(') {
      if (brackets.length > maxDepth) return 'its brackets are too deep'
      brackets.push(open(word === 'on' && wordBefore === 'distinct'))
      inside.fresh = false
      wordBefore = word
      word = is
      continue
    }
    if (is === ')') {
      if (brackets.length > 1) closed = brackets.pop() as Bracket
      wordBefore = word
      word = is
      continue
    }
    if (token.kind === 'word') {
      if (reading) {
        const reason = whyNotWord(sql, tokens, index, is)
        if (reason !== null) return reason
      }
      if (inside.fresh && is === 'with') {
        inside.list = true
        inside.named = true
      } else if (inside.list && !inside.named && !ofList.has(is)) inside.list = false
    } else if (is === ',' && inside.list) inside.named = true
    const named = inside.named && is !== ',' && is !== 'with' && is !== 'recursive'
    const next = tokens[index + 1]
    if (next !== undefined && isChar(sql, next, '(') && (token.kind === 'word' || token.kind === 'quoted' || token.kind === 'string')) {
      const alias = word === 'as' || (before !== null && !before.distinctOn)
      const known = token.kind === 'word' && mayTakeBracket[dialect].has(is) && !isQualified(sql, tokens, index)
      if (!known && !alias && !(named && inside.list) && !(isInsertTarget(sql, tokens, index) && !reading))
        return `it calls ${text.slice(0, 60) || 'a function'}(), which is not on the list of functions that are known to only read`
    }
    if (named) inside.named = false
    inside.fresh = false
    wordBefore = word
    word = is
  }
  return null
}

/** A word that makes it more than reading. */
function whyNotWord(sql: string, tokens: readonly Token[], index: number, is: string): string | null {
  if (writes.has(is)) return `it has ${is.toUpperCase()} in it`
  const next = wordAt(sql, tokens, index + 1)
  if (is === 'for' && (next === 'update' || next === 'share' || next === 'no' || next === 'key')) return 'it locks rows'
  if (is === 'lock' && next === 'in') return 'it locks rows'
  if (is === 'procedure' && wordAt(sql, tokens, index + 2) === '(') return 'it has PROCEDURE in it'
  return null
}

/** `schema.name(`, but for the schema of what is built in. */
function isQualified(sql: string, tokens: readonly Token[], index: number): boolean {
  return wordAt(sql, tokens, index - 1) === '.' && wordAt(sql, tokens, index - 2) !== 'pg_catalog'
}

/** `insert into t (`, `insert into s.t (` */
function isInsertTarget(sql: string, tokens: readonly Token[], index: number): boolean {
  const qualified = wordAt(sql, tokens, index - 1) === '.'
  return wordAt(sql, tokens, index - (qualified ? 3 : 1)) === 'into'
}

function wordAt(sql: string, tokens: readonly Token[], index: number): string {
  const token = tokens[index]
  if (token === undefined || token.end - token.start > 200) return ''
  return token.kind === 'word' || token.kind === 'punctuation' ? lower(sql.slice(token.start, token.end)) : ''
}

function isChar(sql: string, token: Token, char: string): boolean {
  return token.kind === 'punctuation' && token.end - token.start === 1 && sql[token.start] === char
}

/** As databases fold names: letters of ASCII only, so that no other letter becomes one of a word on a list. */
function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
