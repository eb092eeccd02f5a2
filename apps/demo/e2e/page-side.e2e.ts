import { writeFile } from 'node:fs/promises'
import { type BrowserContext, expect, type Page, type Request, test } from '@playwright/test'
import { Complaints } from './fixtures.ts'
import { html, libraries, manners, script } from './page-side.ts'
import { type AppPage, PagesApp } from './pages.ts'
import { Toolbar } from './toolbar.ts'

/** R53-R56: what the page is, and what it does to itself, is as if there was no toolbar on it. */

const measured = `
  <h1 style="margin:40px">Tall</h1><svg viewBox="0 0 10 10"></svg><input id="own"><div style="height:3000px">tall</div>`
const early = `
  const shifts = []; new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: 'layout-shift', buffered: true })
  const read = () => ({
    names: Object.getOwnPropertyNames(window).concat(Object.getOwnPropertySymbols(window).map(String)),
    builtIns: ['fetch', 'XMLHttpRequest', 'history', 'Array', 'Object', 'Promise', 'JSON', 'EventTarget', 'Node', 'Element', 'Document', 'Storage', 'console', 'performance', 'navigator', 'Event']
      .flatMap((name) => [window[name], window[name].prototype].filter(Boolean).flatMap((item) => Object.entries(Object.getOwnPropertyDescriptors(item)).map(([key, { get, set, value }]) => [name + '.' + key, get ?? value, set]))),
  })
  const first = read()
  Object.defineProperty(Object.prototype, Symbol.for('measure'), { value: () => {
    const now = read()
    const changed = now.builtIns.filter(([key, value, set], at) => { const [was, before, setter] = first.builtIns[at] ?? []; return was !== key || !Object.is(before, value) || setter !== set }).map(([key]) => key)
    const elements = [document.documentElement, ...document.querySelectorAll('head, body, body *')]
    return {
      globals: now.names.filter((name) => !first.names.includes(name)), changed,
      shifts: shifts.map(({ value }) => value),
      styles: elements.map((element) => element.localName + [...getComputedStyle(element)].map((name) => getComputedStyle(element).getPropertyValue(name)).join()).filter((text) => !text.startsWith('script')),
      height: document.documentElement.scrollHeight, width: document.documentElement.scrollWidth,
      active: document.activeElement.localName, children: document.body.children.length,
    }
  } })`

const pages: Record<string, AppPage> = {
  ...libraries,
  '/early.js': script(early),
  '/measured': html(measured, '<script src="/early.js"></script>'),
  '/crowded': html(
    `<style>footer{position:sticky;bottom:0;display:flex;justify-content:space-between;height:44px;background:#eee}#chat{position:fixed;right:8px;bottom:56px;width:48px;height:48px;border-radius:50%}</style>
    <div style="height:2000px">tall</div><footer><button id="left">L</button><button id="right">R</button></footer><button id="chat">?</button>
    <dialog><button id="one">one</button><button id="two">two</button></dialog>
    <script>
      window.log = []
      for (const button of document.querySelectorAll('button')) button.addEventListener('click', () => log.push(button.id))
      addEventListener('keydown', (event) => { if (event.key === 'k' || event.code === 'Backquote') log.push(event.ctrlKey ? 'ctrl+' + event.key : event.key) })
      const trap = (event) => { const inside = document.querySelector('dialog'); if (inside.open && !inside.contains(event.target)) one.focus() }
      document.addEventListener('focusin', trap)
    </script>`,
    '<meta name="viewport" content="width=device-width">',
  ),
  ...Object.fromEntries(
    [1, 2].map((number) => [
      `/turbo-${number}`,
      html(`<h1>turbo ${number}</h1><a href="/turbo-${3 - number}">next</a>`, '<script src="/turbo.js" defer></script>'),
    ]),
  ),
  '/htmx': html(
    '<main id="main"><a href="/htmx-2" hx-boost="true">boosted</a><button hx-get="/part" hx-target="#main" hx-swap="innerHTML">part</button></main>',
    '<script src="/htmx.js"></script><script src="/idiomorph.js"></script>',
  ),
  '/htmx-2': html('<main id="main"><h1>second</h1><button hx-get="/part" hx-target="#main" hx-swap="innerHTML">part</button></main>'),
  '/part': { html: '<p>a part</p>' },
  '/tall': html('<div style="height:3000px">tall</div>'),
  '/plain': html('<h1>plain</h1>'),
  '/next': html('<h1>next</h1><a href="/plain">back</a>'),
  '/frames': html('<iframe src="/plain"></iframe><iframe srcdoc="<p>in</p>"></iframe>'),
  ...Object.fromEntries(
    ['root', 'document'].map((whole) => [
      `/react-${whole}`,
      whole === 'root'
        ? html(
            '<div id="root"><p>hello</p></div>',
            `<script src="/react.js"></script><script>addEventListener('load', () => setTimeout(() => { hydrateRoot(document.getElementById('root'), React.createElement('p', null, 'hello'), { onRecoverableError: (error) => console.error(error) }); document.title = 'hydrated' }, 200))</script>`,
          )
        : {
            html: `<!doctype html><html lang="en"><head><title>page</title><script src="/react.js"></script><script src="/hydrate.js" defer=""></script></head><body><p>hello</p></body></html>`,
          },
    ]),
  ),
  '/hydrate.js': script(`const e = React.createElement
    addEventListener('load', () => setTimeout(() => { hydrateRoot(document, e('html', { lang: 'en' }, e('head', null, e('title', null, 'page'), e('script', { src: '/react.js' }), e('script', { src: '/hydrate.js', defer: true })), e('body', null, e('p', null, 'hello'))), { onRecoverableError: (error) => console.error(error) }); setTimeout(() => { document.title = 'hydrated' }, 100) }, 200))`),
  '/foreign-base': html('<h1>page</h1>', '<base href="//evil.example/">'),
  '/clobbered': html(
    `<img name="currentScript" src="data:,"><form id="__debug__" name="documentElement"><input name="body"></form><a id="defaultView" href="//evil.example/"></a>
    <form name="location"></form><img name="scripts"><a id="customElements"></a><script type="text/plain" data-debug-toolbar="forged" data-token="x" data-api="//evil.example"></script>`,
    '<base href="/elsewhere/">',
  ),
  ...Object.fromEntries(
    Object.entries(manners).map(([name, { code }]) => [`/${name.replaceAll(' ', '-')}`, html('<h1>page</h1>', `<script>${code}</script>`)]),
  ),
}

const check = test.extend<{ toolbar: Toolbar; complaints: Complaints }, { app: PagesApp }>({
  app: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs from the first parameter
    async ({}, use) => {
      const app = await PagesApp.start({ pages })
      await use(app)
      await app.stop()
    },
    { scope: 'worker' },
  ],
  baseURL: ({ app }, use) => use(app.url),
  toolbar: ({ page }, use) => use(new Toolbar(page)),
  complaints: [
    async ({ page }, use) => {
      const complaints = new Complaints()
      await complaints.watch(page)
      await use(complaints)
      expect(complaints.list).toEqual([])
    },
    { auto: true },
  ],
})

/** Requests of the toolbar, and how many of its streams are open. */
function watchRequests(page: Page | BrowserContext): { count(): number; streams(): number; most(): number } {
  let count = 0
  let most = 0
  const streams = new Set<Request>()
  const begun = (request: Request): void => {
    if (request.url().includes('/__debug__/api/')) count += 1
    if (request.url().endsWith('/stream')) streams.add(request)
    most = Math.max(most, streams.size)
  }
  const ended = (request: Request): void => void streams.delete(request)
  // one by one: the two kinds of emitters share no signature
  if ('pages' in page) page.on('request', begun).on('requestfinished', ended).on('requestfailed', ended)
  else page.on('request', begun).on('requestfinished', ended).on('requestfailed', ended)
  return { count: () => count, streams: () => streams.size, most: () => most }
}

const quiet = (ms = 150): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

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

/** The page as a browser gets it, with our script. */
async function savedPage(app: PagesApp): Promise<string> {
  const headers = { accept: 'text/html', 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' }
  return (await fetch(`${app.url}/plain`, { headers })).text()
}

check(
  'T71 R56 a saved page works while its app is there, and in the back-forward cache it gives its stream back',
  async ({ page, toolbar, app }) => {
    await page.addInitScript(() => {
      addEventListener('pageshow', ({ persisted }) => {
        document.title = persisted ? 'persisted' : 'loaded'
      })
    })
    // an injected page is never stored (`no-store`), and so not in this cache either: a copy is
    await app.add({ '/saved': { html: await savedPage(app) } })
    const requests = watchRequests(page)
    for (const path of ['/bare/plain', '/bare/saved']) {
      await page.goto(path)
      if (path.endsWith('saved')) await expect(toolbar.figure('status')).toBeVisible()
      await page.goto('/bare/next')
      await expect.poll(() => requests.streams()).toBe(0)
      // a page that comes back loads nothing, which `goBack` would wait for
      await page.evaluate(() => history.back())
      await expect(page, path).toHaveTitle('persisted')
    }
    await expect(toolbar.host).toHaveCount(1)
    await expect.poll(() => requests.streams()).toBe(1)
    await toolbar.openPanel('timeline')
  },
)

check('T71 a saved page without its app, its assets or its record is only a page', async ({ page, toolbar, app, complaints }) => {
  complaints.allow(/net::ERR_|from origin 'null'/)
  const saved = await savedPage(app)
  await app.add({
    '/no-assets': { html: saved.replace(/toolbar\.[\w-]+\.js/, 'toolbar.gone.js') },
    '/no-record': { html: saved.replace(/(data-debug-toolbar=")[^"]+/, '$1forgotten') },
  })
  await page.goto('/bare/no-record')
  await expect(toolbar.bar).toContainText('no longer stored')
  const file = test.info().outputPath('saved.html')
  await writeFile(file, saved)
  for (const url of ['/bare/no-assets', `file://${file}`]) {
    await page.goto(url)
    await quiet()
    await expect(page.getByRole('heading')).toHaveText('plain')
    await expect(toolbar.host).toHaveCount(0)
  }
  expect(complaints.seen.filter((text) => text.startsWith('uncaught'))).toEqual([])
})

check('R44 an app that starts again is found again, and one that stays away is asked ever less', async ({ page, toolbar, complaints }) => {
  complaints.allow(/net::ERR_/)
  const requests = watchRequests(page)
  let app = await PagesApp.start({ pages })
  try {
    await page.clock.install()
    await page.goto(`${app.url}/plain`)
    await expect(toolbar.figure('status')).toBeVisible()
    const stopped = async () => {
      await app.stop(true)
      await expect(toolbar.bar).toContainText('no connection')
    }
    for (let round = 0; round < 2; round++) {
      // what is under way when the app dies would be told, too
      await quiet(300)
      const [asked, heard] = [requests.count(), complaints.seen.length]
      await stopped()
      app = await PagesApp.start({ pages, port: app.port })
      await page.clock.runFor(2_000)
      await expect(toolbar.bar).not.toContainText('no connection')
      // the stream; then the list, the options and the record, once
      expect(requests.count() - asked).toBeLessThanOrEqual(4)
      expect(complaints.seen.slice(heard).length, complaints.seen.slice(heard).join()).toBeLessThanOrEqual(1)
    }
    await stopped()
    const [asked, heard] = [requests.count(), complaints.seen.length]
    for (let second = 0; second < 120; second += 2) {
      await page.clock.runFor(2_000)
      await page.evaluate(() => fetch('data:,'))
    }
    expect(requests.count() - asked, 'in two minutes').toBeLessThanOrEqual(7)
    expect(requests.count() - asked, 'in two minutes').toBeGreaterThanOrEqual(5)
    expect(complaints.seen.length - heard).toBeLessThanOrEqual(7)
  } finally {
    await app.stop(true)
  }
})

check('T86 ten pages in sight leave the app its connections', async ({ context, app, page }) => {
  const requests = watchRequests(context)
  const open = async (tab: Page): Promise<void> => {
    await tab.goto(`${app.url}/plain`)
    await tab.locator('debug-toolbar .bar').waitFor()
  }
  for (let count = 0; count < 10; count++) await open(await context.newPage())
  const start = performance.now()
  await open(page)
  expect(performance.now() - start).toBeLessThan(2_000)
  await expect.poll(() => requests.streams()).toBe(3)
  expect(requests.most()).toBeLessThanOrEqual(4)
  // who lost its stream gets one again where somebody works
  for (const tab of context.pages()) {
    const before = requests.count()
    await tab.evaluate(() => window.dispatchEvent(new Event('focus')))
    await expect.poll(() => requests.streams()).toBe(3)
    if (requests.count() > before) return
  }
  expect(false, 'no page asked again').toBe(true)
})
