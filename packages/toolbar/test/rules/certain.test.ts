import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { Finding } from 'debug-toolbar'
import type { Knex } from 'knex'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../../scripts/services.mjs'
import { applyChange, Handlers, openLibrary, runHandler } from './run.ts'

/** What must not be said, and in whose words what is said is said. */

const hasPg = await reachable('pg')
const hasMysql = await reachable('mysql')

const handlers = new Handlers()
let db: Knex
beforeAll(async () => {
  db = await openLibrary()
  await db.schema.createTable('many', (table) => {
    table.increments('id')
    table.string('state')
    for (let column = 1; column <= 40; column++) table.string(`c${column}`)
  })
  const row = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`c${index + 1}`, 'x'.repeat(60)]))
  for (let round = 0; round < 10; round++)
    await db('many').insert(Array.from({ length: 10 }, (_, index) => ({ ...row, state: index % 2 === 0 ? 'on' : 'off' })))
})
afterAll(async () => {
  await db.destroy()
  handlers.remove()
})

const run = async (body: string, options = {}) => {
  const file = handlers.write(`  ${body}`)
  return { file, ...(await runHandler(db, handlers.load(file), options)) }
}
const books = "const books = await db('books').orderBy('id')\n  const out = []"
const linesOf = (finding: Finding | undefined) => finding?.change?.lines.map(({ text }) => text) ?? null

async function changedTo(body: string): Promise<{ text: string; finding: Finding }> {
  const { file, findings, answer } = await run(body)
  const [finding] = findings as [Finding]
  expect(finding.change?.file).toBe(file)
  const text = applyChange(readFileSync(file, 'utf8'), finding.change as NonNullable<Finding['change']>)
  expect((await runHandler(db, handlers.load(handlers.writeFile(text)))).answer, text).toEqual(answer)
  return { text, finding }
}

describe('n-plus-one', () => {
  it('changes no lines when another connection wrote to the table in between', async () => {
    const other = new Database(':memory:')
    other.exec('create table authors (id integer, name text)')
    const file = handlers.write(`  const { db: knex, other } = db
  const books = await knex('books').orderBy('id')
  const out = []
  for (const book of books) {
    const author = await knex('authors').where('id', book.author_id).first()
    db.mark(author?.id ?? 0)
    out.push(author?.name)
  }
  return out`)
    const handle = handlers.load(file)
    const mark = (id: number) => other.prepare('update authors set name = ? where id = ?').run('read', id)
    const { findings } = await runHandler(db, (knex, req) => handle({ db: knex, other, mark } as unknown as Knex, req), {
      watch: { main: db, other },
    })
    const [finding] = findings.filter(({ rule }) => rule === 'n-plus-one')
    expect(finding).toBeDefined()
    expect(finding?.change?.file ?? null).toBeNull()
    other.close()
  })

  it.each([
    ['continue', 'if (book.id === 3) continue\n    const author = await find'],
    ['break', 'if (book.id === 20) break\n    const author = await find'],
    ['return', 'if (book.id === 20) return out\n    const author = await find'],
    ['throw', "if (book.id === 99) throw new Error('no')\n    const author = await find"],
    ['a break behind it', 'const author = await find\n    if (book.id === 20) break'],
    ['a method of the item', 'book.toString()\n    const author = await find'],
    ['a function that gets the item', 'req.app.set(book)\n    const author = await find'],
  ])('changes no lines with %s in the loop', async (_name, lines) => {
    const text = `${books}
  for (const book of books) {
    ${lines.replace('find', "db('authors').where('id', book.author_id).first()")}
    out.push(author?.name)
  }
  return out`
    const { findings } = await run(text.replace('req.app.set(book)', 'db.client.emit("seen", book)'))
    expect(findings.map(({ rule }) => rule)).toEqual(['n-plus-one'])
    expect(findings[0]?.change?.file ?? null).toBeNull()
  })

  it.each([
    ['a column that may not be unique', `db('authors').where('slug', book.slug).first()`],
    ['an order', `db('reviews').where('book_id', book.id).orderBy('stars', 'desc').first()`],
    ['an order of ids', `db('authors').where('id', book.author_id).orderBy('name').first()`],
  ])('proposes nothing for the first row by %s', async (_name, query) => {
    const { findings } = await run(
      `${books}\n  for (const book of books) {\n    const row = await ${query}\n    out.push(row?.id)\n  }\n  return out`,
    )
    expect(findings.map(({ rule }) => rule)).toEqual(['n-plus-one'])
    expect(findings[0]?.change).toBeNull()
    expect(findings[0]?.fix).toContain('one row')
  })

  it.each([
    ['a chain', `let id = 1\n  while (id && id < 9) {\n    const row = await db('books').where({ id }).first()\n    id = row.id + 1\n  }`],
    [
      'a chain through a property',
      `const at = { id: 1 }\n  while (at.id < 9) {\n    const { id } = await db('books').where('id', at.id).first()\n    at.id = id + 1\n  }`,
    ],
    [
      'a chain in a for loop',
      `for (let row = { id: 1 }; row.id < 9; ) {\n    row = await db('books').where('id', row.id + 1).first()\n  }`,
    ],
    [
      'a chain through a function',
      `const find = async (id) => {\n    const row = await db('books').where({ id }).first()\n    return row\n  }\n  let id = 1\n  while (id < 9) {\n    const row = await find(id)\n    id = row.id + 1\n  }`,
    ],
    [
      'a queue',
      `const open = [1]\n  while (open.length > 0) {\n    const id = open.shift()\n    const row = await db('books').where({ id }).first()\n    if (row.id < 9) open.push(row.id + 1)\n  }`,
    ],
    [
      'a recursion',
      `const up = async (id) => {\n    const row = await db('books').where({ id }).first()\n    return row.id < 9 ? up(row.id + 1) : row\n  }\n  await up(1)`,
    ],
  ])('is silent about %s', async (_name, body) => {
    expect((await run(body)).rules).toEqual([])
  })

  it('gives examples that run on Node 20 and keep the order', async () => {
    const { findings } = await run(`${books}
  for (const book of books) {
    if (book.id === 3) continue
    out.push(await db('reviews').where('book_id', book.id).orderBy('stars', 'desc'))
  }
  return out`)
    const lines = linesOf(findings[0]) as string[]
    expect(lines.join('\n')).not.toContain('groupBy')
    expect(lines.join('\n')).toContain(`.orderBy('stars', 'desc')`)
    const bookRows = await db('books').orderBy('id')
    const code = lines.slice(0, lines.indexOf('// and in each round')).join('\n')
    const make = new Function('db', 'books', `return (async () => {\n${code}\nreturn reviewsByBookId\n})()`)
    const map = (await make(db, bookRows)) as Map<number, unknown[]>
    for (const book of bookRows)
      expect(map.get(book.id) ?? []).toEqual(await db('reviews').where('book_id', book.id).orderBy('stars', 'desc'))
  })

  it('invents no variables where the loop is not known', async () => {
    const { findings } = await run(`const find = async (id) => {
    const author = await db('authors').where('id', id).first()
    return author
  }
  for (const id of [1, 2, 3, 4, 5, 6]) await find(id)`)
    expect(findings.map(({ rule, change }) => [rule, change])).toEqual([['n-plus-one', null]])
  })

  it('maps nothing to itself, and leaves no statement without effect', async () => {
    const { text } = await changedTo(`const out = []
  for (const id of [3, 9, 4, 1, 5]) {
    const book = await db('books').where('id', id).first()
    out.push(book.title)
  }
  return out`)
    expect(text).toContain('new Set([3, 9, 4, 1, 5])')
    expect(text).not.toContain('(id) => id)')
    const { findings } = await run(
      `${books}\n  for (const book of books) {\n    await db('authors').where('id', book.author_id).first()\n  }`,
    )
    expect(findings.map(({ rule, change }) => [rule, change])).toEqual([['n-plus-one', null]])
  })

  it('has names that say something', async () => {
    const { text } = await changedTo(`const out = []
  for (const a of [3, 9, 4, 1, 5]) {
    const news = await db('books').where('author_id', a)
    out.push(news.length)
  }
  return out`)
    expect(text).toContain('const authorIds = ')
    expect(text).not.toMatch(/const (?:as|has|ha|new)\b/)
  })
})

describe('examples are in the words of the driver:', () => {
  const loop = (find: string) => `const ids = ['1', '2', '3', '4', '5', '6']
  const out = []
  for (const id of ids) out.push(${find})
  return out`
  const said = (finding: Finding | undefined) => `${finding?.fix} ${linesOf(finding)?.join('\n')}`
  const runWith = async (watched: object, body: string) => {
    const handle = handlers.load(handlers.write(`  ${body}`))
    const { findings } = await runHandler(db, (_db, req) => handle(watched as Knex, req), { watch: { other: watched } as never })
    return findings.filter(({ rule }) => rule === 'n-plus-one')[0]
  }
  /** runs the example up to the rounds, and gives the Map */
  const made = (finding: Finding | undefined, client: object, ids: unknown[]) => {
    const lines = linesOf(finding) as string[]
    const name = /^const (\w+By\w+) = /m.exec(lines.join('\n'))?.[1]
    const code = lines.slice(0, lines.indexOf('// and in each round')).join('\n')
    return new Function('db', 'ids', `return (async () => {\n${code}\nreturn ${name}\n})()`)(client, ids) as Promise<Map<unknown, object>>
  }

  it('better-sqlite3', async () => {
    const other = new Database(':memory:')
    other.exec(`create table authors (id integer primary key, name text); insert into authors values (1, 'a'), (2, 'b'), (3, 'c')`)
    const finding = await runWith(other, loop(`db.prepare('select id, name from authors where id = ?').get(id)`))
    expect(said(finding)).not.toMatch(/whereIn|db\('/)
    expect(finding?.fix).toContain('text')
    expect((await made(finding, other, ['1', '2'])).get('2')).toEqual({ id: 2, name: 'b' })
    expect((await made(finding, other, [])).size).toBe(0)
    other.close()
  })

  it('none known: words only', async () => {
    const other = new Database(':memory:')
    other.exec('create table authors (id integer primary key, name text)')
    const finding = await runWith(other, `const find = db.prepare('select id, name from authors where id = ?')\n  ${loop('find.get(id)')}`)
    expect(finding).toBeDefined()
    expect(finding?.change).toBeNull()
    expect(said(finding)).not.toMatch(/whereIn/)
    other.close()
  })

  it('better-sqlite3, of what can be said with certainty only', async () => {
    const other = new Database(':memory:')
    other.exec(`attach ':memory:' as shop; create table shop.authors (id integer, name text)`)
    const over = (sql: string) => runWith(other, loop(`db.prepare('${sql}').all(id)`))
    expect(said(await over('select id, name from shop.authors where id = ? order by name'))).toMatch(/from shop\.authors .* order by name/)
    expect((await over('select a.name from shop.authors a where a.id = ? order by a.name'))?.change).toBeNull()
    expect((await over('select distinct name from shop.authors where id = ?'))?.change).toBeNull()
    expect((await over('select name as n from shop.authors where id = ?'))?.change).toBeNull()
    expect((await over('select name from shop.authors where id = ? limit -1 offset 1'))?.change).toBeNull()
    expect(said(await over('select name from shop.authors where id = ? order by 1'))).not.toContain('order by 1')
    other.close()
  })

  it.skipIf(!hasPg)('pg', async () => {
    const pool = new pg.Pool({ connectionString: serviceUrl('pg'), max: 1 })
    await pool.query('create temp table certain_authors as select 1 as id, $1::text as name', ['a'])
    const finding = await runWith(pool, loop(`(await db.query('select id, name from certain_authors where id = $1', [id])).rows[0]`))
    expect(said(finding)).not.toMatch(/whereIn|db\('/)
    expect((await made(finding, pool, ['1'])).get('1')).toEqual({ id: 1, name: 'a' })
    await pool.end()
  })

  it.skipIf(!hasMysql)('mysql2', async () => {
    const pool = mysql.createPool({ uri: serviceUrl('mysql'), connectionLimit: 1 })
    await pool.query(`create temporary table certain_authors as select 1 as id, 'a' as name`)
    const finding = await runWith(pool, loop(`(await db.query('select id, name from certain_authors where id = ?', [id]))[0][0]`))
    expect(said(finding)).not.toMatch(/whereIn|db\('/)
    expect((await made(finding, pool, ['1'])).get('1')).toEqual({ id: 1, name: 'a' })
    expect((await made(finding, pool, [])).size).toBe(0)
    const taken = await runWith(
      pool,
      `const users = [1, 2, 3, 4, 5].map((id) => ({ id }))
  for (const user of users) [user.rows] = await db.execute('select id from certain_authors where id = ?', [user.id])`,
    )
    expect(said(taken)).toContain('Array.from(users, (user) => user.id)')
    await pool.end()
  })
})

describe('count-by-loading and exists-by-loading', () => {
  it.each([
    ['distinct', `db('many').distinct('state', 'id')`],
    ['group by', `db('many').select('id').groupBy('id')`],
    ['having', `db('many').select('id').groupBy('id').having('id', '>', 0)`],
    ['union', `db('many').select('id').union([db('books').select('id')])`],
    ['limit', `db('many').select('id').limit(80)`],
    ['offset', `db('many').select('id').limit(80).offset(3)`],
  ])('are silent about %s', async (_name, query) => {
    expect((await run(`const found = await ${query}\n  return found.length`)).rules).toEqual([])
    expect((await run(`const found = await ${query}\n  return found.length > 0`)).rules).toEqual([])
  })

  it('is not select-star as well', async () => {
    const options = { rules: { 'select-star': { bytes: 1_000, columns: 5 } } }
    expect((await run(`const all = await db('many')\n  return all.length`, options)).rules).toEqual(['count-by-loading'])
    expect((await run(`const all = await db('many')\n  return all.length > 0`, options)).rules).toEqual(['exists-by-loading'])
  })

  it('have names that are words', async () => {
    for (const name of ['has', 'as', 'news', 'series'])
      for (const use of ['length > 0', 'length']) {
        const { text } = await changedTo(`const ${name} = await db('many').where('state', 'on')\n  return { answer: ${name}.${use} }`)
        expect(text).not.toMatch(/\b(?:ha|new|a|sery)(?:Count)?\b [=}]/)
      }
  })
})

describe('duplicate-query', () => {
  const same = `await db('authors').where('id', 1).first()`
  it.each([
    [
      'a poll that waits',
      `for (let at = 0; at < 4; at++) {\n    const row = ${same}\n    out.push(row.name)\n    await new Promise((resolve) => setTimeout(resolve, 2))\n  }`,
    ],
    ['a poll with a name', `for (const at of [1, 2, 3, 4]) {\n    const row = ${same}\n    out.push(row.name)\n    await sleep(2)\n  }`],
    ['a retry that returns', `for (let at = 0; at < 4; at++) {\n    const row = ${same}\n    if (row.id === at) return row\n  }`],
    ['a poll that breaks', `while (true) {\n    const row = ${same}\n    if (out.push(row.id) > 3) break\n  }`],
    ['a condition on the answer', `let row\n  do {\n    row = ${same}\n    out.push(row.id)\n  } while (row.id !== 1 || out.length < 4)`],
    [
      'a poll of a function',
      `const read = async () => {\n    const row = ${same}\n    return row\n  }\n  for (let at = 0; at < 4; at++) {\n    const row = await read()\n    if (row.id === at) break\n  }`,
    ],
  ])('is silent about %s', async (_name, body) => {
    expect(
      (await run(`const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))\n  const out = []\n  ${body}`)).rules,
    ).toEqual([])
  })

  it('leaves no statement without effect', async () => {
    const { findings } = await run(`for (const _ of [1, 2, 3, 4]) ${same}`)
    expect(findings.map(({ rule, change }) => [rule, change])).toEqual([['duplicate-query', null]])
  })
})

describe('slow-query', () => {
  it('speaks of no table and no index where there is none', async () => {
    const { findings } = await run(
      `await db.raw('with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000) select max(i) from n')\n  await db.raw('select 1')`,
      { slowQueryMs: 1 },
    )
    for (const { evidence, fix } of findings.filter(({ rule }) => rule === 'slow-query'))
      expect(`${evidence} ${fix}`).not.toMatch(/table|index/)
    expect(findings.map(({ rule }) => rule)).toContain('slow-query')
  })
})
