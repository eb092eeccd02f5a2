import { expect, test } from './fixtures.ts'
import { type MainThreadWork, traceMainThread } from './main-thread.ts'

test('a thousand queries are a folded group first, then rows drawn only where they are seen', async ({ toolbar, page }) => {
  await toolbar.prefer({ gaps: false })
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

test('ten thousand queries open at once, scroll without long work, and are small on the wire', async ({ toolbar, page }, info) => {
  test.setTimeout(60_000)
  await toolbar.goto('/wrong/thousand-queries?n=10000')
  await toolbar.openPanel('timeline')
  const wire: number[] = []
  page.on('response', async (response) => {
    if (response.url().includes('/panels/sql')) wire.push(Number(response.headers()['content-length']))
  })
  const open = () =>
    page.evaluate(async () => {
      const root = document.querySelector('debug-toolbar')?.shadowRoot as ShadowRoot
      const start = performance.now()
      root.querySelector<HTMLElement>('#tab-sql')?.click()
      while (!root.querySelector('.row.sqlg')) await new Promise((resolve) => setTimeout(resolve))
      // until it is painted
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      return performance.now() - start
    })
  const opened: number[] = []
  // a machine that is busy with other things is slow by itself: one quiet run of three is enough
  for (let run = 0; run < 3 && !opened.some((ms) => ms < 100); run++) {
    if (run > 0) {
      await page.reload()
      await toolbar.openPanel('timeline')
    }
    await toolbar.tab('sql').hover()
    // the pointer on the tab brings its data, as it does for people
    await expect.poll(() => wire.length).toBeGreaterThan(run)
    opened.push(await open())
  }
  expect(Math.min(...opened), `ms to open: ${opened.map(Math.round).join(', ')}`).toBeLessThan(100)
  expect(Math.max(...wire)).toBeLessThanOrEqual(100_000)

  await toolbar.panel.getByRole('button', { name: 'In order' }).click()
  await expect(toolbar.grid).toHaveAttribute('aria-rowcount', /^100\d\d$/)
  const list = toolbar.panel.locator('.gridbox')
  const box = (await list.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  const at = { x: box.x + 200, y: box.y + box.height / 2 }
  const isDrawn = () =>
    list.evaluate((element, { x, y }) => Boolean((element.getRootNode() as ShadowRoot).elementFromPoint(x, y)?.closest('[data-key]')), at)
  // and the caches of a busy machine are cold: one quiet run of ten
  const seen: MainThreadWork[] = []
  const isQuiet = ({ p95, longestTask }: MainThreadWork) => p95 < 8 && longestTask < 50
  for (let run = 0; run < 10 && !seen.some(isQuiet); run++) {
    seen.push(
      await traceMainThread(page, async (session) => {
        // 60 rows a second: as fast as they can be told apart
        await session.send('Input.synthesizeScrollGesture', { ...at, yDistance: -3000, speed: 1500, gestureSourceType: 'mouse' })
      }),
    )
    expect(await isDrawn(), 'a row where the wheel stopped').toBe(true)
  }
  info.annotations.push({ type: 'measured', description: JSON.stringify({ opened, wire, seen }) })
  expect(seen.find(isQuiet), JSON.stringify(seen)).toBeDefined()
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
