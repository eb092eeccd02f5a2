import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, type Page, test } from '@playwright/test'
import { Shop } from './shop.ts'

/** The app of the developer, with something recorded, and a site of somebody else that the same browser visits. */
let app: Shop
let site: Server
const canary = 'canary5e7d'

const port = (): number => (site.address() as AddressInfo).port
const toolbar = (path = ''): string => `http://localhost:${app.port}/__debug__/${path}`
const api = (path: string): string => toolbar(`api/${path}`)

test.beforeAll(async () => {
  app = await Shop.start()
  site = createServer((_req, res) =>
    res.setHeader('Content-Type', 'text/html').end('<!doctype html><title>site</title><body><h1>site</h1></body>'),
  )
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  await (await fetch(`http://localhost:${app.port}/${canary}`)).text()
})
test.afterAll(async () => {
  await app.stop()
  site.closeAllConnections()
  await new Promise((resolve) => site.close(resolve))
})

/** what anybody could own, and another server of the same machine */
const origins: [name: string, origin: () => string][] = [
  ['another site', () => `http://127.0.0.1:${port()}/`],
  ['another port of localhost', () => `http://localhost:${port()}/`],
]

for (const [name, origin] of origins)
  test.describe(name, () => {
    test.beforeEach(({ page }) => page.goto(origin()))

    test('T22 T25 cannot read by fetch, XMLHttpRequest or EventSource', async ({ page }) => {
      const read = (url: string, mode: RequestMode) =>
        page.evaluate(
          async ([address, how]) =>
            fetch(address as string, { mode: how as RequestMode }).then(
              (res) => res.text(),
              () => 'refused',
            ),
          [url, mode] as const,
        )
      for (const path of ['requests', 'config', 'health', 'openapi.json']) {
        expect(await read(api(path), 'cors'), path).toBe('refused')
        expect(await read(api(path), 'no-cors'), path).toMatch(/^(refused)?$/)
      }
      const events = await page.evaluate(
        (url) =>
          new Promise<string>((resolve) => {
            const source = new EventSource(url)
            source.onopen = () => resolve('open')
            source.onerror = () => resolve('refused')
            source.addEventListener('hello', () => resolve('read'))
          }),
        api('stream'),
      )
      expect(events).toBe('refused')
    })

    test('T23 cannot load the overlay as a script, and so not learn that it is there', async ({ page }) => {
      const [asset = ''] = /assets\/[^#"]+/.exec(await (await fetch(toolbar())).text()) ?? []
      const outcome = await page.evaluate(
        (url) =>
          new Promise<string>((resolve) => {
            const script = document.createElement('script')
            script.onload = () => resolve('loaded')
            script.onerror = () => resolve('refused')
            script.src = url
            document.body.append(script)
          }),
        toolbar(asset),
      )
      expect(outcome).toBe('refused')
    })

    test('T24 cannot frame the toolbar', async ({ page }) => {
      const answer = page.waitForResponse(toolbar())
      await page.evaluate((url) => {
        const frame = document.createElement('iframe')
        frame.src = url
        document.body.append(frame)
      }, toolbar())
      expect((await answer).status()).toBe(403)
      expect(await page.frames()[1]?.title()).not.toBe('debug-toolbar')
    })

    test('T15 T18 cannot clear the history by a form, a beacon or a fetch, from a sandbox neither', async ({ page }) => {
      await act(page, api('requests'))
      const { counts, requests } = (await (await fetch(api('requests'))).json()) as {
        counts: { cleared: number }
        requests: { path: string }[]
      }
      expect(counts.cleared).toBe(0)
      expect(requests.map(({ path }) => path)).toContain(`/${canary}`)
    })
  })

/** Everything a page can try without leave. */
async function act(page: Page, url: string): Promise<void> {
  await page.evaluate(async (address) => {
    const json = { 'Content-Type': 'application/json', 'X-Debug-Toolbar': '1' }
    await Promise.allSettled([
      fetch(address, { method: 'DELETE', headers: json }),
      fetch(address, { method: 'POST', mode: 'no-cors', headers: { 'Content-Type': 'text/plain' }, body: '{}' }),
      fetch(`${address}?_method=DELETE`, { method: 'POST', mode: 'no-cors' }),
    ])
    navigator.sendBeacon(address, new Blob(['{}'], { type: 'text/plain' }))
    const sandbox = document.createElement('iframe')
    sandbox.setAttribute('sandbox', 'allow-scripts allow-forms')
    sandbox.srcdoc = `<script>fetch(${JSON.stringify(address)}, { method: 'DELETE', headers: ${JSON.stringify(json)} }).catch(() => {}).finally(() => parent.postMessage('done', '*'))</script>`
    const done = new Promise((resolve) => window.addEventListener('message', resolve))
    document.body.append(sandbox)
    await done
  }, url)
  await page.evaluate((address) => {
    const form = document.createElement('form')
    Object.assign(form, { method: 'post', action: address, enctype: 'text/plain' })
    document.body.append(form)
    form.submit()
  }, url)
  await page.waitForURL(url)
}
