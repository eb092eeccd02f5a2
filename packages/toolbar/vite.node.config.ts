import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

interface Graph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null
}

/** A chunk of what an entry loads with it, the entry itself left out, and what an earlier chunk has. */
function chunkOf(entry: string, name: string, priority: number) {
  let loaded: Set<string> | null = null
  return {
    debugName: name,
    priority,
    name(id: string, graph: Graph): string | null {
      if (loaded === null) {
        loaded = new Set([entry])
        for (const each of loaded) for (const next of graph.getModuleInfo(each)?.importedIds ?? []) loaded.add(next)
      }
      return id !== entry && loaded.has(id) ? name : null
    },
  }
}

/** One character beyond Latin-1 makes V8 keep two bytes for each of a file. What is written with an escape is the same text. */
const inLatin: Plugin = {
  name: 'in-latin',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle))
      if (file.type === 'chunk')
        file.code = file.code.replace(/[\x80-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
  },
}

const index = here('src/index.ts')
const toolbar = here('src/express/toolbar.ts')
const reading = here('src/toolbar/reading.ts')

/**
 * The Node half in a few files, since each ES module costs an app about half a millisecond at start: what is loaded where the toolbar is off,
 * what records, and what only a reader needs. All lie in one folder below `dist`, as deep as their sources lie below `src`.
 */
export default defineConfig({
  root: here('.'),
  publicDir: false,
  logLevel: 'warn',
  plugins: [inLatin],
  build: {
    ssr: true,
    outDir: 'dist',
    emptyOutDir: false,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: {
        index,
        internals: here('src/internals.ts'),
        'node/toolbar': toolbar,
        'node/reading': reading,
        'node/sqlite-child': here('src/console/sqlite-child.ts'),
      },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'node/[name].js',
        comments: false,
        codeSplitting: { groups: [chunkOf(index, 'off', 3), chunkOf(toolbar, 'recording', 2), chunkOf(reading, 'answers', 1)] },
      },
    },
  },
})
