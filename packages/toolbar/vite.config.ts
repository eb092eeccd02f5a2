import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * Vite wraps every import() in a helper that preloads what the chunk needs. There is nothing to preload here, and the helper
 * would write into the page's head and fire an event on its window.
 */
const withoutPreload: Plugin = {
  name: 'without-preload',
  enforce: 'pre',
  load: (id) => (id.includes('vite/preload-helper') ? 'export const __vitePreload = (load) => load()' : undefined),
}

/**
 * The overlay: one tiny entry that carries the record id in its fragment, and chunks with relative addresses,
 * so that it runs under any mount path. No preload links: a page's policy may forbid them.
 */
export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  plugins: [withoutPreload],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist/overlay',
    assetsDir: '',
    emptyOutDir: true,
    manifest: 'manifest.json',
    modulePreload: false,
    target: 'es2022',
    // the first versions with light-dark(), which must reach the browser as it is
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    rolldownOptions: {
      input: { toolbar: here('src/overlay/main.ts') },
      // every import() must stay a chunk of its own: the entry is addressed with a fragment, and importing it back would run it twice
      preserveEntrySignatures: 'strict',
      output: {
        entryFileNames: '[name].[hash].js',
        chunkFileNames: (chunk) => `${chunk.facadeModuleId?.match(/panels\/([a-z-]+)\/view/)?.[1] ?? chunk.name}.[hash].js`,
        // what every page loads, in one file: small pieces compress badly and each is a round trip
        codeSplitting: {
          groups: [
            // all that the entry itself imports: what fails while it is evaluated would be an uncaught error of the page
            { name: 'load', test: /preload-helper/, priority: 1 },
            {
              name: 'base',
              test: /node_modules\/(preact|@preact)\/|src\/ui\/(format|Icon|icons|categories|SpineBar|figures)\.tsx?|src\/overlay\/client/,
            },
          ],
        },
        assetFileNames: '[name].[hash][extname]',
      },
    },
  },
})
