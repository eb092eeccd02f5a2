import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir } from '../../../scripts/lib/paths.mjs'
import { runNpm } from '../../../scripts/lib/run.mjs'
import { Explained, step } from '../../../scripts/lib/say.mjs'

const version = '13.2.0'

/**
 * Path of a better-sqlite3 for newer Nodes than 20: 12 aborts when a statement is collected, where it was compiled with the headers of
 * Node 24.19 or later; 13 needs Node 22. Its addon serves every Node, so that nothing is compiled.
 */
export async function ensureSqlite() {
  const folder = join(cacheDir, 'bench', `better-sqlite3-${version}`)
  const installed = join(folder, 'node_modules', 'better-sqlite3')
  if (existsSync(installed)) return installed
  await step(`install better-sqlite3 ${version}`, async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    const args = ['install', `better-sqlite3@${version}`, '--no-audit', '--no-fund', '--ignore-scripts', '--engine-strict=false']
    const { code, output } = await runNpm(args, { cwd: folder, capture: true, timeoutMs: 300_000 })
    if (code !== 0) throw new Explained(`better-sqlite3 ${version} could not be installed:\n${output}`)
  })
  return installed
}
