import { readFileSync } from 'node:fs'
import type { Finding } from 'debug-toolbar'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changed, unsafe } from './n-plus-one-shapes.ts'
import { applyChange, Handlers, openLibrary, runHandler } from './run.ts'

const handlers = new Handlers()
let db: Knex
beforeAll(async () => {
  db = await openLibrary()
})
afterAll(async () => {
  await db.destroy()
  handlers.remove()
})

const run = (file: string) => runHandler(db, handlers.load(file))
const ofRule = (findings: readonly Finding[]) => findings.filter(({ rule }) => rule === 'n-plus-one')

describe('the change of an N+1 finding', () => {
  it.each(changed)('is one of the own lines, and does the same: %s', async (_name, body, after) => {
    const file = handlers.write(`  ${body}`)
    const before = await run(file)
    const [finding, ...others] = ofRule(before.findings)
    expect(others).toEqual([])
    expect(finding?.change?.file).toBe(file)
    const text = applyChange(readFileSync(file, 'utf8'), finding?.change as NonNullable<Finding['change']>)
    const result = await run(handlers.writeFile(text))
    expect(result.answer, text).toEqual(before.answer)
    expect(result.queries, text).toBe(after)
    expect(ofRule(result.findings)).toEqual([])
    expect(finding?.effect?.queries).toEqual({ before: before.queries, after })
  })

  it.each(unsafe)('is an example where it could do something else: %s', async (_name, body) => {
    const { findings } = await run(handlers.write(`  ${body}`))
    const [finding] = ofRule(findings)
    expect(finding).toBeDefined()
    if (finding?.change != null) expect([finding.change.file, finding.change.firstLine]).toEqual([null, 0])
    expect(finding?.fix).not.toContain('the change below')
  })

  it('has the words of the loop in an example, and groups what is counted', async () => {
    const exampleFor = async (start: string) => {
      const body = (unsafe.find(([name]) => name.startsWith(start)) as [string, string])[1]
      const { findings } = await run(handlers.write(`  ${body}`))
      return ofRule(findings)[0]?.change?.lines.map(({ text }) => text)
    }
    expect(await exampleFor('raw SQL')).toEqual([
      'const authorIds = [...new Set(books.map((book) => book.author_id))]',
      `const authors = await db('authors').whereIn('id', authorIds)`,
      'const authorsById = new Map(authors.map((author) => [author.id, author]))',
      '// and in each round',
      'const author = authorsById.get(book.author_id)',
    ])
    expect(await exampleFor('a count of each')).toEqual([
      'select book_id, count(*) as `total`',
      'from reviews',
      'where book_id in (…)',
      'group by book_id',
    ])
  })

  it('says where the function that asks is called in a loop', async () => {
    const body = (unsafe.find(([name]) => name.startsWith('a function')) as [string, string])[1]
    const { findings } = await run(handlers.write(`  ${body}`))
    expect(ofRule(findings)[0]?.title).toBe('N+1: 30 queries from one loop')
    expect(ofRule(findings)[0]?.facts.map(([label]) => label)).toContain('Called in')
  })
})

describe('no N+1', () => {
  it.each([
    ['four of them', `for (const id of [1, 2, 3, 4]) await db('books').where('id', id).first()`],
    ['chunks', `for (const ids of [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10], [11]]) await db('books').whereIn('id', ids)`],
    ['pages', `for (let page = 0; page < 8; page++) await db('books').orderBy('id').limit(3).offset(3 * page)`],
    ['pages by key', `for (let id = 0; id < 24; id += 3) await db('books').where('id', '>', id).orderBy('id').limit(3)`],
    ['writes', `for (let id = 1; id < 9; id++) await db('books').where('id', id).update({ state: 'old' })`],
    ['different lines', Array.from({ length: 8 }, (_, id) => `  await db('books').where('id', ${id}).first()`).join('\n')],
  ])('in %s', async (_name, body) => {
    const { findings } = await run(handlers.write(`  ${body}`))
    expect(ofRule(findings)).toEqual([])
  })

  it('below its threshold, and when it is off', async () => {
    const file = handlers.write(`  for (let id = 1; id <= 8; id++) await db('books').where('id', id).first()`)
    const handler = handlers.load(file)
    expect((await runHandler(db, handler)).rules).toEqual(['n-plus-one'])
    expect((await runHandler(db, handler, { rules: { 'n-plus-one': { queries: 9 } } })).rules).toEqual([])
    expect((await runHandler(db, handler, { rules: { 'n-plus-one': false } })).rules).toEqual([])
  })
})
