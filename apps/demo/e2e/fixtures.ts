import { test as base, expect, type Page } from '@playwright/test'
import { Demo } from './demo.ts'
import { Toolbar } from './toolbar.ts'

/** What the browser complained about; a test fails with it unless it says before that it must come. */
export class Complaints {
  readonly #seen: string[] = []
  readonly #allowed: RegExp[] = []

  async watch(page: Page): Promise<void> {
    page.on('console', (message) => {
      // Chromium says this of every answer from 400 on, the page's own too
      if (/^Failed to load resource: the server responded with a status of/.test(message.text())) return
      if (message.type() === 'error' || message.type() === 'warning') this.#seen.push(`console ${message.type()}: ${message.text()}`)
    })
    page.on('pageerror', (error) => this.#seen.push(`uncaught: ${error.message}`))
    await page.exposeFunction('__violation', (text: string) => {
      this.#seen.push(`policy: ${text}`)
    })
    await page.addInitScript(() => {
      const tell = (window as unknown as { __violation(text: string): void }).__violation
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        tell(`${violatedDirective} ${blockedURI}`),
      )
    })
  }

  allow(pattern: RegExp): void {
    this.#allowed.push(pattern)
  }

  get seen(): readonly string[] {
    return this.#seen
  }

  get list(): string[] {
    return this.#seen.filter((text) => !this.#allowed.some((pattern) => pattern.test(text)))
  }
}

interface TestFixtures {
  toolbar: Toolbar
  complaints: Complaints
}

interface WorkerFixtures {
  /** the shop with the toolbar on it */
  demo: Demo
  /** the same shop in production, where there is no toolbar */
  bare: Demo
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  demo: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs from the first parameter
    async ({}, use) => {
      const demo = await Demo.start('development')
      await use(demo)
      await demo.close()
    },
    { scope: 'worker' },
  ],
  bare: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const demo = await Demo.start('production')
      await use(demo)
      await demo.close()
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ demo }, use) => {
    await use(demo.url)
  },
  complaints: [
    async ({ page }, use) => {
      const complaints = new Complaints()
      await complaints.watch(page)
      await use(complaints)
      expect(complaints.list, 'complaints of the browser').toEqual([])
    },
    { auto: true },
  ],
  toolbar: async ({ page }, use) => {
    await use(new Toolbar(page))
  },
})

export { expect }
