import { expect, type Page } from '@playwright/test'
import { Complaints } from './fixtures.ts'
import { check, quiet, watchRequests } from './page-fixtures.ts'
import { manners } from './page-side.ts'

/** R53-R56: what the page is, and what it does to itself, is as if there was no toolbar on it. */

check('R53 R55 it adds no global, changes no built-in and no style, shifts nothing and takes no focus', async ({ page, toolbar }) => {
  const read = () => page.evaluate(() => ((Object.prototype as never)[Symbol.for('measure') as never] as () => Record<string, unknown>)())
  await page.goto('/bare/measured')
  await quiet()
  const bare = await read()
  await page.goto('/measured')
  await expect(toolbar.figure('status')).toBeVisible()
  expect((await read()).active).toBe('body')
  await toolbar.openPanel('timeline')
  await toolbar.close()
  await quiet()
  const ours = await read()
  expect(ours.globals).toEqual([])
  expect({ ...ours, children: Number(ours.children) - 1, active: 'body' }).toEqual({ ...bare, active: 'body' })
  // and it would be seen
  await page.evaluate(() => {
    Object.assign(window, { added: 1 })
    history.pushState = () => {}
    ;(document.querySelector('h1') as HTMLElement).style.marginTop = '400px'
  })
  await expect.poll(async () => ((await read()).shifts as number[]).length).toBeGreaterThan(0)
  expect(await read()).toMatchObject({ globals: ['added'] })
})

for (const width of [1280, 360])
  check(`clicks beside the bar, keys and focus traps are the page's at ${width} px (wishes b23)`, async ({ page, toolbar }) => {
    await page.setViewportSize({ width, height: 700 })
    await page.goto('/crowded')
    await expect(toolbar.figure('logo')).toBeVisible()
    const log = () => page.evaluate(() => (window as unknown as { log: string[] }).log.splice(0).join())
    for (const id of ['left', 'right', 'chat']) await page.locator(`#${id}`).click({ timeout: 1_000 })
    await page.keyboard.press('k')
    await page.keyboard.press('Control+k')
    expect(await log()).toBe('left,right,chat,k,ctrl+k')
    await page.locator('dialog').evaluate((dialog) => (dialog as HTMLDialogElement).showModal())
    await page.locator('#two').click({ timeout: 1_000 })
    const focused = () => page.evaluate(() => document.activeElement?.id)
    for (let press = 0; press < 3; press++) await page.keyboard.press('Tab')
    expect(['one', 'two', ''], 'the focus stays in the dialog').toContain(await focused())
    expect(await page.evaluate(() => document.activeElement?.localName)).not.toBe('debug-toolbar')
    await page.keyboard.press('Escape')
    await expect(page.locator('dialog')).toBeHidden()
    expect(await log()).toBe('two')
    await page.keyboard.press('Control+Backquote')
    await expect(toolbar.drawer).toBeVisible()
    expect(await log(), 'the one key that is the toolbar’s').toBe('')
  })

check('R56 Turbo: one toolbar, one stream, no request', async ({ page, toolbar }) => {
  const requests = watchRequests(page)
  await page.goto('/turbo-1')
  await expect(toolbar.figure('status')).toBeVisible()
  await quiet()
  const before = requests.count()
  for (let visit = 1; visit <= 6; visit++) {
    await page.getByRole('link', { name: 'next' }).click()
    await expect(page.getByRole('heading')).toHaveText(`turbo ${1 + (visit % 2)}`)
  }
  await page.goBack()
  await expect(page.getByRole('heading')).toHaveText('turbo 2')
  await quiet()
  expect(await page.evaluate(() => performance.getEntriesByType('navigation').length)).toBe(1)
  await expect(toolbar.host).toHaveCount(1)
  expect(requests.streams()).toBe(1)
  expect(requests.count() - before).toBe(0)
  await expect(toolbar.figure('history')).toContainText(/(?:[7-9]|1\d)requests/)
})

check('R56 htmx, morphing, view transitions and 50 replaced bodies: one toolbar, one stream, no request', async ({ page, toolbar }) => {
  const requests = watchRequests(page)
  await page.goto('/htmx')
  await expect(toolbar.figure('status')).toBeVisible()
  await page.getByText('boosted').click()
  await expect(page.getByRole('heading')).toHaveText('second')
  await page.getByRole('button', { name: 'part' }).click()
  await expect(page.getByText('a part')).toBeVisible()
  await quiet()
  const before = requests.count()
  await page.evaluate(async () => {
    const { Idiomorph } = window as unknown as { Idiomorph: { morph(node: Element, html: string): void } }
    Idiomorph.morph(document.body, '<body><h1>morphed</h1></body>')
    await document.startViewTransition(() => document.body.replaceWith(document.createElement('body'))).finished
    for (let count = 0; count < 50; count++) {
      document.body.replaceWith(document.createElement('body'))
      document.body.innerHTML = '<p>text</p>'
      document.body.innerHTML = ''
    }
  })
  await quiet()
  await expect(toolbar.host).toHaveCount(1)
  expect([requests.count() - before, requests.streams()]).toEqual([0, 1])
  await toolbar.openPanel('timeline')
})

check('R56 a document that is written anew, and one that removes what it does not know', async ({ page, toolbar }) => {
  const requests = watchRequests(page)
  await page.goto('/plain')
  await expect(toolbar.figure('status')).toBeVisible()
  for (let count = 0; count < 3; count++) {
    await page.evaluate(() => {
      document.open()
      document.write('<!doctype html><title>new</title><h1>written</h1>')
      document.close()
    })
    await expect(toolbar.figure('status')).toBeVisible()
    await expect.poll(() => requests.streams()).toBe(1)
  }
  await expect(toolbar.host).toHaveCount(1)
  await page.keyboard.press('Control+Backquote')
  await expect(toolbar.drawer).toBeVisible()
  await toolbar.close()
  const before = requests.count()
  await toolbar.host.evaluate((element) => element.remove())
  await expect(toolbar.figure('status')).toBeVisible()
  expect(requests.count(), 'the same goes on').toBe(before)
  await page.evaluate(() => {
    new MutationObserver(() => document.querySelector('html > debug-toolbar')?.remove()).observe(document.documentElement, {
      childList: true,
    })
    document.querySelector('html > debug-toolbar')?.remove()
  })
  await expect.poll(() => requests.streams(), 'whoever insists is right').toBe(0)
  await expect(toolbar.host).toHaveCount(0)
})

for (const whole of ['root', 'document'])
  check(`React hydrates its ${whole} without a word (wishes b26)`, async ({ page, toolbar }) => {
    await page.goto(`/react-${whole}`)
    await expect(page).toHaveTitle('hydrated')
    await expect(toolbar.figure('status')).toBeVisible()
    await expect(page.getByText('hello')).toBeVisible()
    await expect(toolbar.host).toHaveCount(1)
  })

check('frames get no toolbar of their own', async ({ page, toolbar }) => {
  await page.goto('/frames')
  await expect(toolbar.figure('status')).toBeVisible()
  await quiet()
  expect(await Promise.all(page.frames().map((frame) => frame.locator('debug-toolbar').count()))).toEqual([1, 0, 0])
})

check('styles of the root element do not carry the toolbar off', async ({ page, toolbar }) => {
  await page.goto('/tall')
  for (const style of [
    'filter:blur(0)',
    'transform:translateY(1px)',
    'will-change:transform',
    'contain:paint',
    'zoom:1.5',
    'overflow:hidden',
  ]) {
    await page.evaluate((text) => document.documentElement.setAttribute('style', text), style)
    await expect(toolbar.bar, style).toBeInViewport({ ratio: 1 })
    await toolbar.figure('logo').click({ trial: true, timeout: 1_000 })
  }
  await page.emulateMedia({ media: 'print' })
  await expect(toolbar.bar).toBeHidden()
})

check('T37 names in the page that hide those of the browser, and a base', async ({ page, toolbar, app, complaints }) => {
  const elsewhere: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(app.url) && !request.url().startsWith('data:')) elsewhere.push(request.url())
  })
  await page.goto('/clobbered')
  await toolbar.openPanel('headers')
  expect(elsewhere).toEqual([])
  // with a base of another site the script is that site's to answer: no toolbar, and nothing else goes there
  complaints.allow(/net::ERR_FAILED/)
  await page.route('**/evil.example/**', (route) => route.abort())
  await page.goto('/foreign-base')
  await expect.poll(() => elsewhere).toEqual([expect.stringMatching(/^http:\/\/evil\.example\/__debug__\/assets\/toolbar\.[\w-]+\.js/)])
  await expect(toolbar.host).toHaveCount(0)
})

async function tryManners(page: Page, url: string, names: readonly string[]): Promise<void> {
  const complaints = new Complaints()
  await complaints.watch(page)
  const host = page.locator('debug-toolbar')
  for (const name of names) {
    const { works } = manners[name] as { works: boolean }
    const before = complaints.seen.length
    await page.goto(`${url}/${name.replaceAll(' ', '-')}`)
    if (works) await host.locator('.bar').waitFor()
    else await quiet()
    expect.soft(complaints.seen.slice(before), name).toEqual([])
    expect.soft(await host.count(), name).toBe(works ? 1 : 0)
  }
}

check('pages that replace, extend, freeze or remove what all share hear no error of the toolbar (wishes b25)', async ({ context, app }) => {
  const names = Object.keys(manners)
  await Promise.all(
    [0, 1, 2].map(async (tab) =>
      tryManners(
        await context.newPage(),
        app.url,
        names.filter((_, index) => index % 3 === tab),
      ),
    ),
  )
})
