import { describe, expect, it } from 'vitest'
import { inlineParams, tokenizeSql } from './sql-tokens.ts'

const inlined = (sql: string, params: Parameters<typeof inlineParams>[1]) =>
  inlineParams(tokenizeSql(sql), params)
    .map(({ text }) => text)
    .join('')

describe('sql tokens', () => {
  it('lose nothing', () => {
    for (const sql of [
      "select \"a?\" from `b` where c = 'it''s ?' -- ?\nand d = ?",
      "select 'unclosed",
      'select $$ ? $$, /* ? ',
      'عنوان = ?',
      '',
    ])
      expect(
        tokenizeSql(sql)
          .map(({ text }) => text)
          .join(''),
      ).toBe(sql)
  })

  it('put parameters in their places, whatever the dialect', () => {
    expect(inlined('select * from a where b = ? and c = ?', [1, 'x'])).toBe("select * from a where b = 1 and c = 'x'")
    expect(inlined('where b = $2 and c = $1', ['x', 2])).toBe("where b = 2 and c = 'x'")
    expect(inlined('where b = :b and c = x::int', [{ b: true }])).toBe('where b = true and c = x::int')
    expect(inlined('where b = @p0', [null])).toBe('where b = null')
  })

  it('leave strings, names, comments and operators alone', () => {
    const sql = `select '?', "?", \`?\`, a ?| b, a ?? b -- ?\n/* ? */ from t where c = ?`
    expect(inlined(sql, [7, 8])).toBe(sql.replace(/\?$/, '7'))
    expect(inlined('where a = ? and b = ?', [1])).toBe('where a = 1 and b = ?')
  })

  it('take linear time', () => {
    const start = performance.now()
    tokenizeSql("'".repeat(30_000) + '"'.repeat(30_001) + '$$'.repeat(10_000) + '/*'.repeat(20_000))
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
