import { readFileSync } from 'node:fs'
import type { Finding } from 'debug-toolbar'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

const books = "const books = await db('books').orderBy('id')"

/** Loops whose change is certain: what they are, and how many queries are left. */
const changed: [name: string, body: string, after: number][] = [
  [
    'a row by id',
    `${books}
  for (const book of books) {
    const author = await db('authors').where('id', book.author_id).first()
    book.author_name = author?.name
  }
  return books`,
    2,
  ],
  [
    'rows of each',
    `${books}
  const out = []
  for (const book of books) {
    const reviews = await db('reviews').where('book_id', book.id)
    out.push([book.title, reviews.length, reviews.map((review) => review.text)])
  }
  return out`,
    2,
  ],
  [
    'a row by an object',
    `${books}
  const names = []
  for (const book of books) {
    const author = await db('authors').where({ id: book.author_id }).first()
    names.push(author ? author.name : 'nobody')
  }
  return names`,
    2,
  ],
  [
    'rows by an object with more conditions',
    `${books}
  const out = []
  for (const { id } of books) {
    const best = await db('reviews').where({ stars: 5, book_id: id }).orderBy('id')
    out.push(best)
  }
  return out`,
    2,
  ],
  [
    'a row by three arguments, with double quotes and semicolons',
    `  const books = await db("books").orderBy("id");
  const names = [];
  for (const book of books) {
    const author = await db("authors").where("id", "=", book.author_id).first();
    names.push(author?.name);
  }
  return names;`,
    2,
  ],
  [
    'one column of a row',
    `${books}
  const names = []
  for (const book of books) {
    const author = await db('authors').where('id', book.author_id).first('name')
    if (author) names.push(author.name)
  }
  return names`,
    2,
  ],
  [
    'one column of rows',
    `${books}
  let sum = 0
  for (const book of books) {
    const reviews = await db('reviews').select('stars').where('book_id', book.id)
    for (const review of reviews) sum += review.stars
  }
  return sum`,
    2,
  ],
  [
    'Promise.all of an async callback',
    `${books}
  const out = await Promise.all(
    books.map(async (book) => {
      const author = await db('authors').where('id', book.author_id).first()
      return { title: book.title, author: author?.name }
    }),
  )
  return out`,
    2,
  ],
  [
    'Promise.all of builders',
    `${books}
  const authors = await Promise.all(books.map((book) => db('authors').where('id', book.author_id).first()))
  return authors.map((author) => author?.name ?? null)`,
    2,
  ],
  [
    'Promise.all of builders of lists, by index',
    `${books}
  const lists = await Promise.all(books.map((book, index) => db('reviews').where('book_id', books[index].id).orderBy('id', 'desc')))
  return lists`,
    2,
  ],
  [
    'entries of a list',
    `${books}
  const out = []
  for (const [index, book] of books.entries()) {
    const author = await db('authors').where('id', book.author_id).first()
    out.push([index, author])
  }
  return out`,
    2,
  ],
  [
    'a loop that counts',
    `${books}
  const out = []
  for (let index = 0; index < books.length; index++) {
    const author = await db('authors').where('id', books[index].author_id).first()
    out.push(author?.name)
  }
  return out`,
    2,
  ],
  [
    'ids that are counted',
    `const out = []
  for (let id = 1; id <= 20; id++) out.push(await db('books').where('id', id).first())
  return out`,
    1,
  ],
  [
    'the first of several, in an order',
    `${books}
  const out = []
  for (const book of books) {
    const best = await db('reviews').where('book_id', book.id).orderBy('stars', 'desc').orderBy('id').first()
    out.push(best?.text)
  }
  return out`,
    2,
  ],
  [
    'text as a key',
    `${books}
  const out = []
  for (const book of books) {
    const author = await db('authors').where('slug', book.slug).first()
    out.push(author.name)
  }
  return out`,
    2,
  ],
  [
    'a chain over several lines',
    `${books}
  const out = []
  for (const book of books) {
    const reviews = await db('reviews')
      .where('book_id', book.id)
      .whereNot('stars', 1)
      .orderBy('id')
    out.push(reviews)
  }
  return out`,
    2,
  ],
  [
    'what is assigned to a property',
    `${books}
  for (const book of books) book.author = await db('authors').where('id', book.author_id).first()
  return books`,
    2,
  ],
  [
    'what is used in place',
    `const books = await db('books').whereNot('author_id', 99).orderBy('id')
  const out = []
  for (const book of books) out.push((await db('authors').where('id', book.author_id).first()).name)
  return out`,
    2,
  ],
  [
    'a list that is taken apart',
    `${books}
  const out = []
  for (const book of books) {
    const [author] = await db('authors').where('id', book.author_id)
    out.push(author)
  }
  return out`,
    2,
  ],
  [
    'a list of values',
    `const out = []
  for (const id of [3, 1, 4, 1, 5, 9, 2, 6]) {
    const book = await db('books').where('id', id).first()
    out.push(book.title)
  }
  return out`,
    1,
  ],
  [
    'names that are taken',
    `${books}
  const authors = 'taken'
  const authorIds = []
  const authorsById = []
  for (const book of books) {
    const author = await db('authors').where('id', book.author_id).first()
    authorIds.push(author?.id)
  }
  return [authors, authorIds, authorsById]`,
    2,
  ],
]

/** Loops whose change could do something else: an example is shown instead. */
const unsafe: [name: string, body: string][] = [
  [
    'a condition around the query',
    `${books}
  const out = []
  for (const book of books) {
    if (book.state === 'new') out.push(await db('authors').where('id', book.author_id).first())
  }
  return out`,
  ],
  [
    'a while loop',
    `let id = 1
  const out = []
  while (id <= 10) {
    out.push(await db('authors').where('id', id).first())
    id++
  }
  return out`,
  ],
  [
    'rows that are changed',
    `${books}
  const out = []
  for (const book of books) {
    const author = await db('authors').where('id', book.author_id).first()
    if (author) author.book = book.title
    out.push(author)
  }
  return out`,
  ],
  [
    'lists that are changed',
    `${books}
  const out = []
  for (const book of books) {
    const reviews = await db('reviews').where('book_id', book.id)
    reviews.push({ text: book.title })
    out.push(reviews)
  }
  return out`,
  ],
  [
    'rows that are handed to a function',
    `${books}
  const mark = (row) => { if (row) row.seen = (row.seen ?? 0) + 1 }
  const out = []
  for (const book of books) {
    const author = await db('authors').where('id', book.author_id).first()
    mark(author)
    out.push(author)
  }
  return out`,
  ],
  [
    'columns that are passed on whole',
    `${books}
  const out = []
  for (const book of books) out.push(await db('authors').where('id', book.author_id).first('name'))
  return out`,
  ],
  [
    'a key that is made in the loop',
    `${books}
  const out = []
  for (const book of books) {
    const key = book.author_id + 1
    out.push(await db('authors').where('id', key).first())
  }
  return out`,
  ],
  [
    'a key that is changed in the loop',
    `${books}
  const out = []
  for (const book of books) {
    book.author_id = (book.author_id % 12) + 1
    const author = await db('authors').where('id', book.author_id).first()
    out.push(author)
  }
  return out`,
  ],
  [
    'a limit on each',
    `${books}
  const out = []
  for (const book of books) {
    const some = await db('reviews').where('book_id', book.id).limit(1)
    out.push(some)
  }
  return out`,
  ],
  [
    'a count of each',
    `${books}
  const out = []
  for (const book of books) {
    const { total } = await db('reviews').where('book_id', book.id).count({ total: '*' }).first()
    out.push(total)
  }
  return out`,
  ],
  [
    'a write to the same table in between',
    `const out = []
  for (const id of [1, 2, 3, 4, 5, 6]) {
    const author = await db('authors').where('id', id).first()
    out.push(author.name)
    await db('authors').where('id', id + 1).update({ name: author.name })
  }
  return out`,
  ],
  [
    'an error that is caught in each round',
    `${books}
  const out = []
  for (const book of books) {
    try {
      const author = await db('authors').where('id', book.author_id).first()
      out.push(author.name)
    } catch {
      out.push('none')
    }
  }
  return out`,
  ],
  [
    'a function that is called in the loop',
    `${books}
  const find = async (id) => {
    const author = await db('authors').where('id', id).first()
    return author
  }
  const out = []
  for (const book of books) out.push(await find(book.author_id))
  return out`,
  ],
  [
    'raw SQL',
    `${books}
  const out = []
  for (const book of books) out.push(await db.raw('select * from authors where id = ?', [book.author_id]))
  return out`,
  ],
  [
    'a generator, which can be gone through once',
    `function* ids() { yield* [1, 2, 3, 4, 5, 6] }
  const out = []
  for (const id of ids()) {
    const author = await db('authors').where('id', id).first()
    out.push(author.name)
  }
  return out`,
  ],
  [
    'what is chained behind the query',
    `${books}
  const out = []
  for (const book of books) {
    const name = await db('authors').where('id', book.author_id).first().then((author) => author?.name)
    out.push(name)
  }
  return out`,
  ],
  [
    'what is chained behind the query of a callback',
    `${books}
  return await Promise.all(books.map((book) => db('authors').where('id', book.author_id).first().then((author) => author?.name)))`,
  ],
  [
    'rows of Promise.all that are changed later',
    `${books}
  const authors = await Promise.all(books.map((book) => db('authors').where('id', book.author_id).first()))
  for (const [index, author] of authors.entries()) if (author) author.book = books[index].title
  return authors`,
  ],
  [
    'rows that are changed where they were put',
    `${books}
  for (const book of books) book.author = await db('authors').where('id', book.author_id).first()
  for (const book of books) if (book.author) book.author.of = book.title
  return books`,
  ],
  [
    'a generator in a variable',
    `function* ids() { yield* [1, 2, 3, 4, 5, 6] }
  const all = ids()
  const out = []
  for (const id of all) {
    const author = await db('authors').where('id', id).first()
    out.push(author.name)
  }
  return out`,
  ],
  [
    'a list that grows in the loop',
    `const ids = [1]
  const out = []
  for (const id of ids) {
    const author = await db('authors').where('id', id).first()
    out.push(author.name)
    if (id < 8) ids.push(id + 1)
  }
  return out`,
  ],
  [
    'a loop that only sometimes runs',
    `${books}
  const out = []
  if (books.length > 0) for (const book of books) out.push(await db('authors').where('id', book.author_id).first())
  return out`,
  ],
]

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
