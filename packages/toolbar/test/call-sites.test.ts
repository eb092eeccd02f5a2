import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { SqlData } from 'debug-toolbar'
import knex from 'knex'
import ts from 'typescript5'
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, serve } from './harness.ts'

let app: Running | undefined
afterEach(async () => {
  await app?.close()
  app = undefined
})

const fixture = fileURLToPath(new URL('fixtures/sites.ts', import.meta.url))
const packageFolder = fileURLToPath(new URL('..', import.meta.url))

/** Runs the fixture in a process of its own. @returns what it printed */
function placesOf(args: string[], env: Record<string, string> = {}): { sql: unknown } {
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, ...env }, cwd: packageFolder })
  expect(child.stderr).toBe('')
  return JSON.parse(child.stdout) as { sql: unknown }
}

describe('places', () => {
  const expected = { file: fixture, line: 21, function: 'findBooks' }

  it('are those of the TypeScript source under tsx', () => {
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
    expect(placesOf(['--import', loader, fixture]).sql).toMatchObject(expected)
  })

  it('are those of the TypeScript source under ts-node', () => {
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('ts-node/esm/transpile-only')).href
    const register = `data:text/javascript,import{register}from'node:module';register('${loader}','${pathToFileURL(fixture).href}')`
    const env = {
      TS_NODE_COMPILER: 'typescript5',
      TS_NODE_SKIP_PROJECT: 'true',
      TS_NODE_COMPILER_OPTIONS: JSON.stringify({ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022' }),
    }
    expect(placesOf(['--import', register, fixture], env).sql).toMatchObject(expected)
  })

  it('are those of the TypeScript source where it was compiled with a map', () => {
    const folder = mkdtempSync(path.join(packageFolder, 'test', 'fixtures', '.sites-'))
    try {
      const compiled = ts.transpileModule(readFileSync(fixture, 'utf8'), {
        fileName: fixture,
        compilerOptions: {
          module: ts.ModuleKind.ESNext,
          target: ts.ScriptTarget.ES2022,
          sourceMap: true,
          sourceRoot: path.dirname(fixture),
        },
      })
      writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
      writeFileSync(path.join(folder, 'sites.js'), compiled.outputText)
      const map = JSON.parse(compiled.sourceMapText ?? '') as { sources: string[] }
      writeFileSync(path.join(folder, 'sites.js.map'), JSON.stringify({ ...map, sources: ['../sites.ts'] }))
      expect(compiled.outputText).not.toContain('type Wanted')
      expect(placesOf([path.join(folder, 'sites.js')]).sql).toMatchObject(expected)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('are the lines that started a query, however it is started and awaited', async () => {
    const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
    const lineOf = (): number => Number(/call-sites\.test\.ts:(\d+)/.exec(String(new Error('here').stack).split('\n')[3] as string)?.[1])
    const expectedLines: [name: string, line: number][] = []
    const at = (name: string): string => {
      expectedLines.push([name, lineOf()])
      return `select '${name}' as name`
    }
    const rows = (query: PromiseLike<unknown>): Promise<unknown> => Promise.resolve(query)
    const make = (sql: string) => db.raw(sql)
    const awaitIt = async (query: PromiseLike<unknown>): Promise<unknown> => await query
    app = await serve(
      { watch: [db], stack: { every: true } },
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          await db.raw(at('awaited'))
          await Promise.all([db.raw(at('all')), db.raw(at('all too'))])
          await db.raw(at('then')).then(() => 1)
          await db.raw(at('catch')).catch(() => 1)
          await new Promise((resolve) => db.raw(at('callback')).asCallback(resolve))
          await make(at('made elsewhere'))
          await db.transaction((trx) => trx.raw(at('transaction')).then(() => 1))
          for await (const _row of db.raw(at('stream')).stream());
          await Promise.all([1].map(async () => await db.raw(at('mapped'))))
          await rows(db.raw(at('handed on')))
          await awaitIt(db.raw(at('awaited elsewhere')))
          res.end()
        }),
    )
    await app.get('/')
    const entries = await app.entries<SqlData>((await app.latest('/')).id, 'sql')
    const found = entries
      .filter(({ data }) => data.kind === 'query')
      .map(
        ({ data, site }) => [/'(.*)'/.exec(data.sql)?.[1], site?.file.endsWith('call-sites.test.ts') === true ? site.line : site] as const,
      )
    const elsewhere = new Map(found).get('awaited elsewhere')
    expect(found.filter(([name]) => name !== 'awaited elsewhere')).toEqual(expectedLines.filter(([name]) => name !== 'awaited elsewhere'))
    // awaited in another function: that await is the place
    expect(elsewhere).toBe((expectedLines.find(([name]) => name === 'awaited')?.[1] as number) - 5)
    await db.destroy()
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
