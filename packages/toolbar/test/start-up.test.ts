import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'debug-toolbar-start-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Step {
  status: number
  body: string
  recorded: boolean
  files: string[]
}
type Steps = Record<'start' | 'page' | 'foreign host' | 'foreign site' | 'read' | 'page again', Step>

function run(dist = file('../dist'), options: object = {}): Steps {
  const { NODE_ENV: _unset, ...env } = process.env
  const child = spawnSync(process.execPath, [file('fixtures/start-up.mjs'), dist, JSON.stringify(options)], { env, encoding: 'utf8' })
  if (child.status !== 0) throw new Error(child.stderr)
  return JSON.parse(child.stdout) as Steps
}

const atStart = ['index.js', 'node/off.js', 'node/recording.js', 'node/toolbar.js']
const all = [...atStart, 'node/answers.js', 'node/reading.js'].sort()

describe('what is loaded when', () => {
  const steps = run()

  it('an app starts and serves pages with what records alone', () => {
    expect(steps.start.files).toEqual(atStart)
    expect(steps.page).toMatchObject({ status: 200, recorded: true, files: atStart })
  })

  it('who is refused below the path has nothing loaded', () => {
    expect(steps['foreign host']).toMatchObject({ status: 403, files: atStart })
    expect(steps['foreign site']).toMatchObject({ status: 403, files: atStart })
  })

  it('the first reader loads the rest, and reads what was recorded before', () => {
    expect(steps.read).toMatchObject({ status: 200, files: all })
    expect(JSON.parse(steps.read.body)).toMatchObject({ request: { path: '/', counts: { sql: 1, span: 1 } } })
    expect(steps['page again'].files).toEqual(all)
  })

  it('rules and panels of the app are checked at start, which takes the built-in ones', () => {
    expect(run(file('../dist'), { rules: { 'select-star': false } }).start.files).toEqual(all)
    expect(run(file('../dist'), { rules: 'function' }).start.files).toEqual(all)
  })

  it('files take one byte for each character in memory', () => {
    for (const name of all) expect(readFileSync(file(`../dist/${name}`), 'utf8'), name).not.toMatch(/[\u0100-\uffff]/)
  })

  it('what records is less than half of the package', () => {
    const sizeOf = (files: string[]): number => files.reduce((sum, name) => sum + statSync(file(`../dist/${name}`)).size, 0)
    expect(sizeOf(atStart)).toBeLessThan(sizeOf(all) / 2)
    expect(readdirSync(file('../dist/node')).sort()).toEqual([
      'answers.js',
      'off.js',
      'reading.js',
      'recording.js',
      'sqlite-child.js',
      'toolbar.js',
    ])
  })
})

it('what cannot be loaded later is a failed answer of ours, and nothing to the app', () => {
  cpSync(file('../dist'), path.join(folder, 'dist'), { recursive: true })
  cpSync(file('../package.json'), path.join(folder, 'package.json'))
  symlinkSync(file('../../../node_modules'), path.join(folder, 'node_modules'))
  writeFileSync(path.join(folder, 'dist/node/reading.js'), "throw new Error('not loadable')\n")
  const steps = run(path.join(folder, 'dist'))
  expect(steps.page).toMatchObject({ status: 200, recorded: true })
  expect(steps.read.status).toBe(500)
  expect(JSON.parse(steps.read.body)).toMatchObject({ error: { code: 'INTERNAL' } })
  expect(steps['page again']).toMatchObject({ status: 200, recorded: true })
})
