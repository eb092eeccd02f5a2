import { describe, expect, it } from 'vitest'
import { linearMs, timePumped } from '../../testing/internal/pumped.ts'
import { createRedactor } from '../redact.ts'
import { findSqlSecrets } from './secrets.ts'
import { shapeOf } from './shape.ts'
import { tokenize } from './tokens.ts'

const same = (dialect: string, ...statements: string[]) =>
  expect(new Set(statements.map((sql) => shapeOf(sql, dialect))).size, statements.map((sql) => shapeOf(sql, dialect)).join(' | ')).toBe(1)
const differ = (dialect: string, a: string, b: string) => expect(shapeOf(a, dialect)).not.toBe(shapeOf(b, dialect))

describe('shapes', () => {
  it('leave out literals, placeholders, lists, comments and white space', () => {
    same(
      'postgresql',
      'select * from t where id = 1',
      'select * from t where id = $1',
      "select * from t where id = 'x'",
      'select  *\nfrom t -- why\nwhere id=/* c */ 2.5e-3',
    )
    same('postgresql', 'select 1 where id in (1)', 'select 1 where id in (1, 2, 3)', 'select 1 where id in ($1,$2)')
    same('mysql', 'insert into t (a, b) values (?, ?)', 'insert into t (a, b) values (?, ?), (?, ?), (1, "x")')
    same('postgresql', "select $$it's; text$$", 'select $tag$ a $$ b $tag$', "select E'a\\'b'", "select 'it''s'")
    same('mysql', "select 'a\\'b'", 'select "text"', 'select 5 # comment')
  })

  it('keep names, operators and quoted identifiers', () => {
    differ('postgresql', 'select a from t', 'select b from t')
    differ('postgresql', 'select "a" from t', 'select "b" from t')
    differ('mysql', 'select `a` from t', 'select `b` from t')
    differ('postgresql', 'select 1 where a = 1', 'select 1 where a > 1')
    expect(shapeOf("select data->>'x', a::int from t where tags ?| array['a'] limit 10", 'postgresql')).toBe(
      'select data ->> ?, a :: int from t where tags ?| array [ ? ] limit ?',
    )
  })

  it('do not take JSON operators or casts for placeholders', () => {
    expect(tokenize('select a::int, :name, @var, t.x ?| b', 'postgresql').filter(({ kind }) => kind === 'placeholder')).toHaveLength(2)
  })

  it('cost linear time whatever comes', () => {
    for (const dialect of ['postgresql', 'mysql', 'sqlite'])
      for (const pump of [
        "'",
        '"',
        '`',
        '(',
        '?,',
        '--',
        '/*',
        '*/',
        '$$',
        '$a$',
        '\\',
        '1',
        '[',
        ':a',
        '?',
        '(?),',
        'a ',
        '#',
        '/* /* ',
      ]) {
        expect(
          timePumped(pump, (sql) => tokenize(sql, dialect)),
          `${dialect} ${pump}`,
        ).toBeLessThan(linearMs)
      }
  }, 120_000)
})

describe('secrets in SQL', () => {
  const redactor = createRedactor()
  const find = (sql: string, dialect = 'postgresql') => {
    const { params, text } = findSqlSecrets(sql, dialect, redactor)
    return { params: [...params], text }
  }

  it('finds the parameters of secret columns', () => {
    expect(find('insert into users (name, password, age) values ($1, $2, $3)').params).toEqual([1])
    expect(find('insert into `users` (`name`, `password`) values (?, ?), (?, ?)', 'mysql').params).toEqual([1, 3])
    expect(find('update users set "password" = ?, name = ? where id = ?').params).toEqual([0])
    expect(find('select * from t where token in (?, ?) and id = ?').params).toEqual([0, 1])
    expect(find('select * from t where u.api_key like ? or name = ?').params).toEqual([0])
    expect(find('select * from t where author = ? limit ?').params).toEqual([])
  })

  it('finds them inside of calls, behind them and under another name', () => {
    const masked = (sql: string): number[] => find(sql).params.sort((a, b) => a - b)
    expect(masked('select id from users where email = $1 and password = crypt($2, password)')).toEqual([1])
    expect(masked('select id from users where crypt($2, password) = password and email = $1')).toEqual([1])
    expect(masked("insert into users (email, password, name) values ($1, crypt($2, gen_salt('bf', $3)), $4)")).toEqual([1, 2])
    expect(masked("update users set password = crypt($1, gen_salt('bf')), name = $2 where id = $3")).toEqual([0])
    expect(masked('select 1 from users where password = md5($1) and id = $2')).toEqual([0])
    expect(masked('select 1 from users where lower(password) = $1 and lower(name) = $2')).toEqual([0])
    expect(masked('select 1 from users where $1 = password and $2 = name')).toEqual([0])
    expect(masked('select $1 as password, $2 as name')).toEqual([0])
    expect(masked('select count(*) from users where (name = $1 or id in ($2, $3)) and lower(title) = lower($4)')).toEqual([])
  })

  it('masks literals of secret columns', () => {
    expect(find("update users set password = 'CANARY', name = 'Ada'").text).toMatch(
      /^update users set password = '.*masked', name = 'Ada'$/,
    )
    expect(find("insert into users (name, password) values ('Ada', 'CANARY')").text).not.toContain('CANARY')
  })

  it('take under 50 ms for the shape of a hostile megabyte', () => {
    const pumps = [
      "'",
      '"',
      '(',
      '?,',
      '--',
      '/*',
      '$$',
      '\\',
      '1',
      '1 ',
      'a ',
      '+',
      '(?),',
      "'a',",
      '$1,',
      'a.b,',
      ':a ',
      '[',
      '`',
      '$a$ ',
      'e-',
    ]
    for (const dialect of ['postgresql', 'mysql', 'sqlite'])
      for (const pump of pumps) {
        const sql = pump.repeat(1_048_576 / pump.length)
        let best = Number.POSITIVE_INFINITY
        for (let turn = 0; turn < 20 && best >= 50; turn++) {
          const from = performance.now()
          shapeOf(sql, dialect)
          best = Math.min(best, performance.now() - from)
        }
        expect(best, `${dialect} ${pump}`).toBeLessThan(50)
      }
  })
})
