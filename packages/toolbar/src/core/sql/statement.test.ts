import { describe, expect, it } from 'vitest'
import { linearMs, timePumped } from '../../testing/internal/pumped.ts'
import { statementOf } from './statement.ts'

const read = (sql: string, dialect = 'postgresql') => statementOf(sql, dialect)
const names = (sql: string, dialect?: string) =>
  read(sql, dialect).tables.map(({ name, alias }) => (alias === null ? name : `${name} ${alias}`))
const conditions = (sql: string, dialect?: string) =>
  read(sql, dialect).conditions.map(({ table, column, operator, value, items }) => `${table}.${column} ${operator} ${value} ${items}`)

describe('a statement', () => {
  it('has a verb', () => {
    const verb = (sql: string) => [read(sql).verb, read(sql).writes]
    expect(verb('select 1')).toEqual(['select', false])
    expect(verb('  /* hi */ SELECT 1')).toEqual(['select', false])
    expect(verb('(select 1) union (select 2)')).toEqual(['select', false])
    expect(verb('with x as (select 1) select * from x')).toEqual(['select', false])
    expect(verb('with x as (delete from t returning *) select * from x')).toEqual(['select', true])
    expect(verb('with x as (select 1) insert into t select * from x')).toEqual(['insert', true])
    expect(verb('insert into t (a) values (1)')).toEqual(['insert', true])
    expect(verb('update t set a = 1')).toEqual(['update', true])
    expect(verb('delete from t')).toEqual(['delete', true])
    expect(verb('select a into b from t')).toEqual(['select', true])
    expect(verb('truncate t')).toEqual(['other', true])
    expect(verb('pragma table_info(t)')).toEqual(['other', false])
    expect(verb('select replace(a, 1, 2) from t')).toEqual(['select', false])
    expect(verb('')).toEqual(['other', false])
  })

  it('has tables with aliases, whatever their quotes and schemas', () => {
    expect(names('select * from books')).toEqual(['books'])
    expect(names('select * from "shop"."books" as "b" inner join authors a on a.id = b.author_id')).toEqual(['books b', 'authors a'])
    expect(names('select * from `books` `b`, `authors`', 'mysql')).toEqual(['books b', 'authors'])
    expect(names('update "books" set a = 1')).toEqual(['books'])
    expect(names('insert into books (a, b) values (1, 2)')).toEqual(['books'])
    expect(names('delete from books where id = 1')).toEqual(['books'])
    expect(names('select * from t where id in (select t_id from other)')).toEqual(['t', 'other'])
    expect(names('with x as (select * from t) select * from x join y on true')).toEqual(['t', 'y'])
    expect(names('select extract(year from placed_at) from orders')).toEqual(['orders'])
    expect(names('select * from generate_series(1, 2) g')).toEqual([])
    expect(names("select 'from nowhere' -- from nothing\n from t /* from x */")).toEqual(['t'])
    expect(read('select * from shop.books').tables[0]).toEqual({ schema: 'shop', name: 'books', alias: null })
  })

  it('knows a star from a product and from count(*)', () => {
    const star = (sql: string) => read(sql).star
    expect(star('select * from t')).toBe(true)
    expect(star('select t.*, 1 from t')).toBe(true)
    expect(star('select a, "t".* from t')).toBe(true)
    expect(star('select distinct * from t')).toBe(true)
    expect(star('select count(*) from t')).toBe(false)
    expect(star('select a * b from t')).toBe(false)
    expect(star('select a from (select * from t) x')).toBe(false)
    expect(star('with x as (select * from t) select a from x')).toBe(false)
    expect(star('select * from t union select * from u')).toBe(true)
    expect(star('insert into t select * from u')).toBe(false)
  })

  it('has column names where they are known', () => {
    const columns = (sql: string) => read(sql).columns
    expect(columns('select a, t.b, c as d, "e", count(*) n, sum(x) as "total" from t')).toEqual(['a', 'b', 'd', 'e', 'n', 'total'])
    expect(columns('select * from t')).toBeNull()
    expect(columns('select a + 1 from t')).toBeNull()
    expect(columns('select count(*) from t')).toBeNull()
    expect(columns('update t set a = 1')).toBeNull()
  })

  it('has limits, groups and aggregates of the outermost query only', () => {
    expect(read('select * from t limit ?').limited).toBe(true)
    expect(read('select * from t offset 5 rows fetch next 10 rows only').limited).toBe(true)
    expect(read('select top 5 * from t')).toMatchObject({ limited: true, star: true })
    expect(read('select * from (select * from t limit 5) x').limited).toBe(false)
    expect(read('select "limit" from t').limited).toBe(false)
    expect(read('select a, count(*) from t group by a')).toMatchObject({ grouped: true, aggregate: false })
    expect(read('select count(*) as "total", avg(a) from t')).toMatchObject({ aggregate: true, grouped: false })
    expect(read('select coalesce(sum(a), 0) from t').aggregate).toBe(true)
    expect(read('select a, count(*) from t').aggregate).toBe(false)
    expect(read('select count(*) over () from t').aggregate).toBe(false)
    expect(read('select (select count(*) from u) from t').aggregate).toBe(false)
    expect(read('select distinct a from t').distinct).toBe(true)
    expect(read('select a from t where a is distinct from b').distinct).toBe(false)
  })

  it('locks and differs from call to call', () => {
    expect(read('select * from t for update').locking).toBe(true)
    expect(read('select * from t for no key update skip locked').locking).toBe(true)
    expect(read('select * from t lock in share mode', 'mysql').locking).toBe(true)
    expect(read('select * from t').locking).toBe(false)
    for (const sql of ['select now()', 'select random() from t', "select nextval('s')", 'select current_timestamp', "select date('now')"])
      expect(read(sql).volatile, sql).toBe(true)
    expect(read('select * from t where at > (select now() - $1)').volatile).toBe(true)
    expect(read('select now, "random" from t').volatile).toBe(false)
  })

  it('has conditions with the table of their column', () => {
    expect(conditions('select * from books where id = $1')).toEqual(['books.id = placeholder 1'])
    expect(conditions('select * from "books" as "b" join a on a.id = b.a_id where "b"."id" = $1 and (a.x >= 5 or a.y is null)')).toEqual([
      'a.id = column 1',
      'books.id = placeholder 1',
      'a.x >= literal 1',
      'a.y is null none 0',
    ])
    expect(conditions('select * from t where id in (?, ?, 3) and a not in (1)', 'mysql')).toEqual(['t.id in list 3', 't.a not in list 1'])
    expect(conditions('select * from t where id in (select x from u where z = 1)')).toEqual(['null.id in query 0'])
    expect(conditions('select * from t where a between ? and ? and b like ?')).toEqual([
      't.a between placeholder 1',
      't.b like placeholder 1',
    ])
    expect(conditions('select * from t where lower(a) = ? and b + 1 = 2 and c = d + 1')).toEqual([])
    expect(conditions('select * from t where a <> 1 and b != 2 and c::int = 3')).toEqual(['t.a <> literal 1', 't.b <> literal 1'])
    expect(conditions('update t set a = 1 where id = $2::uuid')).toEqual(['t.id = placeholder 1'])
    expect(read('select * from t where b = $2 and a in ($1, $3)').conditions.map(({ placeholders }) => placeholders)).toEqual([[1], [0, 2]])
    expect(read('select * from t where a = 1 or b = 2').disjunction).toBe(true)
    expect(read('select * from t where a = 1').disjunction).toBe(false)
  })

  it('has an order', () => {
    expect(read('select * from t order by t.a desc, "b", lower(c) limit 5').orderBy).toEqual([
      { table: 't', column: 'a' },
      { table: 't', column: 'b' },
    ])
  })

  it('costs linear time whatever comes', () => {
    for (const pump of [
      ...[
        "'",
        '"',
        '`',
        '(',
        ')',
        '?,',
        '--',
        '/*',
        '$$',
        '1',
        '[',
        'a ',
        'a.',
        'select ',
        'select (',
        '(select ',
        'from ',
        'from t,',
        'with x as (',
        'where a =',
      ],
      ...[
        'where a in (',
        'and a between ',
        'union select * from t ',
        'case when ',
        'join t on ',
        'order by a, ',
        'where (a = 1 and ',
        'extract(x ',
      ],
    ])
      for (const dialect of ['postgresql', 'mysql'])
        expect(
          timePumped(pump, (sql) => statementOf(`select * from t where ${sql}`, dialect), 300_000),
          `${dialect} ${pump}`,
        ).toBeLessThan(linearMs)
    expect(timePumped('and a = ? ', (sql) => statementOf(`select * from t where ${sql}`, 'postgresql'), 1_000_000)).toBeLessThan(linearMs)
  }, 120_000)
})
