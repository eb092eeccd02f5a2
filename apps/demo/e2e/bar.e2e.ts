import type { Page } from '@playwright/test'
import { formatCount, formatMs } from '../../../packages/toolbar/src/ui/format.ts'
import { expect, test } from './fixtures.ts'

test('the bar shows the figures that the API has of the page', async ({ toolbar, demo }) => {
  const id = await toolbar.goto('/wrong/n-plus-one')
  await expect(toolbar.bar).toBeVisible()
  const { request } = await demo.record(id)
  expect(request.counts.sql).toBe(51)
  await expect(toolbar.figure('status')).toContainText(`200GET${request.path}`)
  await expect(toolbar.figure('total')).toHaveText(`Total time ${formatMs(request.durationMs).replace('\u00a0', '')}`)
  await expect(toolbar.figure('sql')).toHaveText(`SQL queries 51${formatMs(request.times.sql ?? 0)}×50`)
  await expect(toolbar.figure('templates')).toContainText(formatCount(request.counts.template ?? 0))
  await expect(toolbar.figure('templates')).toContainText(formatMs(request.times.template ?? 0))
  await expect(toolbar.figure('signals')).toHaveText(`Signals ${request.counts.signal ?? 0}`)
  await expect(toolbar.figure('logs')).toHaveText(`Log lines ${request.counts.log ?? 0}`)
  await expect(toolbar.figure('cpu')).toContainText(formatMs(request.times.cpu ?? 0).split('\u00a0')[0] as string)
  await expect(toolbar.figure('history')).toHaveText('Requests of this page 1request')
})

test('each figure of the bar opens the panel that explains it', async ({ toolbar }) => {
  await toolbar.goto('/wrong/signals')
  const panels = {
    status: 'timeline',
    total: 'timeline',
    sql: 'sql',
    templates: 'templates',
    signals: 'signals',
    logs: 'logs',
    cpu: 'time',
  }
  for (const [figure, panel] of Object.entries({ ...panels, history: 'history' })) {
    await toolbar.figure(figure).click()
    await expect(toolbar.tab(panel), `panel of ${figure}`).toHaveAttribute('aria-selected', 'true')
    await toolbar.settled(panel)
    await expect(toolbar.bar).toBeHidden()
    await toolbar.close()
  }
})

test('a figure under the pointer shows its card, and none the moment the pointer leaves', async ({ toolbar, page }) => {
  await toolbar.goto('/wrong/n-plus-one')
  await toolbar.figure('sql').hover()
  const card = toolbar.host.locator('#peek')
  await expect(card).toContainText('Similar50')
  const [cardBox, barBox] = await Promise.all([card.boundingBox(), toolbar.bar.boundingBox()])
  expect((cardBox?.y ?? 0) + (cardBox?.height ?? 0)).toBeLessThanOrEqual(barBox?.y ?? 0)
  await page.mouse.move(10, 10)
  await expect(card).toHaveCount(0)
})

test('the bar shrinks to a pill that is remembered, and grows again', async ({ toolbar, page }) => {
  await toolbar.goto('/about')
  const full = (await toolbar.bar.boundingBox())?.width ?? 0
  await toolbar.bar.getByRole('button', { name: 'Shrink to a pill' }).click()
  await expect(toolbar.bar).toHaveAttribute('data-shape', 'pill')
  await expect(toolbar.figure('sql')).toBeHidden()
  await expect(toolbar.figure('status')).toBeVisible()
  expect((await toolbar.bar.boundingBox())?.width ?? 0).toBeLessThan(full / 2)
  await page.reload()
  await expect(toolbar.bar).toHaveAttribute('data-shape', 'pill')
  await toolbar.bar.getByRole('button', { name: 'Grow to a bar' }).click()
  await expect(toolbar.figure('sql')).toBeVisible()
})

test('the bar is dragged by its logo to another dock and stays there', async ({ toolbar, page }) => {
  await toolbar.goto('/about')
  const drag = async (x: number, y: number): Promise<void> => {
    const logo = await toolbar.figure('logo').boundingBox()
    await page.mouse.move((logo?.x ?? 0) + 8, (logo?.y ?? 0) + 8)
    await page.mouse.down()
    await page.mouse.move(x, y, { steps: 4 })
    await page.mouse.up()
  }
  await drag(1430, 30)
  await expect(toolbar.bar).toHaveAttribute('data-dock', 'tr')
  await expect(toolbar.drawer).toBeHidden()
  const corner = await toolbar.bar.boundingBox()
  expect(corner?.y).toBe(8)
  expect(Math.round((corner?.x ?? 0) + (corner?.width ?? 0))).toBeGreaterThan(1440 - 24)
  await page.reload()
  await expect(toolbar.bar).toHaveAttribute('data-dock', 'tr')
  await drag(5, 450)
  await expect(toolbar.bar).toHaveAttribute('data-dock', 'l')
  const column = await toolbar.bar.boundingBox()
  expect(column?.width).toBe(48)
  expect(column?.height).toBeGreaterThan(200)
})

test('bar and drawer are not printed', async ({ toolbar, page }) => {
  await toolbar.goto('/about')
  await expect(toolbar.bar).toBeVisible()
  await page.emulateMedia({ media: 'print' })
  await expect(toolbar.bar).toBeHidden()
  await page.emulateMedia({ media: 'screen' })
  await toolbar.open()
  await page.emulateMedia({ media: 'print' })
  await expect(toolbar.drawer).toBeHidden()
})

test('at the end of a scrolling page the bar steps aside to a pill, and comes back', async ({ toolbar, page }) => {
  await toolbar.goto('/books')
  await expect(toolbar.bar).toHaveAttribute('data-shape', 'bar')
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
  await expect(toolbar.bar).toHaveAttribute('data-shape', 'pill')
  await page.evaluate(() => window.scrollTo(0, 0))
  await expect(toolbar.bar).toHaveAttribute('data-shape', 'bar')
})

test('the toolbar shifts nothing on the page, neither when it arrives, nor when it opens, nor when a fetch comes in', async ({
  toolbar,
  page,
}) => {
  await page.addInitScript(() => {
    const shifts: string[] = []
    Object.defineProperty(window, '__shifts', { value: shifts, enumerable: false })
    new PerformanceObserver((list) => {
      // what moves in a shadow root has no node here
      for (const entry of list.getEntries() as (PerformanceEntry & { sources: { node: Node | null }[] })[])
        for (const { node } of entry.sources) shifts.push(node?.nodeName ?? 'toolbar')
    }).observe({ type: 'layout-shift', buffered: true })
  })
  const shifts = () => page.evaluate(() => (window as unknown as { __shifts: string[] }).__shifts)
  await toolbar.goto('/books')
  const box = async () => page.locator('body').boundingBox()
  await expect(toolbar.bar).toBeVisible()
  const before = await box()
  await toolbar.openPanel('sql')
  expect(await box()).toEqual(before)
  await toolbar.close()
  expect(await shifts()).toEqual([])
  // and the observer would have seen one
  await page.evaluate(() => document.body.prepend(Object.assign(document.createElement('p'), { style: 'height: 200px' })))
  await expect.poll(shifts).not.toEqual([])

  await toolbar.goto('/explore')
  await expect(toolbar.figure('history')).toContainText('2requests')
  await page.evaluate(() => document.getElementById('categories')?.click())
  await expect(toolbar.figure('history')).toContainText('3requests')
  expect(await shifts()).not.toContain('toolbar')
})

test('the page has the same globals, elements and styles with the toolbar and without', async ({ toolbar, page, demo, bare }) => {
  const look = async (): Promise<{ globals: string[]; body: string; styles: number; head: string }> =>
    page.evaluate(() => ({
      globals: Object.getOwnPropertyNames(window).sort(),
      body: [...document.body.querySelectorAll('*')].map(({ tagName }) => tagName).join(' '),
      head: document.head.innerHTML,
      styles: document.styleSheets.length + document.adoptedStyleSheets.length,
    }))
  await page.goto(`${bare.url}/about`)
  await expect(page.getByRole('contentinfo')).toBeVisible()
  expect(await page.locator('debug-toolbar').count()).toBe(0)
  const without = await look()
  await page.goto(`${demo.url}/about`)
  await toolbar.openPanel('sql')
  const along = await look()
  expect(along.globals).toEqual(without.globals)
  expect(along.styles).toBe(without.styles)
  expect(along.head).toBe(without.head)
  expect(along.body).toBe(`${without.body} SCRIPT`)
  expect(await fetchIsNative(page)).toBe(true)
})

const fetchIsNative = (page: Page): Promise<boolean> =>
  page.evaluate(() => [fetch, XMLHttpRequest, history.pushState, console.log].every((fn) => String(fn).includes('[native code]')))
