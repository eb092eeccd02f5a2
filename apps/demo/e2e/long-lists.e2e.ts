import { expect, test } from './fixtures.ts'
import { type MainThreadWork, slowness, traceMainThread } from './main-thread.ts'

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
  const seen: (MainThreadWork & { slow: number })[] = []
  const isQuiet = ({ p95, longestTask, slow }: (typeof seen)[number]) => p95 < 8 * slow && longestTask < 50
  for (let run = 0; run < 10 && !seen.some(isQuiet); run++) {
    const slow = await slowness(page.context())
    const work = await traceMainThread(page, async (session) => {
      // 60 rows a second: as fast as they can be told apart
      await session.send('Input.synthesizeScrollGesture', { ...at, yDistance: -3000, speed: 1500, gestureSourceType: 'mouse' })
    })
    seen.push({ ...work, slow })
    expect(await isDrawn(), 'a row where the wheel stopped').toBe(true)
  }
  info.annotations.push({ type: 'measured', description: JSON.stringify({ opened, wire, seen }) })
  expect(seen.find(isQuiet), JSON.stringify(seen)).toBeDefined()
})
