import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The long tests (`*.full.test.ts`) run alone, by `npm run test:full`. */
const full = process.env.FULL === '1'
const only = (globs: string[]) => (full ? globs.map((glob) => glob.replace('.test.', '.full.test.')) : globs)
const exclude = ['**/node_modules/**', '**/dist/**', ...(full ? [] : ['**/*.full.test.*'])]

export default defineConfig({
  test: {
    passWithNoTests: full,
    // Vitest leaves one core to itself: of two that is half, while most tests wait for servers.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: only(['packages/toolbar/{src,test}/**/*.test.ts', 'apps/*/test/**/*.test.{ts,js}', 'scripts/**/*.test.mjs']),
          exclude,
          // The toolbar patches what it watches, process-wide: a process for each file, and the built package loaded by Node itself.
          pool: 'forks',
          server: { deps: { external: [/packages\/toolbar\/dist\//] } },
          globalSetup: [here('scripts/lib/vitest-services.mjs')],
          testTimeout: full ? 120_000 : 15_000,
          hookTimeout: full ? 120_000 : 30_000,
        },
      },
      {
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        test: {
          name: 'dom',
          environment: 'happy-dom',
          include: only(['packages/toolbar/src/**/*.test.tsx']),
          exclude,
        },
      },
    ],
  },
})
