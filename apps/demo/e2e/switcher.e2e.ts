import { formatMs } from '../../../packages/toolbar/src/ui/format.ts'
import { expect, test } from './fixtures.ts'
import { panelChecks } from './panel-checks.ts'

test('the switcher finds requests by path, status, method and kind, and says so when none matches', async ({ toolbar, demo, page }) => {
  await demo.visit('/authors')
  await demo.visit('/wrong/unhandled-error/now')
  await demo.visit('/wrong/post-redirect-get', { method: 'POST', body: new URLSearchParams({ wish: 'maps' }) })
  await demo.visit('/api/categories', { headers: { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' } })
  await toolbar.goto('/about')
  await toolbar.open()
  await toolbar.switchButton.click()
  const search = toolbar.switcher.getByRole('searchbox', { name: 'Search requests' })
  await expect(search).toBeFocused()
  const rows = toolbar.switcher.getByRole('row')
  const texts = async () => (await rows.allTextContents()).map((text) => text.replaceAll(/\s/g, ''))
  const expectAll = async (pattern: RegExp): Promise<void> => {
    await expect.poll(async () => (await texts()).every((text) => pattern.test(text))).toBe(true)
    expect(await rows.count()).toBeGreaterThan(0)
  }
  await search.fill('author')
  await expectAll(/^200GET\/authors/)
  await search.fill('status:>=500')
  await expectAll(/^50\d/)
  await search.fill('method:POST')
  await expectAll(/POST/)
  await search.fill('no such thing')
  await expect(toolbar.switcher).toContainText('No request matches.')
  await search.fill('stauts:500')
  await expect(toolbar.switcher.locator('.ferr')).toContainText('status')
  await search.fill('')
  const all = await rows.count()
  for (const [chip, pattern] of [
    ['Pages', /page/],
    ['Fetch', /fetch/],
    ['Failed', /^(4|5)\d\d|^aborted/],
  ] as const) {
    await toolbar.switcher.getByRole('button', { name: chip }).click()
    await expectAll(pattern)
    expect(await rows.count()).toBeLessThan(all)
  }
  await page.keyboard.press('Escape')
  await expect(toolbar.switcher).toBeHidden()
  await expect(toolbar.switchButton).toBeFocused()
})

test('an older request takes over every panel, and Live goes back to the newest page', async ({ toolbar, demo }) => {
  const id = await demo.visit('/wrong/duplicate-queries')
  await toolbar.goto('/about')
  await toolbar.openPanel('sql')
  const detail = await demo.record(id)
  await toolbar.switchButton.click()
  await expect(toolbar.switcher.locator('[aria-selected=true]')).toContainText('/about')
  await toolbar.switcher.locator(`[data-id="${id}"]`).click()
  await expect(toolbar.switcher).toBeHidden()
  await toolbar.expectShown('/wrong/duplicate-queries')
  await toolbar.expectShown(formatMs(detail.request.durationMs).replace('\u00a0', ''))
  await expect(toolbar.live).toHaveAttribute('aria-pressed', 'false')
  await expect(toolbar.live).toContainText('1 newer')
  await expect(toolbar.rows.filter({ hasText: '×12 similar' })).toHaveCount(1)
  for (const panel of ['timeline', 'sql', 'templates', 'logs', 'request', 'response', 'time']) {
    await toolbar.openPanel(panel)
    await panelChecks[panel]?.({ toolbar, demo, detail })
  }
  await toolbar.live.click()
  await toolbar.expectShown('/about')
  await expect(toolbar.live).toHaveAttribute('aria-pressed', 'true')
})

test('[ and ] step through the requests, the buttons beside the switcher do too', async ({ toolbar, demo, page }) => {
  await demo.visit('/authors')
  await demo.visit('/events')
  await toolbar.goto('/used')
  await toolbar.openPanel('request')
  await toolbar.tab('request').focus()
  await page.keyboard.press('[')
  await toolbar.expectShown('/events')
  await page.keyboard.press('[')
  await toolbar.expectShown('/authors')
  await page.keyboard.press(']')
  await toolbar.expectShown('/events')
  await toolbar.drawer.getByRole('button', { name: 'Newer request' }).click()
  await toolbar.expectShown('/used')
  await expect(toolbar.drawer.getByRole('button', { name: 'Newer request' })).toBeDisabled()
})

test('the arrow keys choose in the switcher, and the next page shows itself', async ({ toolbar, demo, page }) => {
  await demo.visit('/events')
  await toolbar.goto('/used')
  await toolbar.open()
  await toolbar.switchButton.click()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(toolbar.switcher.locator('[data-id]').nth(1)).toBeFocused()
  await page.keyboard.press('Enter')
  await toolbar.expectShown('/events')
  await toolbar.goto('/about')
  await toolbar.expectShown('/about')
  await expect(toolbar.live).toHaveAttribute('aria-pressed', 'true')
})

test('history lists the requests, opens one, and clears them only when asked twice', async ({ toolbar, demo }) => {
  await demo.visit('/authors?from=history')
  await toolbar.goto('/about')
  await toolbar.openPanel('history')
  await toolbar.filter.fill('from=history')
  await expect(toolbar.rows).toHaveCount(1)
  await toolbar.rows.first().click()
  await toolbar.expectShown('/authors?from=history')
  await toolbar.filter.fill('')
  await toolbar.panel.getByRole('button', { name: 'Clear', exact: true }).click()
  expect((await demo.counts()).stored).toBeGreaterThan(1)
  await toolbar.panel.getByRole('button', { name: 'Clear all of it' }).click()
  await expect(toolbar.panel).toContainText('No requests yet')
  expect((await demo.counts()).stored).toBe(0)
  await toolbar.openPanel('sql')
  await expect(toolbar.panel).toContainText('This request is no longer stored')
})
