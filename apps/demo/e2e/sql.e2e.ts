import type { SqlPanelData, SqlPanelWire } from '../../../packages/toolbar/src/panels/sql/data.ts'
import { unpackSql } from '../../../packages/toolbar/src/panels/sql/wire.ts'
import type { Demo } from './demo.ts'
import { expect, test } from './fixtures.ts'

const read = async (demo: Demo, id: string): Promise<SqlPanelData> => unpackSql(await demo.panel<SqlPanelWire>(id, 'sql'))

test.beforeEach(async ({ toolbar }) => {
  await toolbar.prefer({ gaps: false })
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
  const { columns } = await read(demo, await toolbar.pageId())
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
  const { columns } = await read(demo, await toolbar.pageId())
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
  const { columns } = await read(demo, await toolbar.pageId())
  await toolbar.panel.locator('[data-key=q1]').click()
  await toolbar.detail.getByRole('button', { name: 'Copy runnable SQL' }).click()
  await expect(toolbar.drawer.locator('.toast')).toContainText('Copied')
  const text = await toolbar.page.evaluate(() => navigator.clipboard.readText())
  expect(text).toMatch(new RegExp(`^select \\* from .authors. where .id. = ${columns.params[1]?.[0]} limit 1;?$`))
})

test('a simple query is copied as a call of knex', async ({ toolbar, context, demo }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { columns } = await read(demo, await toolbar.pageId())
  await toolbar.panel.locator('[data-key=q1]').click()
  await toolbar.detail.getByRole('button', { name: 'Copy as knex call' }).click()
  expect(await toolbar.page.evaluate(() => navigator.clipboard.readText())).toBe(
    `db('authors').where('id', ${columns.params[1]?.[0]}).first()`,
  )
})

test('the banner leads to the fix of the group', async ({ toolbar }) => {
  const banner = toolbar.panel.locator('.banner')
  await expect(banner).toContainText('N+1: 50 queries from one loop')
  await expect(banner.getByRole('link', { name: 'Open code' })).toHaveAttribute('href', new RegExp(`queries\\.js:${LINE_OF_LOOP}:`))
  await banner.getByRole('button', { name: 'Show the fix' }).click()
  await expect(toolbar.detail.getByRole('tab', { name: 'Fix' })).toHaveAttribute('aria-selected', 'true')
  await expect(toolbar.detail.getByLabel('Suggested change')).toContainText('whereIn')
})

test('a query is formatted, and its values are told apart', async ({ toolbar }) => {
  await toolbar.panel.locator('[data-key=q1]').click()
  const text = toolbar.detail.getByLabel('SQL')
  await expect(text).toContainText(/^select\s+\*\n\s*from\s+`authors`\n\s*where\s+`id` = \d+\n\s*limit\s+1$/)
  await expect(text.locator('.pv')).toHaveCount(2)
  await expect(text.locator('.y-k').first()).toHaveText(/select/)
})

test('the stack is shown whole, with packages folded', async ({ toolbar }) => {
  await toolbar.panel.locator('[data-key=q1]').click()
  await toolbar.detail.getByRole('tab', { name: 'Stack' }).click()
  await expect(toolbar.detail.locator('.frame', { hasText: 'nPlusOne' })).toContainText(`queries.js:${LINE_OF_LOOP}`)
  const folded = toolbar.detail.getByRole('button', { name: /frames? in .*knex/ }).first()
  const before = await toolbar.detail.locator('.frame').count()
  await folded.click()
  expect(await toolbar.detail.locator('.frame').count()).toBeGreaterThan(before)
  await expect(toolbar.detail.getByLabel('Source excerpt').locator('.hot')).toContainText('author')
})

test('a query is explained as a tree that the keys walk, and run again', async ({ toolbar, page }) => {
  await toolbar.panel.locator('[data-key=q1]').click()
  await toolbar.detail.getByRole('tab', { name: 'Plan' }).click()
  await toolbar.detail.getByRole('button', { name: 'Explain', exact: true }).click()
  const tree = toolbar.detail.getByRole('tree', { name: 'Query plan' })
  await expect(tree.getByRole('treeitem').first()).toHaveAttribute('aria-level', '1')
  await tree.getByRole('treeitem').first().focus()
  await page.keyboard.press('End')
  await expect(tree.getByRole('treeitem').last()).toBeFocused()
  await expect(tree).toContainText(/authors/)
  await toolbar.detail.getByRole('button', { name: 'Show as printed' }).click()
  await expect(toolbar.detail.getByLabel('Plan as printed')).toContainText(/authors/)
  await toolbar.detail.getByRole('tab', { name: 'Result' }).click()
  await toolbar.detail.getByRole('button', { name: 'Run again' }).click()
  const rows = toolbar.detail.getByRole('table')
  await expect(rows.getByRole('columnheader', { name: 'id', exact: true })).toBeVisible()
  await expect(rows.locator('tbody tr')).toHaveCount(1)
  await expect(toolbar.detail).toContainText(/1\srow in/)
})

test('what the server refuses is said in its words', async ({ toolbar, page }) => {
  await toolbar.panel.locator('[data-key=q1]').click()
  await page.route('**/run', (route) =>
    route.fulfill({ status: 503, json: { error: { code: 'DB_BUSY', message: 'the database is busy: try again' } } }),
  )
  await toolbar.detail.getByRole('button', { name: 'Run again' }).click()
  await toolbar.detail.getByRole('button', { name: 'Run again' }).click()
  await expect(toolbar.detail.getByRole('alert')).toHaveText('the database is busy: try again')
})

test('in order, the time without queries is between them, and can be hidden', async ({ toolbar, demo }) => {
  const { gaps } = await read(demo, await toolbar.pageId())
  expect(gaps.length).toBeGreaterThan(0)
  const rows = toolbar.panel.locator('.row.gap')
  await expect(rows).toHaveCount(0)
  await toolbar.panel.getByRole('button', { name: 'In order' }).click()
  const toggle = toolbar.panel.getByRole('button', { name: 'Gaps' })
  await toggle.click()
  await expect(toggle).toHaveAttribute('aria-pressed', 'true')
  await expect(rows).toHaveCount(gaps.length)
  await expect(rows.last()).toContainText(/without SQL: .*render /)
  await toggle.click()
  await expect(rows).toHaveCount(0)
})

test('a figure filters by what it counts', async ({ toolbar }) => {
  await toolbar.goto('/wrong/duplicate-queries')
  await toolbar.settled('sql')
  await toolbar.panel.getByRole('button', { name: 'In order' }).click()
  const all = await toolbar.rows.count()
  const door = toolbar.panel.getByRole('button', { name: /identical/ })
  await door.click()
  await expect(door).toHaveAttribute('aria-pressed', 'true')
  await expect(toolbar.filter).toHaveValue('is:identical')
  await expect(toolbar.rows).toHaveCount(12)
  await door.click()
  await expect(toolbar.rows).toHaveCount(all)
})

test('savepoints nest in the bracket of their transaction, and what was rolled back says so', async ({ toolbar, demo }) => {
  const id = await toolbar.goto('/wrong/savepoint')
  await toolbar.settled('sql')
  const { columns, transactions } = await read(demo, id)
  expect(Math.max(...columns.depth)).toBeGreaterThan(0)
  await toolbar.panel.getByRole('button', { name: 'In order' }).click()
  await expect(toolbar.panel.locator('.ix.tx')).toHaveCount(columns.transaction.filter((at) => at >= 0).length)
  await expect(toolbar.panel.locator('.ix.sp')).toHaveCount(columns.depth.filter((depth) => depth > 0).length)
  await expect(toolbar.panel.getByText(/^tx 1/)).toContainText(
    transactions[0]?.outcome === 'committed' ? 'tx 1' : (transactions[0]?.outcome ?? ''),
  )
  await toolbar.rows
    .filter({ has: toolbar.page.locator('.ix.tx') })
    .nth(1)
    .click()
  await expect(toolbar.detail).toContainText(/Transaction1, .*(committed|rolled back)/)
})

for (const [name, size, dock] of [
  ['at 390 px', { width: 390, height: 844 }, 'bottom'],
  ['in the right dock', { width: 1440, height: 900 }, 'right'],
] as const)
  test(`rows of a group show the value that differs ${name}`, async ({ page, toolbar, demo }) => {
    await page.setViewportSize(size)
    // on the page to come: the toolbar of this one may write its own state after it
    await page.addInitScript((dock) => localStorage.setItem('debug-toolbar:v1', JSON.stringify({ dock, open: true, panel: 'sql' })), dock)
    const id = await toolbar.goto('/wrong/n-plus-one')
    await toolbar.settled('sql')
    const { columns } = await read(demo, id)
    for (const index of [1, 2, 9]) {
      const value = toolbar.panel.locator(`[data-key=q${index}] .dv`)
      await expect(value).toHaveText(String(columns.params[index]?.[0]))
      await expect(value).toBeVisible()
      const [box, row] = await Promise.all([value.boundingBox(), toolbar.panel.locator(`[data-key=q${index}] .q`).boundingBox()])
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual((row?.x ?? 0) + (row?.width ?? 0))
    }
  })
