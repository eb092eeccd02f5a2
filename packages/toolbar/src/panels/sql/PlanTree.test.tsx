import { cleanup, fireEvent, render } from '@testing-library/preact'
import { afterEach, describe, expect, it } from 'vitest'
import type { PlanNode } from '../../contract/types.ts'
import { PlanTree } from './PlanTree.tsx'

const node = (label: string, more: Partial<PlanNode> = {}): PlanNode => ({
  label,
  ...{ details: [], table: null, index: null, fullScan: false, rows: null, actualRows: null },
  ...{ cost: null, durationMs: null, loops: null, worst: false, children: [] },
  ...more,
})
const plan = node('Limit', {
  cost: 120,
  rows: 50,
  children: [
    node('Sort', {
      cost: 119,
      children: [node('Seq Scan on books', { cost: 100, rows: 12_480, fullScan: true, worst: true, details: ['Filter: published'] })],
    }),
    node('Index Scan', { cost: 0.25, rows: 1 }),
  ],
})

describe('PlanTree', () => {
  afterEach(cleanup)

  it('shows every step with its level, its figures and the one to look at first', () => {
    const { getAllByRole } = render(<PlanTree plan={plan} />)
    const items = getAllByRole('treeitem')
    expect(items.map((item) => item.getAttribute('aria-level'))).toEqual(['1', '2', '3', '2'])
    expect(items.map((item) => item.getAttribute('aria-expanded'))).toEqual(['true', 'true', null, null])
    expect(items[2]?.textContent).toContain('whole table')
    expect(items[2]?.textContent).toContain('costliest')
    expect(items[2]?.textContent).toContain('12,480 rows, cost 100')
    expect(items[2]?.textContent).toContain('Filter: published')
    expect(items[3]?.textContent).toContain('1 row, cost 0.25')
    expect(items.filter((item) => item.tabIndex === 0)).toHaveLength(1)
  })

  it('says what was expected where more or fewer rows came', () => {
    const { getByRole } = render(<PlanTree plan={node('Scan', { rows: 10, actualRows: 5_000, durationMs: 3, loops: 2 })} />)
    expect(getByRole('treeitem').textContent).toContain('5,000 rows, 10 expected, 2 loops')
  })

  it('is walked and folded with the keys of a tree', () => {
    const { getAllByRole, getByRole } = render(<PlanTree plan={plan} />)
    const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key })
    const focused = () => document.activeElement?.textContent ?? ''
    ;(getAllByRole('treeitem')[0] as HTMLElement).focus()
    press('ArrowRight')
    expect(focused()).toContain('Sort')
    press('ArrowDown')
    expect(focused()).toContain('Seq Scan')
    press('ArrowLeft')
    expect(focused()).toContain('Sort')
    press('ArrowLeft')
    expect(getAllByRole('treeitem')).toHaveLength(3)
    expect(getByRole('tree').querySelector('[aria-expanded=false]')?.textContent).toContain('Sort')
    press('ArrowRight')
    expect(getAllByRole('treeitem')).toHaveLength(4)
    press('End')
    expect(focused()).toContain('Index Scan')
  })
})
