import type { Preview } from '../../contract/types.ts'
import { type Token, tokenize } from '../../core/sql/tokens.ts'
import { toSpecial } from '../../ui/preview.ts'
import { type Family, mysqlName, toFamily, toLiteral, Unwritable } from './literals.ts'

export interface SqlContext {
  /** as knex calls it */
  dialect: string
  /** of the app's process */
  timeZone: string
}

/** Where a placeholder finds its value: an index of the parameters, or a name in the object that is the only one. */
export interface Placeholder {
  token: Token
  text: string
  /** 0-based; `null` for a named one */
  index: number | null
  value: Preview | undefined
  /** `??` of mysql2 */
  identifier: boolean
}

function isBag(params: readonly Preview[]): params is [Record<string, Preview>] {
  const [bag] = params
  return params.length === 1 && typeof bag === 'object' && bag !== null && !Array.isArray(bag) && toSpecial(bag) === null
}

/** The placeholders of a statement with their values. What only looks like one, in a string, an operator or a comment, is none. */
export function findPlaceholders(sql: string, params: readonly Preview[], tokens: readonly Token[], family: Family): Placeholder[] {
  const found: Placeholder[] = []
  const bag = isBag(params) ? params[0] : null
  let next = 0
  const byIndex = (token: Token, text: string, index: number, identifier = false): void => {
    found.push({ token, text, index, value: params[index], identifier })
  }
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token
    const text = sql.slice(token.start, token.end)
    const after = tokens[at + 1]
    if (token.kind === 'punctuation' && text === '$' && family === 'sqlite' && after?.kind === 'word' && after.start === token.end) {
      const name = sql.slice(after.start, after.end)
      if (bag && Object.hasOwn(bag, name))
        found.push({ token: { ...token, end: after.end }, text: `$${name}`, index: null, value: bag[name], identifier: false })
      continue
    }
    if (token.kind !== 'placeholder') continue
    const number = /^(\$|\?|:|@p)(\d+)$/.exec(text)
    if (family === 'pg') {
      // a question mark is an operator here, a colon a slice
      if (number?.[1] === '$') byIndex(token, text, Number(number[2]) - 1)
    } else if (text === '?') {
      const doubled = family === 'mysql' && after?.kind === 'placeholder' && after.start === token.end
      byIndex(doubled ? { ...token, end: after.end } : token, doubled ? '??' : text, next++, doubled)
      if (doubled) at++
    } else if (number) byIndex(token, text, number[1] === '@p' ? Number(number[2]) : Number(number[2]) - 1)
    else if (bag && Object.hasOwn(bag, text.slice(1)) && (text[0] !== '@' || family !== 'mysql'))
      found.push({ token, text, index: null, value: bag[text.slice(1)], identifier: false })
  }
  return found
}

const isWord = (char: string | undefined): boolean => char !== undefined && /[\w$]/.test(char)

/** One text that can be pasted in a console of the database. A value that is not known as a whole stays a placeholder with a comment. */
export function toRunnableSql(sql: string, params: readonly Preview[], { dialect, timeZone }: SqlContext): string {
  const family = toFamily(dialect)
  const out: string[] = []
  let from = 0
  for (const { token, text, index, value, identifier } of findPlaceholders(sql, params, tokenize(sql, dialect), family)) {
    const before = from === token.start ? out.at(-1)?.at(-1) : sql[token.start - 1]
    out.push(sql.slice(from, token.start), spaced(written({ text, index, value, identifier }, family, timeZone), before, sql[token.end]))
    from = token.end
  }
  const whole = out.join('').concat(sql.slice(from)).trimEnd()
  // a comment at the end would take the semicolon with it
  const closed = /(?:^|\n)[^\n]*(?:--|#)[^\n]*$/.test(whole) ? `${whole}\n;` : `${whole};`
  return whole.endsWith(';') ? whole : closed
}

/** `a -?` with −5 must not become a comment, `limit?` no name. */
function spaced(literal: string, before: string | undefined, after: string | undefined): string {
  const left = isWord(before) || (before === '-' && literal.startsWith('-')) ? ' ' : ''
  return left + literal + (isWord(after) ? ' ' : '')
}

function written({ text, index, value, identifier }: Omit<Placeholder, 'token'>, family: Family, timeZone: string): string {
  const name = index === null ? text : `value ${index + 1}`
  if (value === undefined) return `${text} /* ${name} is not known */`
  try {
    if (!identifier) return toLiteral(value, family, timeZone)
    const names = Array.isArray(value) ? value : [value]
    return names.map((one) => mysqlName(String(one))).join(', ')
  } catch (error) {
    if (error instanceof Unwritable) return `${text} /* ${name} ${error.message} */`
    throw error
  }
}
