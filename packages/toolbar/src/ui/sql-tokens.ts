import type { Preview } from '../contract/types.ts'
import { previewText } from './preview.ts'

export type SqlTokenKind = 'keyword' | 'function' | 'string' | 'number' | 'comment' | 'identifier' | 'placeholder' | 'space' | 'other'

export interface SqlToken {
  kind: SqlTokenKind
  text: string
  /** a parameter put in the place of its placeholder */
  param?: Preview
}

const keywords = new Set(
  (
    'select from where and or order by asc desc limit offset as insert into values update set delete join left right full cross inner outer on in is not ' +
    'null group having count begin commit rollback savepoint release true false with recursive exists between like ilike case when then else end lateral ' +
    'over partition union all except intersect distinct returning using natural conflict do nothing create table index drop alter explain analyze default ' +
    'primary key references unique for share start transaction'
  ).split(' '),
)

// One alternative each, none nested: linear in the length of the text. An unclosed quote runs to the end.
const lexer = new RegExp(
  [
    /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))/,
    /(?<string>'(?:[^'\\]|''|\\(?:[\s\S]|$))*(?:'|$))/,
    /(?<identifier>"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[A-Za-z_][\w ]*\])/,
    /(?<dollar>\$(?<tag>[A-Za-z_]*)\$[\s\S]*?(?:\$\k<tag>\$|$))/,
    /(?<placeholder>\$\d+|@p\d+|(?<![:\w]):[A-Za-z_]\w*|(?<![:\w]):\d+|\?(?![|&?]))/,
    /(?<number>\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)/,
    /(?<word>[\p{L}_][\p{L}\p{N}_$]*)/u,
    /(?<space>\s+)/,
    /(?<other>\?[|&?]|[\s\S])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'giu',
)

/** Splits SQL of any dialect into tokens; nothing is lost, joined texts give the input again. */
export function tokenizeSql(sql: string): SqlToken[] {
  const tokens: SqlToken[] = []
  for (const match of sql.matchAll(lexer)) {
    const text = match[0]
    const groups = match.groups ?? {}
    if (groups.word !== undefined) {
      const called = sql[match.index + text.length] === '('
      const known = keywords.has(text.toLowerCase())
      tokens.push({ kind: known ? 'keyword' : called ? 'function' : 'identifier', text })
      continue
    }
    const kind = (['comment', 'string', 'identifier', 'placeholder', 'number', 'space'] as const).find((name) => groups[name] !== undefined)
    tokens.push({ kind: kind ?? (groups.dollar !== undefined ? 'string' : 'other'), text })
  }
  return tokens
}

function named(params: readonly Preview[], name: string): Preview | undefined {
  const bag = params[0]
  return typeof bag === 'object' && bag !== null && !Array.isArray(bag) && Object.hasOwn(bag, name) ? bag[name] : undefined
}

/** Puts parameters in the places of their placeholders; a placeholder without one stays as it is. */
export function inlineParams(tokens: readonly SqlToken[], params: readonly Preview[]): SqlToken[] {
  const numbered = tokens.some(({ kind, text }) => kind === 'placeholder' && text !== '?')
  let next = 0
  return tokens.map((token) => {
    if (token.kind !== 'placeholder') return token
    const { text } = token
    let param: Preview | undefined
    if (text === '?') param = numbered ? undefined : params[next++]
    else if (/^(\$|:)\d+$/.test(text)) param = params[Number(text.slice(1)) - 1]
    else if (/^@p\d+$/.test(text)) param = params[Number(text.slice(2))]
    else param = named(params, text.slice(1))
    return param === undefined ? token : { kind: 'placeholder', text: previewText(param, "'"), param }
  })
}
