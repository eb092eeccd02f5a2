import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import type { Toolbar } from './toolbar.ts'

/** The events that reach a page which listens to everything, at both ends of the way. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const heard: string[] = []
    Object.defineProperty(window, '__heard', { value: heard, enumerable: false })
    for (const type of ['keydown', 'keyup', 'input', 'change', 'click', 'pointerdown', 'mousedown', 'mouseup', 'focusin', 'wheel', 'paste'])
      for (const target of [window, document])
        target.addEventListener(type, (event) => heard.push(event instanceof KeyboardEvent ? `${type} ${event.key}` : type))
  })
  return () =>
    page.evaluate(() => {
      const { __heard: heard } = window as unknown as { __heard: string[] }
      return heard.splice(0)
    })
}

test('keys and clicks in the toolbar do not reach the page, and those on the page do', async ({ toolbar, page }) => {
  const heard = await listen(page)
  await toolbar.goto('/wrong/n-plus-one')
  await toolbar.openPanel('sql')
  await toolbar.filter.click()
  await page.keyboard.type('au/t[?')
  await expect(toolbar.filter).toHaveValue('au/t[?')
  await toolbar.filter.fill('')
  await toolbar.panel.locator('[data-key=q1]').click()
  await page.keyboard.press('ArrowDown')
  await page.mouse.wheel(0, 100)
  await toolbar.switchButton.click()
  await page.keyboard.press('Escape')
  await toolbar.close()
  expect(await heard()).toEqual([])
  await page.getByRole('searchbox').first().click()
  await page.keyboard.type('a')
  expect(await heard()).toEqual(expect.arrayContaining(['keydown a', 'input', 'click', 'focusin']))
})

/** Where the toolbar's parts are and how they look. */
async function looks({ host, bar, drawer }: Toolbar): Promise<unknown> {
  const open = await drawer.isVisible()
  const parts = open ? '.drawer, .hd, .switch, .nav [role=tab], .phead, .row, .inp' : '.bar, .bi'
  await expect(open ? drawer : bar).toBeVisible()
  return host.locator(parts).evaluateAll((elements) =>
    elements.slice(0, 40).map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect()
      const { color, backgroundColor, fontFamily, fontSize, display, direction, letterSpacing } = getComputedStyle(element)
      // figures differ from one request to the next, so do their widths
      const box = element.matches('.bi, .switch') ? [y, height] : [x, y, width, height]
      return {
        name: element.className,
        box,
        look: [color, backgroundColor, fontFamily, fontSize, display, direction, letterSpacing].join(),
      }
    }),
  )
}

const hostile = `
  * { all: unset !important; letter-spacing: 9px !important; direction: rtl !important }
  div, section, button, debug-toolbar { display: none !important; opacity: 0 !important; transform: rotate(9deg) !important; width: 1px !important }
  :root { --bg-1: red; --ink-1: red; --rh: 90px; --bar: 90px; font-size: 40px }
  html { filter: none; zoom: 1 }`

test('styles that undo everything on the page leave the toolbar as it is', async ({ toolbar, page }) => {
  await toolbar.goto('/wrong/n-plus-one')
  await expect(toolbar.bar).toBeVisible()
  const bar = await looks(toolbar)
  await toolbar.openPanel('sql')
  const drawer = await looks(toolbar)
  const heading = () => page.getByRole('heading', { level: 1 }).evaluate((element) => getComputedStyle(element).letterSpacing)
  await page.addStyleTag({ content: hostile })
  expect(await heading(), 'the styles do work on the page').toBe('9px')
  expect(await looks(toolbar)).toEqual(drawer)
  await toolbar.close()
  expect(await looks(toolbar)).toEqual(bar)
})

test('a localStorage that throws costs only what would be remembered', async ({ toolbar, page }) => {
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('The operation is insecure.', 'SecurityError')
        },
      })
  })
  await toolbar.goto('/wrong/n-plus-one')
  await toolbar.figure('sql').click()
  await expect(toolbar.rows).toHaveCount(52)
  await toolbar.drawer.getByRole('button', { name: /^Theme/ }).click()
  await toolbar.openPanel('preferences')
  await expect(toolbar.panel.getByRole('status')).toContainText('does not let this page store anything (SecurityError)')
  await toolbar.close()
  await toolbar.bar.getByRole('button', { name: 'Shrink to a pill' }).click()
  await expect(toolbar.bar).toHaveAttribute('data-shape', 'pill')
})

test('what is stored by somebody else, or by a newer version, is taken field by field', async ({ toolbar, page }) => {
  await toolbar.prefer({ barShape: 'pill', barDock: 'middle', panel: '../../x', height: 'tall', theme: 'dark', future: { of: 'toolbars' } })
  await toolbar.goto('/about')
  await expect(toolbar.bar).toHaveAttribute('data-shape', 'pill')
  await expect(toolbar.bar).toHaveAttribute('data-dock', 'b')
  await toolbar.open()
  await expect(toolbar.tab('timeline')).toHaveAttribute('aria-selected', 'true')
  await expect.poll(() => page.evaluate(() => localStorage.getItem('debug-toolbar:v1') ?? '')).not.toContain('GET')
})

test('a page that replaces its whole body keeps the toolbar', async ({ toolbar, page }) => {
  await toolbar.goto('/about')
  await expect(toolbar.bar).toBeVisible()
  await page.evaluate(() => document.body.replaceWith(document.createElement('body')))
  await toolbar.openPanel('sql')
  await expect(toolbar.panel).toContainText('No SQL in this request')
})

for (const path of ['/wrong/strict-csp', '/wrong/trusted-types'])
  test(`the toolbar works under the policy of ${path}, without a violation`, async ({ toolbar, page, complaints }) => {
    await page.goto('/about')
    const response = await page.goto(path)
    const policy = response?.headers()['content-security-policy'] ?? ''
    expect(policy).toMatch(path.endsWith('csp') ? /default-src 'none'.*nonce-/ : /require-trusted-types-for 'script'/)
    await toolbar.figure('sql').click()
    for (const panel of ['sql', 'timeline', 'headers', 'preferences', 'history']) await toolbar.openPanel(panel)
    await toolbar.switchButton.click()
    await expect(toolbar.switcher.getByRole('row').first()).toBeVisible()
    expect(complaints.list).toEqual([])
    // and a violation would have been seen
    if (path.endsWith('csp')) {
      complaints.allow(/style-src|Content Security Policy/)
      await page.evaluate(() => document.body.setAttribute('style', 'color: red'))
      await expect.poll(() => complaints.seen.join()).toContain('policy: style-src')
    }
  })
