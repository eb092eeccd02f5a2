import { join } from 'node:path'
import type { TestInfo } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import type { Theme, Toolbar } from './toolbar.ts'

const background = (toolbar: Toolbar): Promise<string> =>
  toolbar.host
    .locator('.bar, .drawer')
    .first()
    .evaluate((element) => getComputedStyle(element).backgroundColor)

/** Kept beside the results, for looking at. */
const picture = (info: TestInfo, name: string): string => join(info.project.outputDir, 'looks', `${name}.png`)

test('dark and light follow the system, and a choice of its own wins', async ({ toolbar, page }, info) => {
  const seen: Partial<Record<Theme, { bar: string; drawer: string }>> = {}
  for (const theme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await toolbar.goto('/wrong/n-plus-one')
    await expect(toolbar.bar).toBeVisible()
    const bar = await background(toolbar)
    await page.screenshot({ path: picture(info, `bar-${theme}`) })
    await toolbar.openPanel('sql')
    await toolbar.panel.locator('[data-key=q1]').click()
    await page.screenshot({ path: picture(info, `sql-${theme}`) })
    seen[theme] = { bar, drawer: await background(toolbar) }
    await toolbar.close()
  }
  expect(seen.light?.bar).not.toBe(seen.dark?.bar)
  expect(seen.light?.drawer).not.toBe(seen.dark?.drawer)
  await toolbar.open()
  await toolbar.drawer.getByRole('button', { name: 'Theme: system' }).click()
  await expect(toolbar.drawer.getByRole('button', { name: 'Theme: light' })).toBeVisible()
  await toolbar.drawer.getByRole('button', { name: 'Theme: light' }).click()
  await expect.poll(() => background(toolbar)).toBe(seen.dark?.drawer)
  await expect.poll(() => page.evaluate(() => localStorage.getItem('debug-toolbar:v1') ?? '')).toContain('"theme":"dark"')
  await page.reload()
  await expect.poll(() => background(toolbar)).toBe(seen.dark?.drawer)
})

test('on a screen of 390 px nothing is cut off sideways and every tab can be reached', async ({ toolbar, page, demo }, info) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const id = await toolbar.goto('/wrong/n-plus-one')
  const box = await toolbar.bar.boundingBox()
  expect(box?.x ?? -1).toBeGreaterThanOrEqual(0)
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390)
  await toolbar.open()
  const { panels } = await demo.record(id)
  for (const panel of [...panels.map((each) => each.id), 'preferences']) {
    await toolbar.openPanel(panel)
    await expect(toolbar.tab(panel)).toBeInViewport({ ratio: 1 })
    const wide = await toolbar.drawer.evaluate((drawer) =>
      [drawer, ...drawer.querySelectorAll('.hd, .switch, .main, .panel, .phead, .filter, .seg, .pbody, .pcol')]
        .filter((element) => element.getBoundingClientRect().right > 390.5 || (element as HTMLElement).scrollLeft > 0)
        .map(({ className }) => className),
    )
    if (panel === 'sql') await page.screenshot({ path: picture(info, `narrow-${panel}`) })
    expect(wide, `${panel} is wider than the screen`).toEqual([])
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await toolbar.openPanel('sql')
  await toolbar.panel.locator('[data-key=q1]').click()
  await expect(toolbar.detail).toBeVisible()
  await expect(toolbar.detail.getByRole('button', { name: 'Close details' })).toBeInViewport({ ratio: 1 })
})

test('the drawer docks to the right, is resized by keys and pointer, and remembers it', async ({ toolbar, page }, info) => {
  await toolbar.goto('/wrong/n-plus-one')
  await toolbar.openPanel('sql')
  const grip = toolbar.drawer.getByRole('separator', { name: 'Resize the toolbar' })
  const size = async () => {
    const { width, height } = (await toolbar.drawer.boundingBox()) ?? { width: 0, height: 0 }
    return [Math.round(width), Math.round(height)]
  }
  expect(await size()).toEqual([1440, 540])
  await grip.focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await expect.poll(size).toEqual([1440, 572])
  await expect(grip).toHaveAttribute('aria-valuenow', String(Math.round((572 / 876) * 100)))
  for (let press = 0; press < 30; press++) await page.keyboard.press('ArrowDown')
  await expect.poll(size, 'no less than 200 px').toEqual([1440, 200])

  await toolbar.drawer.getByRole('button', { name: 'Dock' }).click()
  await toolbar.drawer.getByRole('menuitemradio', { name: 'Right' }).click()
  await expect.poll(size).toEqual([720, 900])
  await page.screenshot({ path: picture(info, 'right') })
  await grip.hover({ position: { x: 2, y: 300 } })
  await page.mouse.down()
  await page.mouse.move(940, 300, { steps: 3 })
  await page.mouse.up()
  await expect.poll(size).toEqual([500, 900])
  await grip.focus()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(size).toEqual([516, 900])
  await expect.poll(() => page.evaluate(() => localStorage.getItem('debug-toolbar:v1') ?? '')).toContain('"width":516')
  await page.reload()
  await expect.poll(size).toEqual([516, 900])
})

test('the page at the toolbar’s own address shows the newest request and the ones after it', async ({ toolbar, demo, page }) => {
  await demo.visit('/wrong/n-plus-one')
  await page.goto('/__debug__/')
  await toolbar.expectShown('/wrong/n-plus-one')
  await toolbar.openPanel('sql')
  await expect(toolbar.rows).toHaveCount(52)
  expect(await toolbar.drawer.boundingBox()).toEqual({ x: 0, y: 0, width: 1440, height: 900 })
  await expect(toolbar.drawer.getByRole('button', { name: 'Close', exact: true })).toHaveCount(0)
  await demo.visit('/authors')
  await toolbar.expectShown('/authors')
  await page.keyboard.press('Escape')
  await expect(toolbar.drawer).toBeVisible()
})
