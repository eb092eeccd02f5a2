import type { EntryDetail, SqlData } from 'debug-toolbar'
import express from 'express'
import knex, { type Knex } from 'knex'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Running, serve } from '../harness.ts'

/** A query may show where it comes from when it is started, or when it is sent, and the next one of the same route in the other way. */

let db: Knex
let app: Running
beforeEach(async () => {
  db = knex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true })
  await db.schema.createTable('books', (table) => table.integer('id'))
})
afterEach(async () => {
  await app.close()
  await db.destroy()
})

const findAwaited = async () => await db('books').where({ id: 1 })
const findThen = () => db('books').where({ id: 1 }).then(rowsOf)
const rowsOf = (rows: unknown[]): unknown[] => rows

const open = async (find: (how: unknown) => Promise<unknown>) => {
  app = await serve({ watch: [db] }, (toolbar) => {
    const server = express()
    server.use(toolbar)
    server.get('/', async function handler(req, res) {
      res.json(await find(req.query.how))
    })
    return server
  })
}

/** Asks once more, and reads where the query was made: the functions of this file on its stack. */
const ask = async (how = '') => {
  const response = await app.get(`/?how=${how}`)
  await response.text()
  const id = response.headers.get('x-debug-toolbar-id') as string
  const [query] = await app.entries<SqlData>(id, 'sql')
  const { stack } = await app.api<EntryDetail>(`requests/${id}/entries/${query?.id}`)
  return {
    place: query?.site?.function,
    inferred: query?.site?.inferred,
    mine: stack.filter(({ kind }) => kind === 'app').map((frame) => frame.function),
  }
}

describe('where a query comes from', () => {
  it.each([
    ['awaited', findAwaited, ['findAwaited', 'handler']],
    ['told by then', findThen, ['findThen', 'handler']],
  ])('is known of the first and of every other request: %s', async (_how, find, mine) => {
    await open(find)
    for (let request = 0; request < 5; request++) {
      const seen = await ask()
      expect(seen.place, `request ${request}`).toBe(mine[0])
      expect(seen.inferred).toBeUndefined()
      if (request > 0) expect(seen.mine.slice(0, 2)).toEqual(mine)
    }
  })

  it('is that of each request, however the one before was asked', async () => {
    await open(async (how) => (how === 'then' ? await findThen() : await findAwaited()))
    for (let request = 0; request < 3; request++) expect((await ask('await')).place).toBe('findAwaited')
    await ask('then')
    for (let request = 0; request < 3; request++) {
      expect((await ask('then')).place).toBe('findThen')
      expect((await ask('await')).place).toBe('findAwaited')
    }
  })
})
