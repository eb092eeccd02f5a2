import { describe, expect, it } from 'vitest'
import { matches, parseFilter, REQUEST_FILTER_KEYS } from './filter.ts'

const item = {
  text: ['/books/42?page=2', 'select * from "Authors" where id = ?'],
  fields: {
    method: 'POST',
    status: 503,
    time: 120.4,
    queries: 53,
    type: 'fetch',
    route: '/books/:id',
    finding: ['n-plus-one', 'slow-query'],
    rows: null,
  },
}
const passes = (text: string) => matches(parseFilter(text), item)

describe('filter', () => {
  it('finds words in any text, without regard to case', () => {
    expect(passes('BOOKS authors')).toBe(true)
    expect(passes('books editors')).toBe(false)
    expect(passes('"from \\"authors\\" where"')).toBe(true)
    expect(passes('')).toBe(true)
  })

  it('takes text as text, not as a pattern', () => {
    expect(passes('select *')).toBe(true)
    expect(passes('b.oks')).toBe(false)
    expect(matches(parseFilter('(a+)+$'), { text: [`${'a'.repeat(50_000)}!`], fields: {} })).toBe(false)
  })

  it('compares fields', () => {
    expect(passes('method:post status:>=500 time:>100 queries:>20 type:fetch')).toBe(true)
    expect(passes('status:503')).toBe(true)
    expect(passes('status:200..299')).toBe(false)
    expect(passes('status:500..599 time:..121')).toBe(true)
    expect(passes('time:>0.2s')).toBe(false)
    expect(passes('queries:<=53')).toBe(true)
  })

  it('matches any member of a list, and quoted values exactly', () => {
    expect(passes('finding:n-plus-one')).toBe(true)
    expect(passes('finding:missing-index')).toBe(false)
    expect(passes('route:"/books/:id"')).toBe(true)
    expect(passes('route:"/books"')).toBe(false)
    expect(passes('route:/books')).toBe(true)
    expect(passes('rows:none')).toBe(true)
  })

  it('negates with a dash, and leaves dashes inside words alone', () => {
    expect(passes('-method:GET')).toBe(true)
    expect(passes('-authors')).toBe(false)
    expect(passes('-finding:slow-query')).toBe(false)
    expect(parseFilter('n-plus').terms[0]).toMatchObject({ negated: false, value: 'n-plus' })
    expect(parseFilter('-').terms[0]).toMatchObject({ negated: false, value: '-' })
  })

  it('says what it knows when a key is unknown', () => {
    const filter = parseFilter('statsu:500 books', REQUEST_FILTER_KEYS)
    expect(filter.terms).toHaveLength(1)
    expect(filter.errors[0]?.message).toContain('"statsu"')
    expect(filter.errors[0]?.message).toContain('status')
  })

  it('asks for a number where one is needed, and waits while one is typed', () => {
    expect(parseFilter('time:>fast').errors[0]?.message).toContain('time:>100')
    expect(parseFilter('status:', REQUEST_FILTER_KEYS)).toMatchObject({ terms: [], errors: [] })
  })

  it('keeps addresses and clock times as words', () => {
    expect(parseFilter('http://localhost:3000').terms[0]?.key).toBeNull()
    expect(parseFilter('14:31').terms[0]?.key).toBeNull()
  })

  it('reads a long line in linear time', () => {
    const text = 'a:"x '.repeat(20_000)
    const start = performance.now()
    parseFilter(text)
    expect(performance.now() - start).toBeLessThan(500)
  })
})
