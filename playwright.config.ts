import { defineConfig } from '@playwright/test'
import { chromiumArgs, findChromium } from './scripts/chromium.mjs'

const executablePath = findChromium() ?? undefined

/** They measure how long a page is busy, or how many connections a browser has: nothing may run beside them. */
const alone = ['**/long-lists.e2e.ts', '**/page-life.e2e.ts']

/** Every surface of the toolbar is driven once, a file at a time on each of two cores, without retries that would hide a race. */
export default defineConfig({
  testDir: '.',
  projects: [
    { name: 'pages', testMatch: ['packages/toolbar/**/*.e2e.ts', 'apps/demo/**/*.e2e.ts'], testIgnore: alone },
    { name: 'alone', testMatch: alone, dependencies: ['pages'], workers: 1 },
  ],
  outputDir: 'test-results',
  workers: 2,
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  globalTimeout: 10 * 60_000,
  forbidOnly: Boolean(process.env.CI),
  use: {
    headless: true,
    trace: 'off',
    viewport: { width: 1440, height: 900 },
    actionTimeout: 10_000,
    launchOptions: {
      executablePath,
      args: chromiumArgs(),
      // Playwright turns the back-forward cache off; people have it on, and pages that come back from it must work.
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    },
  },
})
