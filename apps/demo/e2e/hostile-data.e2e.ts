import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { test as base, expect, type Page } from '@playwright/test'
import { Complaints } from './fixtures.ts'
import { Toolbar } from './toolbar.ts'

/** What the app says of itself. */
interface HostileApp {
  url: string
  payloads: string[]
}

const test = base.extend<{ complaints: Complaints; watched: Page }, { app: HostileApp }>({
  app: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs from the first parameter
    async ({}, use) => {
      const child = fork(fileURLToPath(new URL('hostile-app.js', import.meta.url)), { silent: true })
      let said = ''
      child.stderr?.on('data', (data: Buffer) => {
        said += data.toString()
      })
      child.once('exit', (code) => {
        if (code !== 0) throw new Error(`the app ended with ${code}: ${said}`)
      })
      const [app] = (await once(child, 'message')) as [HostileApp]
      await use(app)
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
    { scope: 'worker' },
  ],
  /** A page on which nothing of what is shown may have run, loaded or been refused when it is over. */
  watched: async ({ page, app }, use) => {
    const complaints = new Complaints()
    // the pages fail on purpose
    await complaints.watch(page)
    const dialogs: string[] = []
    const strangers: string[] = []
    page.on('dialog', async (dialog) => {
      dialogs.push(dialog.message())
      await dialog.dismiss()
    })
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(`${app.url}/`) && !url.startsWith('data:,')) strangers.push(url)
    })
    await use(page)
    const ran = () => page.evaluate(() => [(window as { __xss?: unknown }).__xss, ({} as { polluted?: unknown }).polluted])
    expect(await ran(), '__xss and polluted').toEqual([undefined, undefined])
    expect(await (await fetch(`${app.url}/polluted`)).json(), 'in the server').toEqual({ polluted: null })
    expect({ dialogs, strangers, complaints: complaints.list }).toEqual({ dialogs: [], strangers: [], complaints: [] })
  },
})

/** Opens one list: its rows, and whatever unfolds in their details. */
async function openRows(toolbar: Toolbar, most: number): Promise<void> {
  const keys = await toolbar.rows.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key')))
  for (const key of keys.slice(0, most)) {
    const row = toolbar.panel.locator(`[data-key="${key}"]`)
    // a list is read again when findings come
    if ((await row.count()) > 0) await row.click({ position: { x: 4, y: 8 } })
    const tabs = toolbar.detail.getByRole('tab')
    for (let index = 0; index < (await tabs.count()); index++) await tabs.nth(index).click()
  }
}

async function unfoldAll(toolbar: Toolbar): Promise<void> {
  const folded = toolbar.panel.locator('button[aria-expanded=false]:visible')
  for (let left = 6; left > 0 && (await folded.count()) > 0; left--) await folded.first().click()
}

/** The panels of the request that is shown; what those in `telling` say holds payloads, so that something could have happened. */
async function walk(toolbar: Toolbar, ids: readonly string[], telling: readonly string[], rows: number): Promise<void> {
  for (const id of ids) {
    await toolbar.openPanel(id)
    if (id !== 'history' && id !== 'preferences') await openRows(toolbar, rows)
    await unfoldAll(toolbar)
    if (telling.includes(id)) await expect(toolbar.panel, id).toContainText('onerror=__xss=1')
  }
}

const everywhere = ['timeline', 'sql', 'templates', 'signals', 'logs', 'request', 'headers', 'time', 'history']

test('payloads in every field of a page stay text in every panel (T29-T33, T35-T38)', async ({ watched, app }) => {
  const toolbar = new Toolbar(watched)
  await watched.goto(`${app.url}/page?${new URLSearchParams(app.payloads.map((payload) => [payload, payload]))}`)
  await toolbar.open()
  const ids = await toolbar.drawer
    .getByRole('tab')
    .evaluateAll((tabs) => tabs.map((tab) => tab.id.replace(/^tab-/, '')).filter((id) => /^[a-z]+$/.test(id)))
  expect(ids).toEqual(expect.arrayContaining([...everywhere, 'findings', 'exceptions', 'response', 'preferences']))
  await walk(toolbar, ids, everywhere, 2)
  await toolbar.openPanel('sql')
  await toolbar.filter.fill(app.payloads[2] as string)
  await expect(toolbar.rows.first()).toBeVisible()
  for (const payload of app.payloads) await toolbar.filter.fill(payload.slice(0, 190))
})

test('payloads in plans, results and findings stay text', async ({ watched, app }) => {
  const toolbar = new Toolbar(watched)
  await watched.goto(`${app.url}/page`)
  await toolbar.openPanel('sql')
  await toolbar.panel.locator('[data-key=q0]').click()
  await toolbar.detail.getByRole('tab', { name: 'Plan' }).click()
  await toolbar.detail.getByRole('button', { name: 'Explain', exact: true }).click()
  await expect(toolbar.detail).toContainText('onerror=__xss=1')
  await toolbar.detail.getByRole('tab', { name: 'Result' }).click()
  await toolbar.detail.getByRole('button', { name: 'Run again' }).click()
  await expect(toolbar.detail.getByLabel('Rows')).toContainText('onerror=__xss=1')
  await toolbar.openPanel('findings')
  expect(await toolbar.rows.count()).toBeGreaterThan(0)
  await openRows(toolbar, 4)
})

test('payloads in errors, forms, paths and uploads stay text, and what is searched for too', async ({ watched, app }) => {
  const toolbar = new Toolbar(watched)
  await watched.goto(`${app.url}/error`)
  await toolbar.open()
  await walk(toolbar, ['exceptions', 'time'], ['exceptions', 'time'], 2)
  for (const name of [/POST.*\/form/, /POST.*\/upload/, /\/path/, /Outside of requests/]) {
    await toolbar.switchButton.click()
    await toolbar.switcher.getByRole('row', { name }).first().click()
    const panels = String(name).includes('Outside') ? ['sql', 'timeline'] : ['request', 'headers', 'response', 'timeline']
    for (const id of panels) {
      await toolbar.openPanel(id)
      await unfoldAll(toolbar)
    }
    await expect(toolbar.panel).not.toBeEmpty()
  }
  await toolbar.switchButton.click()
  const search = toolbar.switcher.getByRole('searchbox', { name: 'Search requests' })
  for (const payload of app.payloads) await search.fill(payload.slice(0, 190))
})

test('the stand-alone page shows them as text, too', async ({ watched, app }) => {
  const toolbar = new Toolbar(watched)
  await watched.goto(`${app.url}/__debug__`)
  await expect(toolbar.drawer).toBeVisible()
  await toolbar.switchButton.click()
  await toolbar.switcher
    .getByRole('row', { name: /\/path/ })
    .first()
    .click()
  for (const id of ['request', 'headers', 'history', 'preferences']) {
    await toolbar.tab(id).click()
    await expect(toolbar.panel).toHaveAttribute('aria-labelledby', `tab-${id}`)
    await unfoldAll(toolbar)
  }
})
