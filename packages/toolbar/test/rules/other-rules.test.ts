import { readFileSync } from 'node:fs'
import type { Finding } from 'debug-toolbar'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyChange, Handlers, openLibrary, runHandler } from './run.ts'

const handlers = new Handlers()
let db: Knex
beforeAll(async () => {
  db = await openLibrary()
  await db.schema.createTable('wide', (table) => {
    table.increments('id')
    for (let column = 1; column <= 30; column++) table.string(`c${column}`)
  })
  const row = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`c${index + 1}`, 'x'.repeat(60)]))
  for (let round = 0; round < 4; round++) await db('wide').insert(Array.from({ length: 20 }, () => row))
  await db.schema.createTable('many', (table) => {
    table.increments('id')
    table.string('name')
    table.string('state')
  })
  for (let round = 0; round < 10; round++)
    await db('many').insert(Array.from({ length: 100 }, (_, index) => ({ name: `n${index}`, state: index % 2 === 0 ? 'on' : 'off' })))
})
afterAll(async () => {
  await db.destroy()
  handlers.remove()
})

const run = async (body: string, options = {}) => {
  const file = handlers.write(`  ${body}`)
  return { file, ...(await runHandler(db, handlers.load(file), options)) }
}

/** Runs it, makes the change of its only finding, and runs it again: the answer is the same. */
async function runChanged(body: string) {
  const { file, findings, answer, queries } = await run(body)
  expect(findings.map(({ rule }) => rule)).toHaveLength(1)
  const { change } = findings[0] as Finding
  expect(change?.file, JSON.stringify(change)).toBe(file)
  const text = applyChange(readFileSync(file, 'utf8'), change as NonNullable<Finding['change']>)
  const after = await runHandler(db, handlers.load(handlers.writeFile(text)))
  expect(after.answer, text).toEqual(answer)
  expect(after.rules, text).toEqual([])
  return { finding: findings[0] as Finding, text, queries, after: after.queries }
}

describe('duplicate-query', () => {
  it('moves a query of the same values out of its loop', async () => {
    const { finding, after } = await runChanged(`const out = []
  for (const title of ['a', 'b', 'c', 'd']) {
    const first = await db('authors').where('id', 1).first()
    out.push(title + first.name)
  }
  return out`)
    expect(finding).toMatchObject({
      rule: 'duplicate-query',
      title: 'Duplicate query: asked 4 times',
      effect: { queries: { before: 4, after: 1 } },
    })
    expect(after).toBe(1)
  })

  it('leaves rows that are changed where they are', async () => {
    const { rules, findings } = await run(`const out = []
  for (const title of ['a', 'b', 'c']) {
    const first = await db('authors').where('id', 1).first()
    first.title = title
    out.push(first)
  }
  return out`)
    expect(rules).toEqual(['duplicate-query'])
    expect(findings[0]?.change).toBeNull()
  })

  it.each([
    ['two of them', `for (const _ of [1, 2]) await db('authors').where('id', 1).first()`],
    ['other values', `for (const id of [1, 2, 3]) await db('authors').where('id', id).first()`],
    ['the time', `for (const _ of [1, 2, 3]) await db.raw("select *, datetime('now') from authors where id = 1")`],
    ['random rows', `for (const _ of [1, 2, 3]) await db('authors').orderByRaw('random()').first()`],
    [
      'reads after writes',
      `for (const _ of [1, 2, 3]) { await db('authors').where('id', 1).first(); await db('authors').where('id', 1).update({ slug: 'x' }) }`,
    ],
    ['writes', `for (const _ of [1, 2, 3]) await db('authors').where('id', 1).update({ slug: 'x' })`],
    ['transactions', `for (const _ of [1, 2, 3]) await db.transaction(async () => {})`],
  ])('is silent about %s', async (_name, body) => {
    expect((await run(body)).rules).toEqual([])
  })

  it('says nothing about what an N+1 says already', async () => {
    expect((await run(`for (const id of [1, 1, 1, 2, 2, 2]) await db('authors').where('id', id).first()`)).rules).toEqual(['n-plus-one'])
  })
})

describe('count-by-loading and exists-by-loading', () => {
  it('count in the database', async () => {
    for (const body of [
      `const found = await db('many').where('state', 'on').select('id', 'name').orderBy('name')\n  return { total: found.length, twice: found.length * 2 }`,
      `return (await db('many').where('state', 'on')).length`,
    ]) {
      const { finding, text } = await runChanged(body)
      expect(finding.rule).toBe('count-by-loading')
      expect(text).toContain('count({ total:')
    }
  })

  it('ask for one row', async () => {
    for (const test of ['found.length > 0', 'found.length === 0', '!found.length', 'found.length ? true : false', 'found.length !== 0']) {
      const { finding } = await runChanged(`const found = await db('many').where('state', 'on')\n  return { answer: ${test} }`)
      expect(finding.rule).toBe('exists-by-loading')
    }
  })

  it.each([
    ['rows that are used too', `const found = await db('many').where('state', 'on').limit(200)\n  return [found.length, found[0]]`],
    [
      'rows that are passed on',
      `const found = await db('many').where('state', 'on').limit(200)\n  const count = found.length\n  return { found, count }`,
    ],
    ['few rows', `const found = await db('authors')\n  return found.length`],
    ['a count', `const [{ total }] = await db('many').count({ total: '*' })\n  return total`],
  ])('are silent about %s', async (_name, body) => {
    expect((await run(body)).rules).toEqual([])
  })

  it('is not unbounded-select as well', async () => {
    expect((await run(`const all = await db('many')\n  return all.length`)).rules).toEqual(['count-by-loading'])
  })
})

describe('select-star', () => {
  it('names the columns that are used', async () => {
    const { finding, text } = await runChanged(`const rows = await db('wide').orderBy('id')
  const out = []
  for (const { c1 } of rows) out.push(c1)
  return [out, rows.map((row) => row.c2), rows[0].id]`)
    expect(finding).toMatchObject({ rule: 'select-star', title: 'SELECT *: 31 columns fetched, 3 used' })
    expect(text).toContain(`.select('c1', 'c2', 'id')`)
  })

  it.each([
    ['rows that are sent whole', `return await db('wide')`],
    [
      'many of the columns used',
      `const rows = await db('wide')\n  return rows.map(({ ${Array.from({ length: 20 }, (_, index) => `c${index + 1}`).join(', ')} }) => [${Array.from({ length: 20 }, (_, index) => `c${index + 1}`).join(', ')}])`,
    ],
    ['one row', `const row = await db('wide').first()\n  return row.c1`],
    ['narrow tables', `const rows = await db('many').limit(400)\n  return rows.map((row) => row.name)`],
  ])('is silent about %s', async (_name, body) => {
    expect((await run(body)).rules).toEqual([])
  })
})

describe('unbounded-select', () => {
  it('gives a limit to what has an order', async () => {
    const { findings, file } = await run(`const rows = await db('many').select('name').orderBy('id')\n  return rows`)
    expect(findings.map(({ rule, title }) => [rule, title])).toEqual([['unbounded-select', 'SELECT without a limit: 1,000 rows']])
    expect(findings[0]?.change?.file).toBe(file)
    expect(findings[0]?.change?.lines.find(({ kind }) => kind === 'added')?.text).toContain(`.orderBy('id').limit(50)`)
  })

  it.each([
    ['a limit', `return await db('many').select('name').limit(900)`],
    ['keys', `return await db('many').whereIn('id', Array.from({ length: 600 }, (_, index) => index + 1)).select('name')`],
    ['a stream', `let rows = 0\n  for await (const row of db('many').stream()) rows += row.id\n  return rows`],
    ['few rows', `return await db('authors')`],
  ])('is silent about %s', async (_name, body) => {
    expect((await run(body)).rules).toEqual([])
  })
})

describe('sequential-awaits', () => {
  it('starts them together', async () => {
    const { finding, text } = await runChanged(`const authors = await db('authors').count({ total: '*' }).first()
  const books = await db('books')
    .where('state', 'new')
    .count({ total: '*' })
    .first()
  const { total } = await db('reviews').where('stars', Number(req.query.stars ?? 5)).count({ total: '*' }).first()
  return [authors, books, total]`)
    expect(finding).toMatchObject({ rule: 'sequential-awaits', severity: 'info', effect: null })
    expect(finding.fix).toContain('SQLite')
    expect(text).toContain('const [authors, books, { total }] = await Promise.all([')
  })

  it.each([
    [
      'what needs the answer before',
      `const book = await db('books').first()
  const author = await db('authors').where('id', book.author_id).first()
  const others = await db('books').where('author_id', author.id)
  return [book, author, others]`,
    ],
    ['two', `const a = await db('books').first()\n  const b = await db('authors').first()\n  return [a, b]`],
    [
      'what stands between',
      `const a = await db('books').first()
  if (!a) throw new Error('empty')
  const b = await db('authors').first()
  req.app.set('b', b)
  const c = await db('reviews').first()
  return [a, b, c]`,
    ],
    [
      'a transaction',
      `return await db.transaction(async (trx) => {
    const a = await trx('books').first()
    const b = await trx('authors').first()
    const c = await trx('reviews').first()
    return [a, b, c]
  })`,
    ],
    [
      'writes',
      `const a = await db('books').where('id', 1).update({ slug: 's' })
  const b = await db('authors').where('id', 1).update({ slug: 's' })
  const c = await db('reviews').where('id', 1).update({ text: 't' })
  return [a, b, c]`,
    ],
  ])('is silent about %s', async (_name, body) => {
    expect((await run(body)).rules).toEqual([])
  })
})

describe('long-transaction', () => {
  it('names what is awaited in it', async () => {
    const { findings } = await run(`const charge = () => new Promise((resolve) => setTimeout(resolve, 150))
  await db.transaction(async (trx) => {
    await trx('books').where('id', 1).update({ slug: 's' })
    await charge()
    await trx('books').where('id', 2).update({ slug: 's' })
  })`)
    expect(findings.map(({ rule }) => rule)).toEqual(['long-transaction'])
    expect(findings[0]?.fix).toContain('`charge()`')
    expect(findings[0]?.evidence).toMatch(/open for 1\d\d(\.\d)? ms/)
  })

  it('is silent about short ones, and with another threshold', async () => {
    const body = `await db.transaction(async (trx) => {
    await trx('books').where('id', 1).update({ slug: 's' })
    await new Promise((resolve) => setTimeout(resolve, 60))
  })`
    expect((await run(body)).rules).toEqual([])
    expect((await run(body, { rules: { 'long-transaction': { openMs: 40 } } })).rules).toEqual(['long-transaction'])
  })
})

describe('pool-starved', () => {
  it('names who held the connection', async () => {
    const { findings } = await run(`const holding = db.transaction(async (trx) => {
    await trx('books').where('id', 1).update({ slug: 's' })
    await new Promise((resolve) => setTimeout(resolve, 90))
  })
  await new Promise((resolve) => setTimeout(resolve, 10))
  const other = await db('authors').first()
  await holding
  return other`)
    const [finding] = findings.filter(({ rule }) => rule === 'pool-starved')
    expect(finding?.evidence).toMatch(/1 query of main waited for the pool of 1 connection/)
    expect(finding?.evidence).toMatch(/Longest held by this request at handler-\d+\.cjs:\d+, for \d+(\.\d)? ms in a transaction/)
    expect(finding?.fix).toContain('transaction')
  })

  it('is silent about short waits', async () => {
    expect((await run(`return await Promise.all([db('books').first(), db('authors').first(), db('reviews').first()])`)).rules).toEqual([])
  })
})

describe('all rules', () => {
  it('say what they checked when they found nothing', async () => {
    expect((await run('return 1')).passed).toEqual(
      expect.arrayContaining([
        'n-plus-one',
        'duplicate-query',
        'slow-query',
        'select-star',
        'unbounded-select',
        'count-by-loading',
        'exists-by-loading',
        'sequential-awaits',
        'pool-starved',
        'long-transaction',
      ]),
    )
  })

  it('read no file that was changed since the request', async () => {
    const file = handlers.write(`const all = await db('many')\n  return all.length`)
    const handler = handlers.load(file)
    const { findings } = await runHandler(db, async (db, req) => {
      const answer = await handler(db, req)
      const { utimesSync } = await import('node:fs')
      utimesSync(file, new Date(), new Date(Date.now() + 60_000))
      return answer
    })
    expect(findings.map(({ rule, change }) => [rule, change?.file])).toEqual([['unbounded-select', null]])
  })
})
