import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Locator, type Page, test } from '@playwright/test'
import { address, Shop } from './shop.ts'

const bar = (page: Page): Locator => page.getByRole('toolbar', { name: 'debug-toolbar' })
const prompt = (page: Page): Locator => page.getByRole('button', { name: 'Pair this browser' })
const form = (page: Page): Locator => page.getByRole('region', { name: 'Pair this browser' })
const drawer = (page: Page): Locator => page.getByRole('region', { name: 'debug-toolbar', exact: true })
const submit = async (page: Page, code: string): Promise<void> => {
  await form(page).getByLabel('Pairing code').fill(code)
  await page.keyboard.press('Enter')
}

test.describe('a browser beyond the machine of the app', () => {
  test.skip(address === undefined, 'this machine has no address beyond loopback')
  let shop: Shop
  test.beforeEach(async () => {
    shop = await Shop.start()
  })
  test.afterEach(() => shop.stop())

  test('types the code once: then the page, the stream, reloads and later tabs work', async ({ page, context }) => {
    const wrong: string[] = []
    page.on('pageerror', (error) => wrong.push(error.message))
    await page.goto(`${shop.url}/`)
    await page.locator('#own').focus()
    await expect(prompt(page)).toBeVisible()
    // a page that loads keeps its focus, and holds nothing that would let somebody in
    await expect(page.locator('#own')).toBeFocused()
    expect(await page.content()).not.toContain(shop.code)
    expect((await new AxeBuilder({ page }).include('debug-toolbar').analyze()).violations).toEqual([])

    await prompt(page).press('Enter')
    await expect(form(page).getByLabel('Pairing code')).toBeFocused()
    expect((await new AxeBuilder({ page }).include('debug-toolbar').analyze()).violations).toEqual([])
    await page.keyboard.press('Escape')
    await expect(prompt(page)).toBeFocused()
    await page.keyboard.press('Enter')
    await submit(page, '00000-00000')
    await expect(form(page).getByRole('alert')).toContainText('not the code')
    await expect(form(page).getByLabel('Pairing code')).toHaveAttribute('aria-invalid', 'true')
    await submit(page, ` ${shop.code.toLowerCase().replace('-', '')} `)
    await expect(drawer(page)).toBeVisible()
    await expect(drawer(page)).toContainText('GET')

    // the stream has the token, too
    const token = await page.evaluate(() => sessionStorage.getItem('debug-toolbar:token'))
    expect(token).toMatch(/^[\w-]{32}$/)
    expect(await page.content()).not.toContain(token as string)
    await drawer(page).getByRole('button', { name: 'Switch request' }).click()
    await page.evaluate(() => fetch('/fetched-later'))
    await expect(drawer(page).getByRole('dialog', { name: 'Switch request' })).toContainText('/fetched-later')
    await page.keyboard.press('Escape')
    await drawer(page).getByRole('button', { name: 'Close', exact: true }).click()

    await page.reload()
    await expect(bar(page).locator('[data-id="total"]')).toBeVisible()
    const later = await context.newPage()
    await later.goto(`${shop.url}/later`)
    await expect(bar(later).locator('[data-id="total"]')).toBeVisible()
    await expect(prompt(later)).toHaveCount(0)
    expect(await later.content()).not.toContain(token as string)
    expect(wrong).toEqual([])
  })

  test('is asked again after a restart, and told when it is locked out', async ({ page }) => {
    await page.goto(`${shop.url}/__debug__/`)
    await submit(page, shop.code)
    await expect(drawer(page)).toBeVisible()
    const { code, url } = shop
    await shop.stop()
    shop = await Shop.start(new URL(url).port)
    expect(shop.code).not.toBe(code)
    await expect(form(page)).toBeVisible()
    for (let turn = 1; turn <= 10; turn++) {
      await submit(page, '00000-00000')
      await expect(form(page).getByRole('button', { name: 'Pair', exact: true })).toHaveAttribute('aria-busy', 'false')
    }
    await expect(form(page).getByRole('alert')).toContainText('not the code')
    await submit(page, shop.code)
    await expect(form(page).getByRole('alert')).toContainText('Restart it')
    await expect(form(page).getByLabel('Pairing code')).toBeDisabled()
  })
})
