import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashFiles } from '../../../scripts/lib/hash.mjs'
import { runNpm } from '../../../scripts/lib/run.mjs'
import { Explained, step } from '../../../scripts/lib/say.mjs'

const folder = fileURLToPath(new URL('../rivals/', import.meta.url))
const manifests = ['apps/bench/rivals/package.json', 'apps/bench/rivals/package-lock.json']

/** Installs what the rivals need in their own folder, unless that is what is installed. They are no part of the workspaces. */
export async function ensureRivals() {
  const stamp = join(folder, 'node_modules', '.installed')
  const wanted = hashFiles(manifests)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  await step('install the rivals', async () => {
    const { code } = await runNpm(['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder })
    if (code !== 0) throw new Explained(`npm ci in apps/bench/rivals failed (exit ${code}). Leave them out: --only toolbar,async-context`)
    writeFileSync(stamp, wanted)
  })
}
