import { type Token, type TokenKind, tokenize } from './tokens.ts'
import { reserved } from './words.ts'

/** A column as it is written: its name, what stands before the dot, and the index of the token after it. */
export interface ColumnRef {
  readonly qualifier: string | null
  readonly name: string
  readonly end: number
}

/** Tokens of a statement by their index; beyond either end there is nothing, which is the empty word. */
export interface Scanner {
  readonly length: number
  /** the statement begins with `with` */
  readonly isWith: boolean
  /** lower case for bare words, as written for others */
  word(index: number): string
  kind(index: number): TokenKind | null
  /** a word that is not quoted */
  isBare(index: number): boolean
  /** the name a word or quoted word stands for */
  name(index: number): string
  /** the column that begins here; `null` for keywords, function calls and what is no name */
  column(index: number): ColumnRef | null
  /** which placeholder a token is, from 0 */
  placeholder(index: number): number
}

export function createScanner(sql: string, dialect: string): Scanner {
  const tokens = tokenize(sql, dialect)
  const words: string[] = []
  const placeholders = new Map<number, number>()
  let last = -1
  for (const [index, { kind, start, end }] of tokens.entries()) {
    // only short words are clauses or functions; long literals are not copied
    const text = sql.slice(start, Math.min(end, start + 200))
    words.push(kind === 'word' ? text.toLowerCase() : text)
    if (kind !== 'placeholder') continue
    const digits = text.slice(1)
    last = /^\d+$/.test(digits) ? Number(digits) - 1 : last + 1
    placeholders.set(index, last)
  }
  const word = (index: number): string => words[index] ?? ''
  const kind = (index: number): TokenKind | null => tokens[index]?.kind ?? null
  const isName = (index: number): boolean => kind(index) === 'quoted' || kind(index) === 'word'
  const name = (index: number): string => {
    const token = tokens[index] as Token | undefined
    if (token === undefined) return ''
    return token.kind === 'quoted'
      ? sql.slice(token.start + 1, token.end - 1).slice(0, 200)
      : sql.slice(token.start, token.end).slice(0, 200)
  }
  return {
    length: tokens.length,
    isWith: word(0) === 'with',
    word,
    kind,
    isBare: (index) => kind(index) === 'word',
    name,
    placeholder: (index) => placeholders.get(index) ?? -1,
    column(index) {
      if (!isName(index) || (kind(index) === 'word' && reserved.has(word(index)))) return null
      let at = index
      // schema.table.column is as long as it gets
      while (at < index + 6 && word(at + 1) === '.' && isName(at + 2)) at += 2
      if (word(at + 1) === '(' || word(at + 1) === '.') return null
      return { qualifier: at === index ? null : name(at - 2), name: name(at), end: at + 1 }
    },
  }
}
