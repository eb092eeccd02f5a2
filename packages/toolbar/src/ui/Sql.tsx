import type { Preview } from '../contract/types.ts'
import { previewText } from './preview.ts'
import { inlineParams, type SqlToken, tokenizeSql } from './sql-tokens.ts'

const classes: Partial<Record<SqlToken['kind'], string>> = {
  keyword: 'y-k',
  function: 'y-fn',
  string: 'y-s',
  number: 'y-n',
  comment: 'y-c',
  placeholder: 'y-p',
}
/** longer ones are cut in a list, where they do not fit anyway */
const LINE_LENGTH = 600

/** Plain text needs no element of its own. */
const isPlain = (token: SqlToken): boolean => token.param === undefined && classes[token.kind] === undefined

function Token({ token }: { token: SqlToken }) {
  if (token.param !== undefined) {
    const text = typeof token.param === 'number' || typeof token.param === 'boolean' || token.param === null ? '' : ' ps'
    return <bdi class={`pv${text}`}>{token.text.length > LINE_LENGTH ? `${token.text.slice(0, LINE_LENGTH)}…` : token.text}</bdi>
  }
  return <span class={classes[token.kind]}>{token.text}</span>
}

/** SQL on one line, its parameters in their places. */
export function SqlLine({ sql, params }: { sql: string; params?: readonly Preview[] }) {
  const tokens = tokenizeSql(sql.length > LINE_LENGTH ? sql.slice(0, LINE_LENGTH) : sql)
  return (
    <code dir="auto">
      {(params ? inlineParams(tokens, params) : tokens).map((token, index) =>
        isPlain(token) ? token.kind === 'space' ? ' ' : token.text : <Token key={index} token={token} />,
      )}
    </code>
  )
}

/** SQL as it is, over as many lines as it has. */
export function SqlText({ sql, params }: { sql: string; params: readonly Preview[] }) {
  const tokens = inlineParams(tokenizeSql(sql), params)
  return <>{tokens.map((token, index) => (isPlain(token) ? token.text : <Token key={index} token={token} />))}</>
}

/** A value of a statement, told apart from its text. */
export function Value({ value }: { value: Preview }) {
  return <Token token={{ kind: 'placeholder', text: previewText(value, "'"), param: value }} />
}
