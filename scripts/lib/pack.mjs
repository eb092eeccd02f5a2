import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { inRoot } from './paths.mjs'
import { runNpm } from './run.mjs'
import { Explained } from './say.mjs'

const shared = ['README.md', 'LICENSE', 'CHANGELOG.md']

/** Packs the toolbar as it would be published, into a folder. Resolves to the path of the tarball. */
export async function packToolbar(folder) {
  const { code, output } = await runNpm(['pack', '--workspace', 'debug-toolbar', '--pack-destination', folder], { capture: true })
  const name = output.match(/^debug-toolbar-\S+\.tgz$/m)?.[0]
  if (code !== 0 || !name) throw new Explained(`npm pack failed (exit ${code}):\n${output}`)
  return join(folder, basename(name))
}

/** The documents live at the root, where readers look; npm takes them from the package's own folder. */
export function copyDocuments() {
  for (const name of shared) if (existsSync(inRoot(name))) copyFileSync(inRoot(name), inRoot('packages/toolbar', name))
}

export function removeDocuments() {
  for (const name of shared) rmSync(inRoot('packages/toolbar', name), { force: true })
}
