import { expect, test } from './fixtures.ts'
import { checkEveryPanel } from './panel-checks.ts'

test('every panel shows what the API says of the N+1 page', async ({ toolbar, demo }) => {
  const id = await toolbar.goto('/wrong/n-plus-one')
  await checkEveryPanel(toolbar, demo, id)
})

test('every panel shows what the API says of the signals page, the late listener too', async ({ toolbar, demo }) => {
  const id = await toolbar.goto('/wrong/signals')
  await checkEveryPanel(toolbar, demo, id)
  await toolbar.openPanel('signals')
  const row = (name: string) => toolbar.rows.filter({ hasText: name })
  await expect(row('stock:forgotten')).toContainText('no listener')
  await expect(row('checkLedger')).toContainText('threw')
  await expect(row('neverReached')).toContainText('not reached')
  await expect(row('neverReached')).not.toContainText('ms')
  await expect(row('mailSupplier')).toContainText('async')
  const time = async () =>
    Number.parseFloat(
      (await row('mailSupplier')
        .getByText(/^\d[\d.]*\sms$/)
        .textContent()) ?? '',
    )
  await expect.poll(time, 'an async listener is timed until it settles').toBeGreaterThanOrEqual(249)
  await expect(row('recountShelf').getByRole('link')).toHaveAttribute('href', /^vscode:\/\/file\/.*\/src\/events\/listeners\.js:\d+/)
  await row('checkLedger').click()
  await expect(toolbar.detail).toContainText('The ledger is 3 books short')
})

test('every panel shows what the API says of an error page', async ({ toolbar, demo }) => {
  const id = await toolbar.goto('/wrong/error-with-causes/now')
  await expect(toolbar.figure('status')).toContainText('500')
  await expect(toolbar.figure('exceptions')).toHaveText('Exceptions 1')
  await checkEveryPanel(toolbar, demo, id)
  await toolbar.openPanel('response')
  await expect(toolbar.panel).toContainText('500 Internal Server Error')
  await toolbar.openPanel('exceptions')
  await expect(toolbar.panel).toContainText('Caused by Error')
  await expect(toolbar.panel).toContainText('connect ETIMEDOUT 203.0.113.7:443')
  await expect(toolbar.panel.getByRole('link', { name: /errors\.js:\d+/ }).first()).toHaveAttribute(
    'href',
    /^vscode:\/\/file\/.*errors\.js:\d+/,
  )
})

test('every panel shows what the API says of a POST', async ({ toolbar, demo, page }) => {
  await toolbar.goto('/wrong/post-redirect-get')
  await page.getByLabel('A book you are looking for').fill('Harbour charts')
  await page.getByRole('button', { name: 'Ask for it' }).click()
  await expect(page.getByRole('status')).toContainText('Harbour charts')
  await toolbar.open()
  await toolbar.switchButton.click()
  const post = toolbar.switcher.getByRole('row', { name: /POST/ }).first()
  const id = (await post.getAttribute('data-id')) ?? ''
  await post.click()
  await toolbar.expectShown('POST')
  await checkEveryPanel(toolbar, demo, id)
  await toolbar.openPanel('request')
  await expect(toolbar.panel).toContainText('Harbour charts')
  await expect(toolbar.panel).toContainText('takeWish')
})
