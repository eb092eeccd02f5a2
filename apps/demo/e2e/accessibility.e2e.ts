import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import type { Toolbar } from './toolbar.ts'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** Which page has something to show in which panels. */
const stops = {
  '/wrong/n-plus-one': ['findings', 'sql'],
  '/wrong/duplicate-queries': ['timeline', 'templates', 'request', 'headers', 'time', 'history', 'preferences'],
  '/wrong/signals': ['signals'],
  '/wrong/error-with-causes/now': ['exceptions', 'response', 'logs'],
}
const withDetails = new Set(['sql', 'signals'])

interface Seen {
  violations: { id: string; nodes: { target: unknown[]; html: string }[] }[]
  passes: { id: string; nodes: { target: unknown[] }[] }[]
}

/** One look of axe: at the toolbar, or at the details alone where the rest of it has been looked at. */
interface State {
  name: string
  part?: '.detail-box'
}

/** Violations in the toolbar, told by rule and element; axe must have looked inside the shadow root and told its colours. */
async function violations(page: Page, { name, part }: State, only: 'everything' | 'colours'): Promise<string[]> {
  const where = `${name}, ${only}`
  const options = {
    runOnly: only === 'everything' ? { type: 'tag' as const, values: tags } : { type: 'rule' as const, values: ['color-contrast'] },
    resultTypes: ['violations' as const],
  }
  const context = part === undefined ? 'debug-toolbar' : { fromShadowDom: ['debug-toolbar', part] }
  const results = (await page.evaluate(
    ([looked, chosen]) => {
      const { axe } = window as unknown as { axe?: { run(context: unknown, options: unknown): Promise<unknown> } }
      return axe ? axe.run(looked, chosen) : null
      // the builder brings axe along and leaves it on the page: later runs there need no more of it
    },
    [context, options] as const,
  )) as Seen | null
  const seen: Seen = results ?? (await new AxeBuilder({ page }).setLegacyMode(true).include('debug-toolbar').options(options).analyze())
  const [pass] = seen.passes.find(({ id }) => id === 'color-contrast')?.nodes ?? []
  expect(pass?.target[0], `${where}: a text whose contrast axe could tell`).toEqual(['debug-toolbar', expect.any(String)])
  return seen.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html }) => `${where}: ${id} ${JSON.stringify(target)} ${html.slice(0, 160)}`),
  )
}

/** Everything there is to see, state after state. */
async function* states(toolbar: Toolbar): AsyncGenerator<State> {
  for (const [path, panels] of Object.entries(stops)) {
    await toolbar.goto(path)
    await expect(toolbar.bar.or(toolbar.drawer)).toBeVisible()
    // axe reads colours of what lies in the body only, and the toolbar hangs beside it; the rest of the page is not looked at, but walked
    await toolbar.page.evaluate(() => document.body.replaceChildren(document.querySelector('debug-toolbar') as Element))
    if (await toolbar.bar.isVisible()) yield { name: 'bar' }
    for (const panel of panels) {
      await toolbar.openPanel(panel)
      yield { name: panel }
      if (!withDetails.has(panel)) continue
      await toolbar.rows.nth(1).click()
      await expect(toolbar.detail).toBeVisible()
      yield { name: `${panel} with details` }
      for (const tab of (await toolbar.detail.getByRole('tab').allTextContents()).slice(1)) {
        await toolbar.detail.getByRole('tab', { name: tab }).click()
        const action = { Plan: 'Explain', Result: 'Run again' }[tab]
        if (action) {
          await toolbar.detail.getByRole('button', { name: action, exact: true }).click()
          await expect(toolbar.detail.getByRole('tree').or(toolbar.detail.getByRole('table'))).toBeVisible()
        }
        yield { name: `${panel} with ${tab}`, part: '.detail-box' }
      }
      await toolbar.detail.getByRole('button', { name: 'Close details' }).click()
    }
  }
  await toolbar.switchButton.click()
  await expect(toolbar.switcher).toBeVisible()
  yield { name: 'switcher' }
}

for (const width of [1440, 390])
  test(`axe finds nothing in the toolbar at ${width} px, in both themes`, async ({ toolbar, page }) => {
    // twenty states, each looked at twice
    test.setTimeout(90_000)
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const found: string[] = []
    for await (const state of states(toolbar)) {
      await page.emulateMedia({ colorScheme: 'dark' })
      found.push(...(await violations(page, state, 'everything')))
      await page.emulateMedia({ colorScheme: 'light' })
      // only colours differ
      found.push(...(await violations(page, state, 'colours')))
    }
    expect(found).toEqual([])
  })
