import { writeFile } from 'node:fs/promises'
import { expect, type Page } from '@playwright/test'
import { check, quiet, watchRequests } from './page-fixtures.ts'
import { pages } from './page-side.ts'
import { PagesApp } from './pages.ts'

/** Pages that outlive their app or their own time, apps that go and come, and many pages at once. */

/** The page as a browser gets it, with our script. */
async function savedPage(app: PagesApp): Promise<string> {
  const headers = { accept: 'text/html', 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' }
  return (await fetch(`${app.url}/plain`, { headers })).text()
}

check(
  'T71 R56 a saved page works while its app is there, and in the back-forward cache it gives its stream back',
  async ({ page, toolbar, app }) => {
    await page.addInitScript(() => {
      addEventListener('pageshow', ({ persisted }) => {
        document.title = persisted ? 'persisted' : 'loaded'
      })
    })
    // an injected page is never stored (`no-store`), and so not in this cache either: a copy is
    await app.add({ '/saved': { html: await savedPage(app) } })
    const requests = watchRequests(page)
    for (const path of ['/bare/plain', '/bare/saved']) {
      await page.goto(path)
      if (path.endsWith('saved')) await expect(toolbar.figure('status')).toBeVisible()
      await page.goto('/bare/next')
      await expect.poll(() => requests.streams()).toBe(0)
      // a page that comes back loads nothing, which `goBack` would wait for
      await page.evaluate(() => history.back())
      await expect(page, path).toHaveTitle('persisted')
    }
    await expect(toolbar.host).toHaveCount(1)
    await expect.poll(() => requests.streams()).toBe(1)
    await toolbar.openPanel('timeline')
  },
)

check('T71 a saved page without its app, its assets or its record is only a page', async ({ page, toolbar, app, complaints }) => {
  complaints.allow(/net::ERR_|from origin 'null'/)
  const saved = await savedPage(app)
  await app.add({
    '/no-assets': { html: saved.replace(/toolbar\.[\w-]+\.js/, 'toolbar.gone.js') },
    '/no-record': { html: saved.replace(/(data-debug-toolbar=")[^"]+/, '$1forgotten') },
  })
  await page.goto('/bare/no-record')
  await expect(toolbar.bar).toContainText('no longer stored')
  const file = check.info().outputPath('saved.html')
  await writeFile(file, saved)
  for (const url of ['/bare/no-assets', `file://${file}`]) {
    await page.goto(url)
    await quiet()
    await expect(page.getByRole('heading')).toHaveText('plain')
    await expect(toolbar.host).toHaveCount(0)
  }
  expect(complaints.seen.filter((text) => text.startsWith('uncaught'))).toEqual([])
})

check('R44 an app that starts again is found again, and one that stays away is asked ever less', async ({ page, toolbar, complaints }) => {
  complaints.allow(/net::ERR_/)
  const requests = watchRequests(page)
  let app = await PagesApp.start({ pages })
  try {
    await page.clock.install()
    await page.goto(`${app.url}/plain`)
    await expect(toolbar.figure('status')).toBeVisible()
    const stopped = async () => {
      await app.stop(true)
      await expect(toolbar.bar).toContainText('no connection')
    }
    for (let round = 0; round < 2; round++) {
      // what is under way when the app dies would be told, too
      await quiet(300)
      const [asked, heard] = [requests.count(), complaints.seen.length]
      await stopped()
      app = await PagesApp.start({ pages, port: app.port })
      await page.clock.runFor(2_000)
      await expect(toolbar.bar).not.toContainText('no connection')
      // the stream; then the list, the options and the record, once
      expect(requests.count() - asked).toBeLessThanOrEqual(4)
      expect(complaints.seen.slice(heard).length, complaints.seen.slice(heard).join()).toBeLessThanOrEqual(1)
    }
    await stopped()
    const [asked, heard] = [requests.count(), complaints.seen.length]
    for (let second = 0; second < 120; second += 2) {
      await page.clock.runFor(2_000)
      await page.evaluate(() => fetch('data:,'))
    }
    expect(requests.count() - asked, 'in two minutes').toBeLessThanOrEqual(7)
    expect(requests.count() - asked, 'in two minutes').toBeGreaterThanOrEqual(5)
    expect(complaints.seen.length - heard).toBeLessThanOrEqual(7)
  } finally {
    await app.stop(true)
  }
})

check('T86 ten pages in sight leave the app its connections', async ({ context, app, page }) => {
  const requests = watchRequests(context)
  const open = async (tab: Page): Promise<void> => {
    await tab.goto(`${app.url}/plain`)
    await tab.locator('debug-toolbar .bar').waitFor()
  }
  for (let count = 0; count < 10; count++) await open(await context.newPage())
  const start = performance.now()
  await open(page)
  expect(performance.now() - start).toBeLessThan(2_000)
  await expect.poll(() => requests.streams()).toBe(3)
  expect(requests.most()).toBeLessThanOrEqual(4)
  // who lost its stream gets one again where somebody works
  for (const tab of context.pages()) {
    const before = requests.count()
    await tab.evaluate(() => window.dispatchEvent(new Event('focus')))
    await expect.poll(() => requests.streams()).toBe(3)
    if (requests.count() > before) return
  }
  expect(false, 'no page asked again').toBe(true)
})
