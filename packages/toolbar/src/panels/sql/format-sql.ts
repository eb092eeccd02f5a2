import { formatDialect, mariadb, mysql, postgresql, sqlite, sql as standard } from 'sql-formatter'
import type { Preview } from '../../contract/types.ts'
import { tokenize } from '../../core/sql/tokens.ts'
import { highlight, type Piece } from '../../ui/highlight.ts'
import { toFamily } from './literals.ts'
import { findPlaceholders } from './runnable-sql.ts'

/** A piece of the text in its colour, or a value in the place of its placeholder. */
export type SqlPiece = { kind: 'text'; piece: Piece } | { kind: 'value'; value: Preview }

function toDialect(dialect: string) {
  if (/^maria/i.test(dialect)) return mariadb
  return { pg: postgresql, mysql, sqlite, other: standard }[toFamily(dialect)]
}

/** A word that the text does not have, to stand for values while the text is laid out. */
function freeWord(sql: string): string {
  let word = 'dtvalue'
  while (sql.includes(word)) word += 'x'
  return word
}

/** The statement laid out over lines and coloured, with its values. @throws when it cannot be read */
export function formatSql(sql: string, params: readonly Preview[], dialect: string): SqlPiece[][] {
  const word = freeWord(sql)
  const values: Preview[] = []
  let text = ''
  let from = 0
  for (const { token, value } of findPlaceholders(sql, params, tokenize(sql, dialect), toFamily(dialect))) {
    if (value === undefined) continue
    text += `${sql.slice(from, token.start)}${word}${values.push(value) - 1}_`
    from = token.end
  }
  text += sql.slice(from)
  const formatted = formatDialect(text, { dialect: toDialect(dialect), expressionWidth: 60, indentStyle: 'tabularLeft', tabWidth: 2 })
  const mark = new RegExp(`${word}(\\d+)_`)
  return highlight('sql', formatted).map((line) =>
    line.flatMap(([name, piece]) =>
      // every second part is the number of a value
      piece
        .split(mark)
        .map((part, at): SqlPiece | null => {
          if (at % 2 === 0) return part === '' ? null : { kind: 'text', piece: [name, part] }
          return { kind: 'value', value: values[Number(part)] ?? null }
        })
        .filter((part) => part !== null),
    ),
  )
}
