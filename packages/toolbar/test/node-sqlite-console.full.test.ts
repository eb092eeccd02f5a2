import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { otherNode } from '../../../scripts/lib/node-versions.mjs'

/** EXPLAIN and running again for `node:sqlite`, on a Node that has it. */

const folder = mkdtempSync(path.join(tmpdir(), 'toolbar-node-sqlite-'))
const answers: { name: string; answer: object; ms: number }[] = []

beforeAll(async () => {
  const node = await otherNode(24)
  const program = fileURLToPath(new URL('fixtures/node-sqlite-console.mjs', import.meta.url))
  const { stdout } = await promisify(execFile)(node?.binary as string, ['--no-warnings', program, folder], { timeout: 60_000 })
  for (const line of stdout.trim().split('\n')) answers.push(JSON.parse(line))
}, 360_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const of = (name: string) => answers.filter((one) => one.name === name)

it('runs a query again and explains a write', () => {
  expect(of('rows')[0]?.answer).toMatchObject({
    columns: [
      { name: 'id', origin: 'id' },
      { name: 'name', origin: 'name' },
      { name: 'p', origin: 'password' },
    ],
    rows: [
      [10, 'name 10', 'hunter'],
      [100, 'name 100', 'hunter'],
    ],
    more: false,
  })
  expect(of('grouped')[0]?.answer).toMatchObject({ rows: [['name 1', 1]] })
  expect(of('many')[0]?.answer).toMatchObject({ more: true })
  expect(of('plan')[0]?.answer).toMatchObject({ plan: { label: 'SCAN t', fullScan: true }, notes: ['Reads all 300 rows of t.'] })
})

it('stops what does not end', () => {
  expect(of('endless')[0]?.answer).toMatchObject({ code: 'TIMEOUT' })
  expect(of('endless')[0]?.ms).toBeLessThan(4_000)
})

it('lets nothing change, with the classifier open', () => {
  expect(of('lock')).toHaveLength(9)
  for (const { answer } of of('lock')) expect(['NOT_READ_ONLY', 'DB_ERROR']).toContain((answer as { code?: string }).code)
  expect(of('state')[0]?.answer).toEqual({ rows: 300, version: 0, tables: 2, files: [false, false] })
})
