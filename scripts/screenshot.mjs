/** `npm run screenshots`: pictures of the demo for the README, the same on every run: fixed size, seeded data, no animation. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromiumArgs, ensureChromium, howToGetChromium } from './chromium.mjs'
import { get } from './lib/http.mjs'
import { inRoot, root } from './lib/paths.mjs'
import { Explained, main, step } from './lib/say.mjs'
import { ensureBuilt, ensureInstalled } from './lib/setup.mjs'

const maxBytes = 300_000
const pictures = [
  { file: 'screenshot-dark.png', path: '/wrong/n-plus-one', theme: 'dark', panel: /SQL/, press: 'Show the fix' },
  { file: 'screenshot-light.png', path: '/wrong/n-plus-one', theme: 'light', panel: /SQL/ },
  { file: 'screenshot-home.png', path: '/', theme: 'light', panel: null },
]

await main(async () => {
  await ensureInstalled()
  await ensureBuilt()
  const executablePath = await ensureChromium()
  if (!executablePath) throw new Explained(howToGetChromium)
  const { chromium } = await import('@playwright/test')
  const demo = await startDemo()
  const browser = await chromium.launch({ executablePath, args: [...chromiumArgs(), '--hide-scrollbars', '--force-color-profile=srgb'] })
  try {
    // The figures of an app that has been running, not of its first requests.
    for (let visit = 0; visit < 5; visit++) for (const { path } of pictures) await get(demo.port, path)
    for (const picture of pictures) await step(picture.file, () => take(browser, demo.url, picture))
  } finally {
    await browser.close()
    await demo.stop()
  }
})

async function take(browser, url, { file, path, theme, panel, press }) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 1,
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  try {
    const page = await context.newPage()
    await page.goto(url + path)
    // Playwright's locators see into open shadow roots.
    const toolbar = page.locator('debug-toolbar')
    const bar = toolbar.getByRole('button', { name: /SQL/ }).first()
    await bar.waitFor({ timeout: 15_000 })
    if (panel) {
      await toolbar.getByRole('button', { name: panel }).first().click()
      await toolbar
        .getByText(/\bselect\b/i)
        .first()
        .waitFor({ timeout: 15_000 })
    }
    if (press) await toolbar.getByRole('button', { name: press }).click()
    // No row lies under the pointer.
    await page.mouse.move(720, 1)
    await page.evaluate(() => document.fonts.ready)
    await page.waitForTimeout(500)
    mkdirSync(inRoot('docs'), { recursive: true })
    await page.screenshot({ path: inRoot('docs', file), animations: 'disabled', caret: 'hide', scale: 'css' })
  } finally {
    await context.close()
  }
  const { size } = statSync(inRoot('docs', file))
  if (size > maxBytes)
    throw new Explained(
      `docs/${file} has ${size} bytes: pictures stay under ${maxBytes}; show less on the page or make the viewport smaller.`,
    )
  console.log(`  docs/${file}: ${Math.round(size / 1000)} kB`)
}

/** The demo on a free port and with a shop of its own: one that is running stays as it is, and nobody has bought anything yet. */
async function startDemo() {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'debug-toolbar-pictures-'))
  const { NODE_ENV: _unset, ...inherited } = process.env
  const env = { ...inherited, PORT: String(port), DATABASE_URL: `sqlite:${join(folder, 'shop.sqlite')}` }
  const child = spawn(process.execPath, [inRoot('apps/demo/src/server.js')], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  let exited = false
  const exit = new Promise((resolve) => child.once('exit', resolve)).then(() => {
    exited = true
  })
  for (let tries = 0; !(await answers(port)); tries++) {
    if (exited || tries > 240) {
      child.kill()
      throw new Explained(`the demo did not answer on port ${port}:\n${output}`)
    }
    await wait(250)
  }
  return {
    port,
    url: `http://localhost:${port}`,
    async stop() {
      child.kill()
      await exit
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(port) {
  try {
    return (await get(port, '/')).status < 500
  } catch {
    return false
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
