import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import knex from 'knex'
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, serve } from './harness.ts'

let app: Running | undefined
afterEach(async () => {
  await app?.close()
  app = undefined
})

const fixture = fileURLToPath(new URL('fixtures/sites.ts', import.meta.url))

describe('places', () => {
  it('are those of the TypeScript source under tsx', () => {
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
    const child = spawnSync(process.execPath, ['--import', loader, fixture], { encoding: 'utf8' })
    expect(child.stderr).toBe('')
    const sites = JSON.parse(child.stdout) as { sql: { file: string; line: number; function: string | null }; handler: { line: number } }
    expect(sites.sql).toMatchObject({ file: fixture, line: 21, function: 'findBooks' })
  })

  it('never show an unmarked wrong line for one SQL text asked from two places', async () => {
    const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
    const here = () => db.raw('select 1 as one')
    app = await serve(
      { watch: [db] },
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          for (let turn = 0; turn < 5; turn++) {
            await first()
            await second()
          }
          res.end()
        }),
    )
    async function first() {
      return await here()
    }
    async function second() {
      return await here()
    }
    await app.get('/')
    const entries = await app.entries((await app.latest('/')).id, 'sql')
    for (const [index, entry] of entries.entries()) {
      if (entry.site?.inferred !== true) expect(entry.site?.function, `query ${index}`).toMatch(/^(?:here|first|second)$/)
    }
    const sure = entries.filter((entry) => entry.site?.inferred !== true)
    expect(sure.length).toBeGreaterThanOrEqual(4)
    expect(entries.some((entry) => entry.site?.inferred === true)).toBe(true)
    await db.destroy()
  })

  it('are all captured with every: true, and none with stack: false', async () => {
    for (const [stack, inferred] of [
      [{ every: true }, 0],
      [false, null],
    ] as const) {
      const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
      app = await serve(
        { watch: [db], stack },
        (toolbar) => (req, res) =>
          toolbar(req, res, async () => {
            for (let turn = 0; turn < 9; turn++) await db.raw('select 1')
            res.end()
          }),
      )
      await app.get('/')
      const entries = await app.entries((await app.latest('/')).id, 'sql')
      expect(entries).toHaveLength(9)
      if (inferred === null) expect(entries.every((entry) => entry.site === null)).toBe(true)
      else expect(entries.filter((entry) => entry.site?.inferred === true)).toHaveLength(inferred)
      await app.close()
      app = undefined
      await db.destroy()
    }
  })
})
