import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../src/database/connect.js'
import { prepareDatabase } from '../src/database/prepare.js'

let db
beforeAll(async () => {
  db = connect('sqlite::memory:')
  await prepareDatabase(db)
})
afterAll(() => db.destroy())

const count = async (table) => Number((await db(table).count({ rows: '*' }).first()).rows)

/** Everything that is seeded, as one number: rows, order and texts. */
async function fingerprint(of) {
  const hash = createHash('sha256')
  for (const table of ['authors', 'books', 'reviews', 'orders', 'catalogue_records'])
    hash.update(JSON.stringify(await of(table).orderBy('id')))
  return hash.digest('hex')
}

describe('the seed', () => {
  test('fills the shelves', async () => {
    expect(await count('authors')).toBeGreaterThanOrEqual(200)
    expect(await count('books')).toBe(2000)
    expect(await count('reviews')).toBe(10_000)
    expect(await count('orders')).toBe(1500)
  })

  test('writes reviews of real length', async () => {
    const { shortest, longest } = await db('reviews')
      .select(db.raw('min(length(body)) as shortest'), db.raw('max(length(body)) as longest'))
      .first()
    expect(shortest).toBeGreaterThanOrEqual(200)
    expect(longest).toBeLessThanOrEqual(1500)
  })

  test.each([
    ['Arabic', /\p{Script=Arabic}/u],
    ['Hebrew', /\p{Script=Hebrew}/u],
    ['Chinese', /\p{Script=Han}/u],
    ['Japanese', /\p{Script=Hiragana}/u],
    ['Greek', /\p{Script=Greek}/u],
    ['Cyrillic', /\p{Script=Cyrillic}/u],
    ['Devanagari', /\p{Script=Devanagari}/u],
    ['emoji', /\p{Extended_Pictographic}/u],
    ['backslashes', /\\/],
    ['percent signs', /%/],
    ['markup', /<script>/],
  ])('has titles with %s', async (_name, pattern) => {
    expect((await db('books').pluck('title')).some((title) => pattern.test(title))).toBe(true)
  })

  test('is the same every time, and is not done twice', async () => {
    const other = connect('sqlite::memory:')
    expect(await prepareDatabase(other)).toEqual({ seeded: true })
    expect(await fingerprint(other)).toBe(await fingerprint(db))
    expect(await prepareDatabase(other)).toEqual({ seeded: false })
    await other.destroy()
  })

  test('never drops what another program made', async () => {
    const other = connect('sqlite::memory:')
    await other.schema.createTable('books', (table) => table.increments('id'))
    await expect(prepareDatabase(other)).rejects.toThrow(/already has a table "books"/)
    expect(await other.schema.hasTable('books')).toBe(true)
    await other.destroy()
  })
})
