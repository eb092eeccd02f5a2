import { describe, expect, it } from 'vitest'
import type { Preview } from '../../contract/types.ts'
import { formatSql } from './format-sql.ts'

const text = (sql: string, params: readonly Preview[], dialect: string): string =>
  formatSql(sql, params, dialect)
    .map((line) => line.map((part) => (part.kind === 'value' ? `<${JSON.stringify(part.value)}>` : part.piece[1])).join(''))
    .join('\n')

describe('formatted SQL', () => {
  it('has a clause a line and values in the places of their placeholders', () => {
    expect(text('select "a" from "b" where "c" = $2 and "d" = $1', ['x', 7], 'postgresql')).toBe(
      'select    "a"\nfrom      "b"\nwhere     "c" = <7>\nand       "d" = <"x">',
    )
    expect(text("select '?' as `q` from `b` where c = ?", [null], 'mysql')).toContain('c = <null>')
    expect(text('select 1 from dtvalue0_ where a = ?', [1], 'sqlite')).toContain('dtvalue0_')
  })

  it('keeps the operators of PostgreSQL that look like placeholders', () => {
    expect(text("select data ? 'a', data ?| array[$1], x::int from t", ['b'], 'postgresql')).toMatch(
      /data \? 'a'[\s\S]*data \?\| array\[<"b">\][\s\S]*x::int/,
    )
  })

  it('throws what it cannot read, so that the text is shown as it is', () => {
    expect(() => text('select [[[ from ]', [], 'postgresql')).toThrow()
  })
})
