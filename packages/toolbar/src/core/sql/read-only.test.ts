import { describe, expect, it } from 'vitest'
import { whyNotExplain, whyNotKnownCalls, whyNotRead } from './read-only.ts'

const all = ['postgresql', 'mysql', 'sqlite'] as const

describe('statements that are proved to read', () => {
  it.each([
    'select * from "books" where "id" = ?',
    'select count(*) as n from books b where b.id in (1, 2, 3)',
    '/* route=/books */ select 1 -- end',
    '(select 1) union all (select 2) order by 1',
    'with a as (select 1 as x), b (y) as (select x from a) select lower(y) from b',
    'with recursive c(x) as (select 1 union all select x + 1 from c where x < 5) select * from c, c d',
    'values (1), (2)',
    "select coalesce(a, 'it''s; into (') from t",
    'select t.id from (select id from books) t(id) where exists (select 1 from x)',
    'select row_number() over (partition by a order by b) from t',
    'select max(start), lower(comment) from t',
    'select cast(a as varchar(10)) from t',
  ])('%s', (sql) => {
    for (const dialect of all) expect(whyNotRead(sql, dialect), dialect).toBeNull()
  })

  it.each([
    ['postgresql', 'select distinct on (a) b, a::text, arr[1:2] from t where j ?| array[$1] and pg_catalog.lower(x) = $2'],
    ['postgresql', "select E'it\\'s' , $$into (select$$, 1e-5, .5"],
    ['postgresql', 'show server_version'],
    ['postgresql', 'select sum(x) filter (where a > 1), string_agg(b, $1 order by c) from t group by grouping sets ((a), ())'],
    ['mysql', 'select `a` from `t` use index (`i`) where match (`a`) against (?) group by a with rollup'],
    ['mysql', "select date_add(now(), interval 1 day), group_concat(a separator ',') from t"],
    ['mysql', 'show tables'],
    ['sqlite', "select strftime('%Y', d), json_extract(j, '$.a') from t where id = :id"],
  ])('in %s: %s', (dialect, sql) => {
    expect(whyNotRead(sql, dialect)).toBeNull()
  })
})

/** row T43 of the threats, and ways around it */
const refused: Record<(typeof all)[number] | 'all', string[]> = {
  all: [
    '',
    '-- nothing',
    'insert into t values (1) returning *',
    'with d as (delete from t returning *) select * from d',
    'with a as (select 1) insert into t select * from a',
    'select * into new from t',
    'select 1; drop table t',
    'select 1;',
    'select * from t for update',
    'select * from t for no key update',
    'select * from t for share',
    'select * from t lock in share mode',
    'explain analyze delete from t',
    'explain select 1',
    'call p()',
    'do 1',
    "select nextval('s')",
    "select setval('s', 1)",
    'select pg_terminate_backend(1)',
    "select pg_read_file('/etc/passwd')",
    "select lo_import('/etc/passwd')",
    "select dblink_exec('x', 'delete from t')",
    "select set_config('a', 'b', false)",
    'select pg_sleep(60)',
    'select pg_sleep (60)',
    'select pg_sleep/* x */(60)',
    'select "pg_sleep"(60)',
    'select sleep(60)',
    "select get_lock('a', 1)",
    "select load_file('/etc/passwd')",
    "select load_extension('x')",
    "select query_to_xml('delete from t', true, true, '')",
    'select my_own_function(1)',
    'select public.lower(1)',
    'pragma user_version = 1',
    "attach 'x' as y",
    "vacuum into 'x'",
    "copy t to program 'cat'",
    'lock table t',
    'set a = 1',
    'begin',
    '/* c */ delete from t',
    '-- c\ndelete from t',
    '\ufeffdelete from t',
    '\ufeffselect 1',
    'select\u00a01',
    "(((select nextval('s'))))",
    '(((delete from t)))',
    'SEL/**/ECT 1',
    'select 1 \u0000; delete from t',
    "select 'a\u0000b'",
    'select U&"\\0070g_sleep"(3)',
    "select 1into outfile 'x'",
    'with a as (select 1) (select 1) order by 1, pg_sleep(3)',
    'with a as (select 1) select 1, pg_sleep(3) as (select)',
    'select 1 -- c\r, pg_sleep(3)',
    'select * from pragma_table_info(1)',
    'select ran\u212a()',
  ],
  postgresql: [
    'select distinct on (a) pg_sleep(3) from t',
    'select arr[1:pg_sleep(3)] from t',
    'select @pg_sleep(3)',
    'select 1 ` pg_sleep(3) ` 2',
    "select E'a'\n'\\' , ' , pg_sleep(3) , '",
    'select /*+ Set(work_mem 1) */ 1',
    'select 1 operator(public.+) 2',
    'table t; select 1',
  ],
  mysql: [
    "select e'\\', pg_sleep(3), '",
    '/*!50000 delete from t */',
    'select 1 /*! into outfile "x" */',
    'select 1 /*M! into outfile "x" */',
    "select * from t into outfile '/tmp/x'",
    'select @x:=1',
    'select @x : = 1, @y :=2',
    "select 1--1 into outfile 'x'",
    "select '\\', sleep(3), '",
    'select "a\\" , sleep(3), "b"',
    'select $$, sleep(3), $$ from t',
    'select /*+ SET_VAR(max_execution_time=0) */ 1',
    "select benchmark(1e9, md5('a'))",
    'handler t open',
    'select * from t procedure analyse()',
  ],
  sqlite: [
    "select e'\\', pg_sleep(3), '",
    "select [a'], load_extension('x'), [b'] from t",
    "select $$, load_extension('x'), $$ from t",
    'show tables',
    'table t',
  ],
}

describe('statements that are not', () => {
  for (const dialect of all)
    it.each([...refused.all, ...refused[dialect]])(`${dialect}: %j`, (sql) => {
      expect(whyNotRead(sql, dialect)).toEqual(expect.any(String))
    })

  it('says why', () => {
    expect(whyNotRead('delete from t', 'sqlite')).toBe('it begins with DELETE')
    expect(whyNotRead('select * from t for update', 'postgresql')).toMatch(/UPDATE|locks/)
    expect(whyNotRead('select f(1)', 'postgresql')).toContain('it calls f()')
    expect(whyNotRead('select 1', 'oracledb')).toContain('oracledb')
  })
})

describe('statements that can be explained', () => {
  it('are one statement that reads or writes rows', () => {
    for (const sql of ['update t set a = 1', 'insert into t (a) values (1)', 'delete from t', "select nextval('s')"])
      expect(whyNotExplain(sql, 'postgresql')).toBeNull()
    for (const sql of [
      'drop table t',
      'explain analyze delete from t',
      'update t set a = 1; drop table t',
      'call p()',
      '',
      "copy t to program 'x'",
    ])
      expect(whyNotExplain(sql, 'postgresql'), sql).toEqual(expect.any(String))
    expect(whyNotExplain('/*!50000 delete from t */', 'mysql')).toEqual(expect.any(String))
  })

  it('call nothing that is not known, where the database plans with what they call', () => {
    expect(whyNotKnownCalls('insert into t (a, b) values (1, lower(?))', 'mysql')).toBeNull()
    expect(whyNotKnownCalls('update t set a = 1 where b in (select * from (select f()) d)', 'mysql')).toContain('f()')
  })
})

it('costs linear time, whatever the text', () => {
  const hostile = ["'", '"', '(', '?,', '--', '/*', '$$', '\\', '1', '[', ')', '/*+ ', 'a(', '\r', 'with a as (', 'U&'].map((piece) =>
    piece.repeat(Math.ceil(99_000 / piece.length)),
  )
  for (const text of hostile)
    for (const dialect of all) {
      const start = performance.now()
      whyNotRead(`select ${text}`, dialect)
      whyNotExplain(`select ${text}`, dialect)
      expect(performance.now() - start, `${text.slice(0, 8)} ${dialect}`).toBeLessThan(250)
    }
})
