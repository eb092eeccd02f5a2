import { defineConfig } from '@playwright/test'
import { chromiumArgs, findChromium } from './scripts/chromium.mjs'

const executablePath = findChromium() ?? undefined

/** One Chromium, one page at a time: every surface of the toolbar is driven once, in order, without retries that would hide a race. */
export default defineConfig({
  testDir: '.',
  testMatch: ['packages/toolbar/**/*.e2e.ts', 'apps/demo/**/*.e2e.ts'],
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  globalTimeout: 6 * 60_000,
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
