import type { SqlPanelData } from '../../../packages/toolbar/src/panels/sql/data.ts'
import { expect, test } from './fixtures.ts'

test.beforeEach(async ({ toolbar }) => {
  await toolbar.goto('/wrong/n-plus-one')
  await toolbar.figure('sql').click()
  await toolbar.settled('sql')
})

const LINE_OF_LOOP = 18

test('the N+1 page has 51 queries, 50 of them one striped group', async ({ toolbar }) => {
  await expect(toolbar.panel.locator('.stats')).toContainText('51queries')
  const group = toolbar.rows.filter({ hasText: '×50 similar' })
  await expect(group).toHaveCount(1)
  await expect(group).toHaveAttribute('aria-expanded', 'true')
  await expect(toolbar.rows).toHaveCount(52)
  const stripe = (row: number) => toolbar.rows.nth(row).evaluate((element) => getComputedStyle(element, '::before').backgroundImage)
  expect(await stripe(3)).toContain('gradient')
  expect(await stripe(0)).toBe('none')
  await group.click()
  await group.click()
  await expect(toolbar.rows).toHaveCount(2)
})

test('in order, sorted and filtered the list keeps every query it should', async ({ toolbar, demo, page }) => {
  const { columns } = await demo.panel<SqlPanelData>(await toolbar.pageId(), 'sql')
  const inOrder = toolbar.panel.getByRole('button', { name: 'In order' })
  await inOrder.click()
  await expect(toolbar.rows).toHaveCount(51)
  await expect(inOrder).toHaveAttribute('aria-pressed', 'true')

  await toolbar.panel.getByRole('columnheader', { name: 'Time' }).getByRole('button').click()
  const order = Array.from(columns.durationMs.keys()).sort((a, b) => (columns.durationMs[b] ?? 0) - (columns.durationMs[a] ?? 0) || a - b)
  await expect(toolbar.panel.getByRole('columnheader', { name: 'Time' })).toHaveAttribute('aria-sort', 'descending')
  const keys = () => toolbar.rows.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key')))
  expect(await keys()).toEqual(order.map((index) => `q${index}`))
  await page.reload()
  await toolbar.settled('sql')
  await expect(toolbar.panel.getByRole('columnheader', { name: 'Time' }), 'the order is remembered').toHaveAttribute(
    'aria-sort',
    'descending',
  )

  await toolbar.filter.fill('authors')
  await expect(toolbar.rows).toHaveCount(50)
  await toolbar.filter.fill('-authors')
  await expect(toolbar.rows).toHaveCount(1)
  await expect(toolbar.rows).toContainText('order by')
  await toolbar.filter.fill('rows:>1')
  await expect(toolbar.rows).toHaveCount(1)
  await toolbar.filter.fill('tiem:>1')
  await expect(toolbar.panel.locator('.ferr')).toContainText('time')
  await toolbar.filter.fill('nothing is called that')
  await expect(toolbar.panel).toContainText('No query matches the filter.')
})

test('a query opens its details: text, parameters, place, and a link to the editor', async ({ toolbar, demo }) => {
  const { columns } = await demo.panel<SqlPanelData>(await toolbar.pageId(), 'sql')
  const row = toolbar.panel.locator('[data-key=q1]')
  await expect(row.getByRole('link')).toHaveAttribute(
    'href',
    new RegExp(`^vscode://file/.*/src/routes/wrong/queries\\.js:${LINE_OF_LOOP}:\\d+$`),
  )
  await row.click()
  await expect(toolbar.detail).toContainText('Query 2')
  await expect(toolbar.detail.getByLabel('SQL')).toContainText(/select\s+\*\s+from/i)
  const parameters = toolbar.detail.locator('div', { has: toolbar.page.getByRole('heading', { name: 'Parameters' }) }).last()
  await expect(parameters).toContainText(`1${columns.params[1]?.[0]}`)
  await expect(toolbar.detail.getByRole('link', { name: `src/routes/wrong/queries.js:${LINE_OF_LOOP}` })).toHaveAttribute(
    'href',
    new RegExp(`queries\\.js:${LINE_OF_LOOP}:`),
  )
  await toolbar.detail.getByRole('button', { name: 'Next' }).click()
  await expect(toolbar.detail).toContainText('Query 3')
  await toolbar.detail.getByRole('tab', { name: 'Stack' }).click()
  await expect(toolbar.detail).toContainText('nPlusOne')
  await toolbar.detail.getByRole('button', { name: 'Close details' }).click()
  await expect(toolbar.detail).toHaveCount(0)
})

test('runnable SQL is copied with its values', async ({ toolbar, context, demo }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { columns } = await demo.panel<SqlPanelData>(await toolbar.pageId(), 'sql')
  await toolbar.panel.locator('[data-key=q1]').click()
  await toolbar.detail.getByRole('button', { name: 'Copy runnable SQL' }).click()
  await expect(toolbar.drawer.locator('.toast')).toContainText('Copied')
  const text = await toolbar.page.evaluate(() => navigator.clipboard.readText())
  expect(text).toMatch(new RegExp(`^select \\* from .authors. where .id. = ${columns.params[1]?.[0]} limit 1;?$`))
})
