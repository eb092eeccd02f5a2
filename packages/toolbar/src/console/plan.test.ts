import { describe, expect, it } from 'vitest'
import { markWorst, notesOf, stepsOf } from './plan.ts'
import { fromMysqlJson, fromMysqlTree } from './plan-mysql.ts'
import { fromPostgres } from './plan-postgres.ts'
import { fromSqlite } from './plan-sqlite.ts'

/** MariaDB, PostgreSQL and SQLite are asked themselves in test/sql-console.test.ts. MySQL is not there: its documented formats stand here. */
describe('plans of MySQL', () => {
  it('are read from JSON: a join, sorted, with a subquery', () => {
    const plan = markWorst(
      fromMysqlJson(
        JSON.stringify({
          query_block: {
            select_id: 1,
            cost_info: { query_cost: '1214.50' },
            ordering_operation: {
              using_temporary_table: true,
              using_filesort: true,
              cost_info: { sort_cost: '500.00' },
              nested_loop: [
                {
                  table: {
                    table_name: 'b',
                    access_type: 'ALL',
                    possible_keys: ['PRIMARY'],
                    rows_examined_per_scan: 10_000,
                    rows_produced_per_join: 1_000,
                    filtered: '10.00',
                    cost_info: { read_cost: '900.00', eval_cost: '100.00', prefix_cost: '1000.00', data_read_per_join: '2M' },
                    used_columns: ['id', 'isbn'],
                    attached_condition: "(`shop`.`b`.`isbn` = '1')",
                  },
                },
                {
                  table: {
                    table_name: 'a',
                    access_type: 'eq_ref',
                    possible_keys: ['PRIMARY'],
                    key: 'PRIMARY',
                    used_key_parts: ['id'],
                    key_length: '4',
                    ref: ['shop.b.author_id'],
                    rows_examined_per_scan: 1,
                    cost_info: { read_cost: '10.00', eval_cost: '4.50', prefix_cost: '1014.50' },
                  },
                },
              ],
              optimized_away_subqueries: [
                { dependent: false, cacheable: true, query_block: { select_id: 2, cost_info: { query_cost: '1.00' } } },
              ],
            },
          },
        }),
      ),
    )
    expect(plan.label).toBe('Sort')
    expect(plan.cost).toBe(500)
    const [loop] = plan.children
    expect(loop?.label).toBe('Nested loop')
    expect(loop?.children).toMatchObject([
      { label: 'Full scan of b', table: 'b', index: null, fullScan: true, rows: 10_000, cost: 1_000 },
      { label: 'Unique lookup in a using PRIMARY', table: 'a', index: 'PRIMARY', fullScan: false, rows: 1 },
    ])
    expect(notesOf(plan, new Map([['b', 12_345]]))).toEqual(['Reads all 12,345 rows of b: no index serves the filter.'])
    expect(stepsOf(plan).filter(({ worst }) => worst)).toHaveLength(1)
  })

  it('are read from JSON: a write, a union, a message', () => {
    const write = fromMysqlJson(
      '{"query_block":{"select_id":1,"table":{"update":true,"table_name":"t","access_type":"index","key":"PRIMARY","rows_examined_per_scan":5}}}',
    )
    expect(write).toMatchObject({ label: 'Update: Full index scan of t using PRIMARY', fullScan: true })
    const union = fromMysqlJson(
      '{"query_block":{"union_result":{"using_temporary_table":true,"table_name":"<union1,2>","access_type":"ALL","query_specifications":[{"query_block":{"select_id":1,"table":{"table_name":"t","access_type":"ref","key":"b"}}},{"query_block":{"select_id":2,"table":{"table_name":"u","access_type":"range","key":"c"}}}]}}}',
    )
    expect(union.label).toBe('Union')
    expect(stepsOf(union).map(({ table }) => table)).toEqual(expect.arrayContaining(['t', 'u']))
    expect(stepsOf(union).some(({ fullScan }) => fullScan)).toBe(false)
    const empty = fromMysqlJson('{"query_block":{"select_id":1,"message":"Impossible WHERE"}}')
    expect(empty.details).toEqual(['Impossible WHERE'])
  })

  it('are read from the tree of EXPLAIN ANALYZE', () => {
    const plan = markWorst(
      fromMysqlTree(
        [
          '-> Sort: t.a  (cost=205.25 rows=2000) (actual time=3.1..3.2 rows=20 loops=1)',
          "    -> Filter: (t.a = 'x')  (cost=205.25 rows=200) (actual time=0.05..2.9 rows=20 loops=1)",
          '        -> Table scan on t  (cost=205.25 rows=2000) (actual time=0.04..2.5 rows=2000 loops=1)',
          '    -> Single-row index lookup on u using PRIMARY (id=t.u)  (cost=0.25 rows=1) (actual time=0.002..0.003 rows=1 loops=20)',
          '    -> Index scan on v using b  (never executed)',
        ].join('\n'),
      ),
    )
    expect(plan).toMatchObject({ label: 'Sort: t.a', durationMs: 3.2, cost: 205.25, actualRows: 20 })
    expect(plan.children[0]).toMatchObject({ label: 'Filter', details: ["Condition: (t.a = 'x')"] })
    expect(plan.children[0]?.children[0]).toMatchObject({ table: 't', fullScan: true, rows: 2_000, actualRows: 2_000, worst: true })
    expect(plan.children[1]).toMatchObject({ table: 'u', index: 'PRIMARY', loops: 20, actualRows: 20, durationMs: 0.06 })
    expect(plan.children[2]).toMatchObject({ actualRows: null })
  })

  it('survive texts that MariaDB escapes in a way of its own', () => {
    const plan = fromMysqlJson(
      '{"query_block":{"select_id":1,"table":{"table_name":"t","access_type":"ALL","attached_condition":"t.a = \'it\\\'s \\"\'"}}}',
    )
    expect(plan.details).toEqual(["Condition: t.a = 'it's \"'"])
  })
})

describe('plans of PostgreSQL', () => {
  it('count all loops', () => {
    const plan = fromPostgres(
      JSON.stringify([
        {
          Plan: {
            'Node Type': 'Nested Loop',
            'Join Type': 'Left',
            'Total Cost': 50,
            'Actual Total Time': 2,
            'Actual Rows': 10,
            'Actual Loops': 1,
            Plans: [
              {
                'Node Type': 'Index Scan',
                'Relation Name': 'books',
                Alias: 'b',
                'Index Name': 'books_pkey',
                'Actual Total Time': 0.01,
                'Actual Rows': 2,
                'Actual Loops': 100,
                'Plan Rows': 1,
                'Total Cost': 8,
              },
            ],
          },
        },
      ]),
    )
    expect(plan.label).toBe('Nested Loop Left Join')
    expect(plan.children[0]).toMatchObject({ label: 'Index Scan using books_pkey on books b', actualRows: 200, durationMs: 1, loops: 100 })
    expect(notesOf(plan, new Map())).toEqual(['Looks into books 100 times.'])
  })
})

describe('plans of SQLite', () => {
  it('are trees of steps', () => {
    const { plan, text } = fromSqlite([
      { id: 2, parent: 0, detail: 'SCAN b' },
      { id: 5, parent: 0, detail: 'SEARCH a USING INTEGER PRIMARY KEY (rowid=?)' },
      { id: 9, parent: 0, detail: 'USE TEMP B-TREE FOR ORDER BY' },
      { id: 12, parent: 9, detail: 'SCAN TABLE c AS x USING COVERING INDEX c_a' },
      { id: 13, parent: 9, detail: 'SCAN CONSTANT ROW' },
      { id: 14, parent: 9, detail: 'SCAN (subquery-1)' },
    ])
    expect(stepsOf(plan).map(({ table, index, fullScan }) => [table, index, fullScan])).toEqual([
      [null, null, false],
      ['b', null, true],
      ['a', null, false],
      [null, null, false],
      ['c', 'c_a', true],
      [null, null, false],
      [null, null, false],
    ])
    expect(text).toContain('|--SCAN b')
    expect(notesOf(plan, new Map())).toContain('Sorts the rows: no index has them in this order.')
  })
})
