import { once } from 'node:events'
import { get } from 'node:http'
import type { RequestDetail } from '../../../packages/toolbar/src/contract/types.ts'
import type { Demo } from './demo.ts'
import { expect, test } from './fixtures.ts'

/** A request that is not recorded, since its Host is none of this machine's: what it asks runs outside of requests. */
async function visitAsStranger(demo: Demo): Promise<void> {
  const request = get(`${demo.url}/books`, { headers: { host: 'shop.example' } })
  const [response] = await once(request, 'response')
  response.resume()
  await once(response, 'end')
}

test('what runs outside of requests has a place of its own, and goes on while it is looked at', async ({ toolbar, demo }) => {
  await visitAsStranger(demo)
  const count = async () => (await demo.api<RequestDetail>('requests/outside')).request.counts.sql ?? 0
  const before = await count()
  expect(before).toBeGreaterThan(0)
  await toolbar.goto('/about')
  await toolbar.open()
  await toolbar.switchButton.click()
  const row = toolbar.switcher.getByRole('row', { name: /Outside of requests/ })
  await expect(row).toContainText(`${before} quer`)
  await row.click()
  await toolbar.settled('sql')
  await toolbar.expectShown('Outside of requests')
  await expect(toolbar.rows).toHaveCount(before)
  await expect(toolbar.panel.getByRole('columnheader', { name: 'At' })).toBeVisible()
  await expect(toolbar.rows.first()).toContainText(/\d\d:\d\d:\d\d/)
  await expect(toolbar.panel.locator('.axis')).toHaveCount(0)
  await visitAsStranger(demo)
  const after = await count()
  expect(after).toBeGreaterThan(before)
  await expect(toolbar.rows, 'read again while it is open').toHaveCount(after)
  await toolbar.openPanel('history')
  await toolbar.panel.getByRole('button', { name: /Outside of requests/ }).click()
  await toolbar.settled('sql')
  await toolbar.expectShown('Outside of requests')
})
