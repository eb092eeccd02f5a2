import { readFileSync } from 'node:fs'

const folder = 'packages/toolbar/dist/overlay'

/** What a page loads before anybody opens the drawer: the entry, the app that it imports at once, and what these two need. */
function initialFiles() {
  const manifest = JSON.parse(readFileSync(new URL(`${folder}/manifest.json`, import.meta.url), 'utf8'))
  const entries = Object.keys(manifest).filter((key) => manifest[key].isEntry)
  const first = [...entries, ...entries.flatMap((key) => manifest[key].dynamicImports ?? [])]
  const seen = new Set()
  const visit = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    for (const next of manifest[key].imports ?? []) visit(next)
  }
  for (const key of first) visit(key)
  return [...seen].map((key) => `${folder}/${manifest[key].file}`)
}

// The files as they are: bundling them again would follow every import().
export default [
  {
    name: 'overlay before the drawer is opened',
    path: initialFiles(),
    limit: '30 kB',
    gzip: true,
    disablePlugins: ['@size-limit/esbuild'],
  },
]
