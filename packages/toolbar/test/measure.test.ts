import knex from 'knex'
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, serve, sleep } from './harness.ts'

let app: Running
afterEach(() => app.close())

describe('toolbar.measure', () => {
  it('nests, returns what was returned, and throws what was thrown', async () => {
    app = await serve(
      {},
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          const value = await toolbar.measure('outer', async () => {
            await sleep(5)
            return toolbar.measure('inner', () => 42)
          })
          await toolbar
            .measure('fails', async () => {
              throw new Error('as before')
            })
            .catch((error: Error) => res.setHeader('x-error', error.message))
          res.end(String(value))
        }),
    )
    const answer = await app.get('/')
    expect(await answer.text()).toBe('42')
    expect(answer.headers.get('x-error')).toBe('as before')
    const spans = await app.entries((await app.latest('/')).id, 'span')
    expect(spans.map(({ name, status, parentId }) => ({ name, status, parentId }))).toEqual([
      { name: 'outer', status: 'ok', parentId: null },
      { name: 'inner', status: 'ok', parentId: spans[0]?.id },
      { name: 'fails', status: 'error', parentId: null },
    ])
    expect(spans[0]?.durationMs).toBeGreaterThan(4)
  })

  it('runs its function outside of a request, and does not run a builder', async () => {
    const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
    app = await serve(
      { watch: [db] },
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          const builder = toolbar.measure('query', () => db.raw('select 1 as one'))
          await sleep(5)
          res.end(JSON.stringify(await builder))
        }),
    )
    expect(app.toolbar.measure('none', () => 'ran')).toBe('ran')
    expect(await (await app.get('/')).json()).toEqual([{ one: 1 }])
    const request = await app.latest('/')
    expect(request.counts).toMatchObject({ sql: 1, span: 1 })
    const [span] = await app.entries(request.id, 'span')
    expect(span?.durationMs).toBeGreaterThan(4)
    expect((await app.entries(request.id, 'sql'))[0]?.parentId).toBe(span?.id)
    await db.destroy()
  })
})
