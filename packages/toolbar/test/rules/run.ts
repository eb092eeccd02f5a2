import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Finding, PassedCheck, RequestDetail, ToolbarOptions } from 'debug-toolbar'
import express from 'express'
import knex, { type Knex } from 'knex'
import { type Running, serve } from '../harness.ts'

/** A library of twelve authors, thirty books and their reviews. */
export async function openLibrary(): Promise<Knex> {
  const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true, pool: { min: 1, max: 1 } })
  await db.schema.createTable('authors', (table) => {
    table.increments('id')
    table.string('name')
    table.string('slug')
  })
  await db.schema.createTable('books', (table) => {
    table.increments('id')
    table.string('title')
    table.integer('author_id')
    table.string('slug')
    table.string('state')
  })
  await db.schema.createTable('reviews', (table) => {
    table.increments('id')
    table.integer('book_id')
    table.integer('stars')
    table.string('text')
  })
  await db('authors').insert(Array.from({ length: 12 }, (_, index) => ({ name: `Author ${index}`, slug: `author-${index}` })))
  await db('books').insert(
    Array.from({ length: 30 }, (_, index) => ({
      title: `Book ${index}`,
      // one of them is not there
      author_id: index === 7 ? 99 : 1 + ((index * 5) % 12),
      slug: `author-${index % 12}`,
      state: index % 3 === 0 ? 'new' : 'old',
    })),
  )
  const reviews = Array.from({ length: 70 }, (_, index) => ({
    book_id: 1 + ((index * 7) % 25),
    stars: 1 + ((index * 3) % 5),
    text: `t${index}`,
  }))
  await db('reviews').insert(reviews)
  return db
}

const require = createRequire(import.meta.url)
let count = 0

/** Handlers as files of their own, loaded by Node itself: the test runner's transforms would move the lines that the rules read. */
export class Handlers {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'toolbar-rules-'))

  /** @param body of `async (db, req) => { ... }` */
  write(body: string): string {
    return this.writeFile(`module.exports = async function handle(db, req) {\n${body}\n}\n`)
  }

  writeFile(text: string): string {
    const file = path.join(this.folder, `handler-${++count}.cjs`)
    writeFileSync(file, text)
    return file
  }

  load(file: string): (db: Knex, req: unknown) => Promise<unknown> {
    return require(file)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export interface Ran {
  answer: unknown
  queries: number
  findings: Finding[]
  /** ids of the rules of the findings, and of those that found nothing */
  rules: string[]
  passed: string[]
}

/** Runs a handler as a request, and what the rules say about it. */
export async function runHandler(
  db: Knex,
  handler: (db: Knex, req: unknown) => Promise<unknown>,
  options: ToolbarOptions = {},
): Promise<Ran> {
  let app: Running | undefined
  try {
    app = await serve({ watch: { main: db }, ...options }, (toolbar) => {
      const server = express()
      server.use(toolbar)
      server.get('/run', async (req, res) => res.json((await handler(db, req)) ?? null))
      return server
    })
    const response = await app.get('/run')
    const answer: unknown = await response.json()
    const { id, counts } = await app.latest('/run')
    const { findings } = (await app.detail(id)) as RequestDetail
    const { passed } = await app.panel<{ passed: PassedCheck[] }>(id, 'findings')
    return {
      answer,
      queries: counts.sql ?? 0,
      findings,
      rules: findings.map(({ rule }) => rule),
      passed: passed.map(({ rule }) => rule),
    }
  } finally {
    await app?.close()
  }
}

/** A file with the lines of a finding's change instead of its own. */
export function applyChange(text: string, change: NonNullable<Finding['change']>): string {
  const own = text.split('\n')
  const before = change.lines.filter(({ kind }) => kind !== 'added').map((line) => line.text)
  const after = change.lines.filter(({ kind }) => kind !== 'removed').map((line) => line.text)
  const at = change.firstLine - 1
  if (own.slice(at, at + before.length).join('\n') !== before.join('\n')) throw new Error('the change is not of these lines')
  own.splice(at, before.length, ...after)
  return own.join('\n')
}
