import { existsSync, rmSync } from 'node:fs'
import { hashFiles, readStamp, writeStamp } from './hash.mjs'
import { inRoot } from './paths.mjs'
import { runNode, runNpm } from './run.mjs'
import { Explained, step } from './say.mjs'

const manifests = [
  'package-lock.json',
  'package.json',
  'packages/toolbar/package.json',
  'apps/demo/package.json',
  'apps/bench/package.json',
]

/** What the built package is made of; the lockfile stands for the compiler and bundler. */
const sources = [
  'package-lock.json',
  'packages/toolbar/src',
  'packages/toolbar/package.json',
  'packages/toolbar/tsconfig.node.json',
  'packages/toolbar/vite.config.ts',
  'packages/toolbar/vite.node.config.ts',
  'tsconfig.base.json',
]

/** Installs what package-lock.json says, unless that is what is installed. */
export async function ensureInstalled() {
  checkNode()
  // The addon's ABI is part of what was installed: another Node major needs another better-sqlite3.
  const wanted = `${hashFiles(manifests)} abi ${process.versions.modules}`
  const fresh = !existsSync(inRoot('node_modules', '.package-lock.json'))
  if (!fresh && readStamp('install') === wanted) return
  await step('install dependencies', async () => {
    // `ci` starts from nothing; on an existing tree `install --no-save` only mends what differs, and leaves the lockfile alone.
    const args = fresh ? ['ci'] : ['install', '--no-save']
    const { code } = await runNpm([...args, '--no-audit', '--no-fund'])
    if (code !== 0) {
      throw new Explained(`npm ${args.join(' ')} failed (exit ${code}): what npm printed above says why. Then run this command again.`)
    }
    await ensureAddon()
  })
  writeStamp('install', wanted)
}

/** better-sqlite3 is compiled or downloaded by its install script; a policy of npm, or another Node, may have left it out. */
async function ensureAddon() {
  if (await addonLoads()) return
  console.log('  better-sqlite3 is not built for this Node: building it, which takes about two minutes')
  await runNpm(['rebuild', 'better-sqlite3'])
  if (await addonLoads()) return
  throw new Explained(
    'better-sqlite3 could not be built: the demo and the tests need it. It compiles with python3, make and a C++ compiler ' +
      '(Debian: apt-get install python3 make g++; macOS: xcode-select --install; Windows: Visual Studio Build Tools). Then: npm rebuild better-sqlite3',
  )
}

const addonLoads = async () => (await runNode(['-e', "new (require('better-sqlite3'))(':memory:')"], { capture: true })).code === 0

/** Builds the toolbar, unless its sources are those of the last build. */
export async function ensureBuilt() {
  const wanted = hashFiles(sources)
  if (existsSync(inRoot('packages/toolbar/dist/index.js')) && readStamp('build') === wanted) return false
  await step('build the toolbar', async () => {
    // Files of sources that are gone must not stay in the package.
    rmSync(inRoot('packages/toolbar/dist'), { recursive: true, force: true })
    const { code } = await runNpm(['run', 'build', '--workspace', 'debug-toolbar', '--silent'])
    if (code !== 0)
      throw new Explained(`the build of packages/toolbar failed (exit ${code}): mend what is printed above, then run this command again.`)
  })
  writeStamp('build', wanted)
  return true
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new Explained(
    `Node ${process.versions.node} is too old: debug-toolbar needs 20.19 or newer. Install a newer Node and run this command again.`,
  )
}
