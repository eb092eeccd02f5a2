import { type BrowserContext, expect, type Page, type Request, test } from '@playwright/test'
import { Complaints } from './fixtures.ts'
import { pages } from './page-side.ts'
import { PagesApp } from './pages.ts'
import { Toolbar } from './toolbar.ts'

/** A test of the page side: with an app of its pages, and nothing that the browser complains about. */
export const check = test.extend<{ toolbar: Toolbar; complaints: Complaints }, { app: PagesApp }>({
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
export function watchRequests(page: Page | BrowserContext): { count(): number; streams(): number; most(): number } {
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

export const quiet = (ms = 150): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
