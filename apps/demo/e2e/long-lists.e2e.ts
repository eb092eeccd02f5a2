import { expect, test } from './fixtures.ts'

test('a thousand queries are a folded group first, then rows drawn only where they are seen', async ({ toolbar, page }) => {
  await toolbar.goto('/wrong/thousand-queries')
  await toolbar.openPanel('sql')
  await expect(toolbar.rows).toHaveCount(1)
  await expect(toolbar.rows).toContainText('×1,000 similar')
  await toolbar.panel.getByRole('button', { name: 'In order' }).click()
  await expect(toolbar.grid).toHaveAttribute('aria-rowcount', '1001')
  await expect(toolbar.panel.locator('[data-key=q0]')).toBeVisible()
  const drawn = async (): Promise<void> => expect(await toolbar.panel.locator('[role=row]').count()).toBeLessThan(150)
  await drawn()
  const list = toolbar.panel.locator('.gridbox')
  expect(await list.evaluate((element) => element.scrollHeight)).toBeGreaterThanOrEqual(1000 * 24)
  await list.evaluate((element) => {
    element.scrollTop = element.scrollHeight
  })
  const last = toolbar.panel.locator('[data-key=q999]')
  await expect(last).toBeInViewport({ ratio: 1 })
  await expect(last).toHaveAttribute('aria-rowindex', '1001')
  await expect(last).toContainText('1000')
  await drawn()
  await expect(toolbar.panel.locator('[data-key=q0]')).toHaveCount(0)
  await last.focus()
  await page.keyboard.press('Home')
  await expect(toolbar.panel.locator('[data-key=q0]')).toBeFocused()
  await page.keyboard.press('PageDown')
  await expect(toolbar.panel.locator('[data-key]:focus')).toBeInViewport({ ratio: 1 })
})

test('scrolling a thousand rows keeps the main thread free', async ({ toolbar }) => {
  await toolbar.goto('/wrong/thousand-queries')
  await toolbar.openPanel('sql')
  await toolbar.panel.getByRole('button', { name: 'In order' }).click()
  await expect(toolbar.grid).toHaveAttribute('aria-rowcount', '1001')
  const scroll = () =>
    toolbar.panel.locator('.gridbox').evaluate(async (list) => {
      const long: number[] = []
      const observer = new PerformanceObserver((entries) => {
        for (const { duration } of entries.getEntries()) long.push(duration)
      })
      observer.observe({ type: 'longtask' })
      const missing: number[] = []
      list.scrollTop = 0
      for (let frame = 0; frame < 30; frame++) {
        list.scrollTop += 240
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
        const { left, top, height } = list.getBoundingClientRect()
        const found = (list.getRootNode() as ShadowRoot).elementFromPoint(left + 60, top + height / 2)?.closest('[data-key]')
        if (!found) missing.push(frame)
      }
      observer.disconnect()
      return { long, missing }
    })
  // a machine that is busy with other things makes tasks long by itself: one quiet run of three is enough
  let seen = await scroll()
  for (let again = 0; again < 2 && seen.long.length > 0; again++) seen = await scroll()
  expect(seen).toEqual({ long: [], missing: [] })
})

test('ten thousand log lines are counted exactly, a thousand are kept, few are drawn', async ({ toolbar }) => {
  await toolbar.goto('/wrong/log-flood')
  await expect(toolbar.figure('logs')).toContainText(/10,00\d/)
  await toolbar.openPanel('logs')
  await expect(toolbar.panel.locator('.stats')).toContainText(/9,00\d\slines not kept/)
  await expect(toolbar.grid).toHaveAttribute('aria-rowcount', '1001')
  expect(await toolbar.rows.count()).toBeLessThan(150)
  await toolbar.panel.getByRole('button', { name: 'Warnings 1' }).click()
  await expect(toolbar.rows).toHaveCount(1)
  await expect(toolbar.rows).toContainText('the price of this book is missing')
})
