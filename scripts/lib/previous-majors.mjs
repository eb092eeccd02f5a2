/** The SQL drivers of the majors before the current ones: a manifest of their own, installed where only the long tests look. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir, inRoot } from './paths.mjs'
import { runNode, runNpm } from './run.mjs'
import { Explained } from './say.mjs'

const manifest = inRoot('packages/toolbar/test/previous-majors/package.json')
const folder = join(cacheDir, 'previous-majors')

/** Installs them once; SQLite's addon is compiled by its install script, which takes a minute or two. @returns the folder they are required from */
export async function installPreviousMajors() {
  const stamp = join(folder, 'installed')
  const wanted = `${readFileSync(manifest, 'utf8')} abi ${process.versions.modules}`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return folder
  mkdirSync(folder, { recursive: true })
  copyFileSync(manifest, join(folder, 'package.json'))
  const { code, output } = await runNpm(['install', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: folder,
    capture: true,
    timeoutMs: 900_000,
  })
  if (code !== 0)
    throw new Explained(`the previous majors could not be installed (exit ${code}):\n${output.split('\n').slice(-30).join('\n')}`)
  const loads = await runNode(['-e', "new (require('better-sqlite3'))(':memory:')"], { cwd: folder, capture: true })
  if (loads.code !== 0) await runNpm(['rebuild', 'better-sqlite3'], { cwd: folder, capture: true, timeoutMs: 900_000 })
  writeFileSync(stamp, wanted)
  return folder
}
