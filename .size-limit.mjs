import { readFileSync } from 'node:fs'

const folder = 'packages/toolbar/dist/overlay'

/** What the page loads before anybody opens a panel: the entry and all it leads to, except the panels' own chunks. */
function initialFiles() {
  const manifest = JSON.parse(readFileSync(new URL(`${folder}/manifest.json`, import.meta.url), 'utf8'))
  const seen = new Set()
  const visit = (key) => {
    if (seen.has(key) || /panels\/[^/]+\/view/.test(key)) return
    seen.add(key)
    const { imports = [], dynamicImports = [] } = manifest[key]
    for (const next of [...imports, ...dynamicImports]) visit(next)
  }
  for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) visit(key)
  return [...seen].map((key) => `${folder}/${manifest[key].file}`)
}

// The files as they are: bundling them again would follow every import().
export default [
  { name: 'overlay before a panel is opened', path: initialFiles(), limit: '30 kB', gzip: true, disablePlugins: ['@size-limit/esbuild'] },
]
