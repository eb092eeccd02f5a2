/**
 * A tokenizer for the SQL of the dialects knex speaks. It looks at every character once and never recurses or backtracks:
 * a megabyte of quotes, brackets or comments costs a megabyte.
 * Rules: PostgreSQL 15 manual 4.1, MySQL 8.0 manual 9.1 and 9.7, SQLite "lang_expr" and "lang_comment".
 */

export type TokenKind = 'word' | 'number' | 'string' | 'placeholder' | 'quoted' | 'punctuation'

export interface Token {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
}

const backslashEscapes = (dialect: string): boolean => dialect.startsWith('mysql') || dialect === 'mariadb'

/** Tokens of a statement; white space and comments are left out. An unclosed quote or comment runs to the end. */
export function tokenize(sql: string, dialect: string): Token[] {
  const tokens: Token[] = []
  const mysql = backslashEscapes(dialect)
  const length = sql.length
  let at = 0
  while (at < length) {
    const code = sql.charCodeAt(at)
    const start = at
    if (isSpace(code)) {
      at++
    } else if (code === 45 && sql.charCodeAt(at + 1) === 45) {
      at = lineEnd(sql, at)
    } else if (code === 35 && mysql) {
      at = lineEnd(sql, at)
    } else if (code === 47 && sql.charCodeAt(at + 1) === 42) {
      at = commentEnd(sql, at + 2, dialect === 'postgresql')
    } else if (code === 39) {
      at = quoteEnd(sql, at + 1, 39, mysql)
      tokens.push({ kind: 'string', start, end: at })
    } else if (code === 34) {
      at = quoteEnd(sql, at + 1, 34, mysql)
      tokens.push({ kind: mysql ? 'string' : 'quoted', start, end: at })
    } else if (code === 96) {
      at = quoteEnd(sql, at + 1, 96, false)
      tokens.push({ kind: 'quoted', start, end: at })
    } else if (code === 36) {
      at = dollarEnd(sql, at)
      tokens.push({ kind: isDigit(sql.charCodeAt(start + 1)) ? 'placeholder' : at - start > 1 ? 'string' : 'punctuation', start, end: at })
    } else if (isDigit(code) || (code === 46 && isDigit(sql.charCodeAt(at + 1)))) {
      at = numberEnd(sql, at)
      tokens.push({ kind: 'number', start, end: at })
    } else if (isWordStart(code)) {
      at = wordEnd(sql, at)
      // E'..', B'..', X'..', N'..': the prefix belongs to the string
      if (sql.charCodeAt(at) === 39 && at - start === 1 && /[ebxn]/i.test(sql[start] as string)) {
        at = quoteEnd(sql, at + 1, 39, mysql || code === 69 || code === 101)
        tokens.push({ kind: 'string', start, end: at })
      } else tokens.push({ kind: 'word', start, end: at })
    } else if (code === 63) {
      // PostgreSQL's JSON operators ?| and ?& are no placeholders
      const next = sql.charCodeAt(at + 1)
      if (dialect === 'postgresql' && (next === 124 || next === 38)) {
        at += 2
        tokens.push({ kind: 'punctuation', start, end: at })
      } else {
        at++
        while (isDigit(sql.charCodeAt(at))) at++
        tokens.push({ kind: 'placeholder', start, end: at })
      }
    } else if ((code === 58 || code === 64) && isWordStart(sql.charCodeAt(at + 1)) && sql.charCodeAt(at - 1) !== 58) {
      at = wordEnd(sql, at + 1)
      tokens.push({ kind: 'placeholder', start, end: at })
    } else {
      at++
      tokens.push({ kind: 'punctuation', start, end: at })
    }
  }
  return tokens
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff || code === 0
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127
}

function wordEnd(sql: string, from: number): number {
  let at = from
  while (at < sql.length) {
    const code = sql.charCodeAt(at)
    if (!isWordStart(code) && !isDigit(code) && code !== 36) break
    if (code === 0xa0 || code === 0xfeff) break
    at++
  }
  return Math.max(at, from + 1)
}

function numberEnd(sql: string, from: number): number {
  let at = from
  while (at < sql.length) {
    const code = sql.charCodeAt(at)
    const exponentSign = (code === 43 || code === 45) && /[eE]/.test(sql[at - 1] as string) && at > from
    if (!isDigit(code) && code !== 46 && !isWordStart(code) && !exponentSign) break
    at++
  }
  return at
}

function lineEnd(sql: string, from: number): number {
  const end = sql.indexOf('\n', from)
  return end === -1 ? sql.length : end + 1
}

/** PostgreSQL nests comments. */
function commentEnd(sql: string, from: number, nested: boolean): number {
  let depth = 1
  let at = from
  while (at < sql.length) {
    const code = sql.charCodeAt(at)
    if (code === 42 && sql.charCodeAt(at + 1) === 47) {
      at += 2
      if (--depth === 0) return at
    } else if (nested && code === 47 && sql.charCodeAt(at + 1) === 42) {
      at += 2
      depth++
    } else at++
  }
  return sql.length
}

function quoteEnd(sql: string, from: number, quote: number, backslash: boolean): number {
  let at = from
  while (at < sql.length) {
    const code = sql.charCodeAt(at)
    if (backslash && code === 92) at += 2
    else if (code !== quote) at++
    else if (sql.charCodeAt(at + 1) === quote) at += 2
    else return at + 1
  }
  return sql.length
}

/** `$1`, `$tag$ ... $tag$`, or a lone dollar. */
function dollarEnd(sql: string, from: number): number {
  let at = from + 1
  if (isDigit(sql.charCodeAt(at))) {
    while (isDigit(sql.charCodeAt(at))) at++
    return at
  }
  while (at < sql.length && at - from < 64 && (isWordStart(sql.charCodeAt(at)) || isDigit(sql.charCodeAt(at)))) at++
  if (sql.charCodeAt(at) !== 36) return from + 1
  const tag = sql.slice(from, at + 1)
  const end = sql.indexOf(tag, at + 1)
  return end === -1 ? sql.length : end + tag.length
}
