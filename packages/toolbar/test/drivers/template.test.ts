import { fileURLToPath } from 'node:url'
import type { EntryDetail, SqlData } from 'debug-toolbar'
import ejs from 'ejs'
import express from 'express'
import knex from 'knex'
import { expect, it } from 'vitest'
import { serve } from '../harness.ts'

const views = fileURLToPath(new URL('../views', import.meta.url))

it('a query that a template ran shows the line of the template, by itself or under the helper it called', async () => {
  const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
  const find = async (id: number) => (await db.raw<{ id: number }[]>('select ? as id', [id]))[0]
  const app = await serve({ watch: [db, ejs], stack: { every: true } }, (toolbar) => {
    const server = express()
    server.use(toolbar)
    server.set('views', views)
    server.engine(
      'ejs',
      (file, options, done) => void ejs.renderFile(file, options, { async: true }).then((html) => done(null, html), done),
    )
    server.get('/', (_req, res) => res.render('asks.ejs', { db, find }))
    return server
  })
  try {
    expect(await (await app.get('/')).text()).toContain('<p>3</p>')
    const { id } = await app.latest('/')
    const queries = await app.entries<SqlData>(id, 'sql')
    const details = await Promise.all(queries.map((query) => app.api<EntryDetail>(`requests/${id}/entries/${query.id}`)))
    expect(details.map(({ template }) => [template?.file.split('/').at(-1), template?.line, template?.excerpt?.line])).toEqual([
      ['asks.ejs', 4, 4],
      ['asks.ejs', 4, 4],
      ['asks-more.ejs', 3, 3],
    ])
    expect(queries.map(({ site }) => [site?.file.split('/').at(-1), site?.function])).toEqual([
      ['template.test.ts', 'find'],
      ['template.test.ts', 'find'],
      ['asks-more.ejs', null],
    ])
    expect(queries[2]?.site?.line).toBe(3)
  } finally {
    await app.close()
    await db.destroy()
  }
})
