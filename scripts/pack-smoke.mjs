/**
 * Does what would be published work for the people who install it? Packs the toolbar, installs the tarball in empty folders, and pastes
 * the README's six lines: ESM, CommonJS and TypeScript, Express 4 and 5. Then records SQLite by knex on Node 20, 22 and 24.
 * `node scripts/pack-smoke.mjs --quick` stays on this Node and builds nothing.
 */
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { withApp } from './lib/app-under-test.mjs'
import { createChecks } from './lib/checks.mjs'
import { addonFor, otherNode } from './lib/node-versions.mjs'
import { packToolbar } from './lib/pack.mjs'
import { inRoot } from './lib/paths.mjs'
import { binOf, run, runNode, runNpm } from './lib/run.mjs'
import { Explained, main, step } from './lib/say.mjs'
import { ensureBuilt, ensureInstalled } from './lib/setup.mjs'
import { sixLines } from './lib/six-lines.mjs'
import { expectBooksRecorded, expectListed, expectToolbarOn } from './smoke/expect.mjs'

const nodeMajors = [20, 22, 24]
const thisMajor = Number(process.versions.node.split('.')[0])

export async function packSmoke({ quick = false } = {}) {
  const checks = createChecks()
  const folder = mkdtempSync(join(tmpdir(), 'debug-toolbar-smoke-'))
  try {
    const tarball = await packToolbar(folder)
    const express4 = await installApp(folder, 'express-4', [tarball, installed('express4', 'express'), '@types/express@4'])
    const express5 = await installApp(folder, 'express-5', [
      tarball,
      ...['express', '@types/express', 'knex', 'better-sqlite3', 'pino'].map((name) => installed(name)),
    ])
    await step('six lines, Express 4', () => pasteSixLines(checks, express4))
    await step('six lines, Express 5', () => pasteSixLines(checks, express5))
    for (const major of quick ? [thisMajor] : nodeMajors) await step(`Node ${major}`, () => checkNode(checks, express5, major))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return checks.counts
}

/** The version that this repository is tested with, so that a release elsewhere does not turn this red. */
function installed(folder, name = folder) {
  const { version } = JSON.parse(readFileSync(inRoot('node_modules', folder, 'package.json'), 'utf8'))
  return `${name}@${version}`
}

/** An empty folder with nothing but what a user would install. */
async function installApp(parent, name, packages) {
  const folder = join(parent, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }))
  const args = [
    'install',
    ...packages,
    installed('@types/node'),
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
  ]
  const { code, output } = await runNpm(args, { cwd: folder, capture: true, timeoutMs: 300_000 })
  if (code !== 0) throw new Explained(`installing the packed toolbar in an empty folder failed (exit ${code}):\n${output}`)
  return folder
}

const files = { esm: 'app.mjs', cjs: 'app.cjs', ts: 'app.ts' }

async function pasteSixLines(checks, cwd) {
  const readme = readFileSync(inRoot('README.md'), 'utf8')
  for (const [kind, file] of Object.entries(files)) writeFileSync(join(cwd, file), sixLines(readme, kind))
  await checks.check('ESM', () => expectSixLines({ file: files.esm, cwd }))
  await checks.check('CommonJS', () => expectSixLines({ file: files.cjs, cwd }))
  await checks.check('TypeScript, bundler resolution', () => compile(cwd, { module: 'esnext', moduleResolution: 'bundler', noEmit: true }))
  await checks.check('TypeScript, node16 resolution, and what it compiles to', async () => {
    await compile(cwd, { module: 'node16', moduleResolution: 'node16', outDir: 'compiled' })
    await expectSixLines({ file: join('compiled', 'app.js'), cwd })
  })
}

const expectSixLines = (app) =>
  withApp(app, async (port) => {
    const id = await expectToolbarOn(port, '/')
    const listed = await expectListed(port, id)
    assert.equal(listed.path, '/')
  })

async function compile(cwd, compilerOptions) {
  const base = { target: 'es2022', lib: ['es2023'], types: ['node'], strict: true, skipLibCheck: false, rootDir: '.' }
  writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...base, ...compilerOptions }, files: [files.ts] }))
  const { code, output } = await runNode([binOf('typescript'), '-p', cwd], { cwd, capture: true })
  assert.equal(code, 0, output)
}

/** Six lines and a real recording on one Node; its addon comes from the cache or is built. */
async function checkNode(checks, cwd, major) {
  const node = await otherNode(major)
  if (!node) return checks.skip(`Node ${major}`, `npm has no Node ${major} for ${process.platform} ${process.arch}`)
  const { binary, version } = node
  const addon = await checks.check(`Node ${version}: addon of better-sqlite3`, () => addonFor(node))
  await checks.check(`Node ${version}: ESM`, () => expectSixLines({ binary, file: files.esm, cwd }))
  await checks.check(`Node ${version}: CommonJS`, () => expectSixLines({ binary, file: files.cjs, cwd }))
  if (major >= 22) await checks.check(`Node ${version}: records node:sqlite`, () => expectNodeSqlite(binary, cwd))
  if (!addon) return
  // better-sqlite3 12 aborts on Node 24 when a statement is collected while no context is entered (`RemoveEnvironmentCleanupHook`,
  // with or without the toolbar): a young generation that this short run does not fill keeps the check about our package
  const noCollection = ['--min-semi-space-size=128', '--max-semi-space-size=128']
  copyFileSync(inRoot('scripts/smoke/knex-app.mjs'), join(cwd, 'knex-app.mjs'))
  const env = { SMOKE_ADDON: addon, SMOKE_DB: join(cwd, `books-${major}.sqlite`) }
  await checks.check(`Node ${version}: records knex on SQLite, pino and an EventEmitter`, () =>
    withApp({ binary, file: 'knex-app.mjs', cwd, env, flags: noCollection }, async (port) => {
      const id = await expectToolbarOn(port, '/books')
      const { counts } = await expectListed(port, id)
      assert.equal(counts.sql, 4, `the summary counts ${counts.sql} queries instead of 4`)
      await expectBooksRecorded(port, id)
    }),
  )
}

async function expectNodeSqlite(binary, cwd) {
  copyFileSync(inRoot('scripts/smoke/node-sqlite.mjs'), join(cwd, 'node-sqlite.mjs'))
  const flags = ['--disable-warning=ExperimentalWarning', '--experimental-sqlite']
  const { code, output } = await run(binary, [...flags, 'node-sqlite.mjs'], { cwd, capture: true, timeoutMs: 30_000 })
  assert.equal(code, 0, output)
  const { answers, recorded } = JSON.parse(output)
  const expected = [
    ['select * from books where id = ?', [1], 1, null],
    ['select * from books where id = ?', [9], 0, null],
    ['select title from books where id > @id', [{ id: 1 }], 2, null],
    ['update books set title = title where id < ?', [3], 2, null],
    ['select * from books', [], 3, null],
    ['begin; commit', [], null, null],
    ['insert into books (id) values (1)', [], null, 'ERR_SQLITE_ERROR'],
  ]
  // tagged templates came with Node 24
  if (answers.at(-1)?.title === 'Emma') expected.push(['select title from books where id = ?', [2], 1, null])
  assert.deepEqual(
    recorded,
    expected.map((query) => [...query, 'node-sqlite.mjs']),
  )
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await ensureInstalled()
    await ensureBuilt()
    const { passed, failed, skipped } = await packSmoke({ quick: process.argv.includes('--quick') })
    console.log(`\nsmoke: ${passed} passed, ${failed} failed, ${skipped} skipped`)
    if (failed > 0) process.exitCode = 1
  })
}
