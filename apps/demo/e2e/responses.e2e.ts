import { createHash } from 'node:crypto'
import type { ResponsePanelData } from '../../../packages/toolbar/src/panels/response/data.ts'
import { expect, test } from './fixtures.ts'

test('a streamed page shows its first pieces before its last, and has the toolbar at the end', async ({ toolbar, page, demo }) => {
  const pieces = page.locator('.lines li')
  await page.goto('/wrong/stream', { waitUntil: 'commit' })
  await expect(pieces.first()).toBeVisible()
  expect(await pieces.count()).toBeLessThan(15)
  await expect(toolbar.bar).toHaveCount(0)
  await expect(toolbar.bar).toBeVisible()
  await expect(pieces).toHaveCount(20)
  const id = await toolbar.pageId()
  const { request } = await demo.record(id)
  expect(request.durationMs).toBeGreaterThan(1_900)
  expect((await demo.panel<ResponsePanelData>(id, 'response')).streamed).toBe(true)
})

test('server-sent events arrive one by one, and their request runs until the page is left', async ({ toolbar, page, demo }) => {
  await toolbar.goto('/wrong/server-sent-events')
  await expect(page.locator('#state')).toHaveText('listening')
  await expect(page.locator('#events li').last()).toContainText('The shop is open')
  await demo.visit('/books/5')
  await expect(page.locator('#events')).toContainText('Somebody looks at')
  const stream = async () => (await demo.requests()).find(({ path }) => path === '/wrong/server-sent-events/stream')
  expect((await stream())?.state).toBe('running')
  await toolbar.open()
  await toolbar.switchButton.click()
  await expect(toolbar.switcher.getByRole('row', { name: 'server-sent-events/stream' })).toContainText('running')
  await page.keyboard.press('Escape')
  await page.locator('#stop').evaluate((button) => (button as HTMLElement).click())
  await expect.poll(async () => (await stream())?.state).not.toBe('running')
})

test('a download arrives byte for byte', async ({ toolbar, page, demo, bare }) => {
  await toolbar.goto('/wrong/download')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download stock.csv' }).click()])
  expect(download.suggestedFilename()).toBe('stock.csv')
  const hash = createHash('sha256')
  for await (const chunk of await download.createReadStream()) hash.update(chunk)
  const original = await (await fetch(`${bare.url}/wrong/download/stock.csv`)).arrayBuffer()
  expect(hash.digest('hex')).toBe(createHash('sha256').update(Buffer.from(original)).digest('hex'))
  const [record] = await demo.requests('q=stock.csv')
  expect(record?.bytes).toBe(original.byteLength)
})

test('Express’s own error page carries the toolbar in spite of its policy', async ({ toolbar, page }) => {
  const response = await page.goto('/wrong/unhandled-error/now')
  expect(response?.status()).toBe(500)
  expect(response?.headers()['content-security-policy']).toContain("default-src 'none'")
  await expect(page.locator('pre')).toContainText('TypeError')
  await toolbar.figure('exceptions').click()
  await expect(toolbar.panel).toContainText("Cannot read properties of undefined (reading 'books')")
  await expect(toolbar.panel).toContainText('brokenPage')
  await expect(toolbar.panel.getByRole('link', { name: /unguarded\.js:12/ }).first()).toHaveAttribute('href', /^vscode:/)
})

test('a page of the app’s own error handler shows the error that it answered', async ({ toolbar, page }) => {
  const response = await page.goto('/wrong/handled-error/now')
  expect(response?.status()).toBe(503)
  await expect(toolbar.figure('status')).toContainText('503')
  await toolbar.figure('exceptions').click()
  await expect(toolbar.panel).toContainText('The supplier does not answer')
  await expect(toolbar.panel).toContainText('showError')
})

test('a fragment is put into the page without a second toolbar', async ({ toolbar, page, bare, demo }) => {
  await toolbar.goto('/wrong/fragment')
  await expect(toolbar.bar).toBeVisible()
  await page.locator('#more').click()
  await expect(page.locator('#reviews')).not.toBeEmpty()
  await page.locator('#more').click()
  await expect(page.locator('script[data-debug-toolbar]')).toHaveCount(1)
  await expect(page.locator('debug-toolbar')).toHaveCount(1)
  await expect(toolbar.figure('history')).toContainText('3requests')
  const fragment = async (url: string) =>
    (await fetch(`${url}/wrong/fragment/reviews?from=0`, { headers: { accept: 'text/html', 'hx-request': 'true' } })).text()
  expect(await fragment(demo.url)).toBe(await fragment(bare.url))
})

test('a page that is gone back to has a toolbar that goes on', async ({ toolbar, page, demo }) => {
  await toolbar.goto('/about')
  await toolbar.openPanel('history')
  await page.goto('/authors')
  await expect(toolbar.bar.or(toolbar.drawer)).toBeVisible()
  await page.goBack()
  await expect(page).toHaveURL(/about$/)
  await expect(toolbar.panel).toContainText('/authors')
  await demo.visit('/events')
  await expect(toolbar.panel).toContainText('/events')
})
