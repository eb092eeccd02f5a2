import { expect, type Locator, type Page } from '@playwright/test'

export type Theme = 'light' | 'dark'

/** The toolbar on a page, by what a person sees of it. Locators look into its open shadow root. */
export class Toolbar {
  readonly page: Page
  readonly host: Locator
  readonly bar: Locator
  readonly drawer: Locator
  readonly panel: Locator
  readonly filter: Locator
  readonly switcher: Locator
  readonly switchButton: Locator
  readonly live: Locator
  readonly detail: Locator

  constructor(page: Page) {
    this.page = page
    this.host = page.locator('debug-toolbar')
    this.bar = this.host.getByRole('toolbar', { name: 'debug-toolbar' })
    this.drawer = this.host.getByRole('region', { name: 'debug-toolbar', exact: true })
    this.panel = this.drawer.locator('#panel')
    this.filter = this.panel.getByRole('searchbox')
    this.switcher = this.drawer.getByRole('dialog', { name: 'Switch request' })
    this.switchButton = this.drawer.getByRole('button', { name: 'Switch request' })
    this.live = this.drawer.getByRole('button', { name: /^Live/ })
    this.detail = this.panel.getByRole('region', { name: /details$/i })
  }

  figure(id: string): Locator {
    return this.bar.locator(`[data-id="${id}"]`)
  }

  tab(id: string): Locator {
    return this.drawer.locator(`#tab-${id}`)
  }

  /** Rows of the panel's list, without its head. */
  get rows(): Locator {
    return this.panel.locator('[data-key]')
  }

  get grid(): Locator {
    return this.panel.locator('[role=grid], [role=treegrid]').first()
  }

  async goto(path: string): Promise<string> {
    await this.page.goto(path)
    return this.pageId()
  }

  /** Id of the record of the page in sight, as its script says. */
  async pageId(): Promise<string> {
    return (await this.page.locator('script[data-debug-toolbar]').getAttribute('data-debug-toolbar')) ?? ''
  }

  async open(): Promise<void> {
    await expect(this.bar.or(this.drawer)).toBeVisible()
    if (await this.bar.isVisible()) await this.figure('logo').click()
    await expect(this.tab('timeline')).toBeVisible()
  }

  /** Opens a panel and waits until its data is drawn. */
  async openPanel(id: string): Promise<void> {
    await this.open()
    await this.tab(id).click()
    await this.settled(id)
  }

  async settled(id: string): Promise<void> {
    await expect(this.panel).toHaveAttribute('aria-labelledby', `tab-${id}`)
    await expect(this.panel.locator('.sks')).toHaveCount(0)
    await expect(this.panel.locator(':scope > :not(h2)').first()).not.toBeEmpty()
  }

  async close(): Promise<void> {
    await this.drawer.getByRole('button', { name: 'Close', exact: true }).click()
    await expect(this.bar).toBeVisible()
  }

  /** Stored choices as they were before the page's first script. */
  async prefer(choices: Record<string, unknown>): Promise<void> {
    await this.page.addInitScript((value) => {
      if (localStorage.getItem('debug-toolbar:v1') === null) localStorage.setItem('debug-toolbar:v1', value)
    }, JSON.stringify(choices))
  }

  /** Which request the header says is shown. */
  async expectShown(text: string | RegExp): Promise<void> {
    await expect(this.switchButton).toContainText(text)
  }
}
