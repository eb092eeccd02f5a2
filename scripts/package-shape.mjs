/** Is what would be published right: manifest and files (publint), types (attw), nothing unused (knip), small enough (size-limit)? */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packToolbar } from './lib/pack.mjs'
import { inRoot } from './lib/paths.mjs'
import { binOf, runNode } from './lib/run.mjs'
import { Explained } from './lib/say.mjs'

export async function checkPackageShape() {
  const folder = mkdtempSync(join(tmpdir(), 'debug-toolbar-shape-'))
  try {
    const tarball = await packToolbar(folder)
    await quiet('publint', [tarball, '--strict'])
    await quiet('@arethetypeswrong/cli', [tarball, '--profile', 'esm-only', '--no-emoji'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  await quiet('knip')
  await quiet('size-limit')
}

/** These tools print pages when all is well: show them only when it is not. */
async function quiet(packageName, args = []) {
  const { code, output } = await runNode([binOf(packageName), ...args], { capture: true, cwd: inRoot() })
  if (code !== 0) {
    console.log(output)
    throw new Explained(`${packageName} failed (exit ${code}): what it printed above says what to mend.`)
  }
  console.log(`  ${packageName}: ok`)
}
