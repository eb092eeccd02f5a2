import { cleanup, fireEvent, render } from '@testing-library/preact'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Grid } from './Grid.tsx'
import { PanelContext, type PanelHost } from './panel.ts'

const host = { setScrolled: vi.fn(), copy: vi.fn() } as unknown as PanelHost
const rows = Array.from({ length: 5 }, (_, index) => ({ id: `r${index}`, name: `row ${index}` }))

function draw(props: { selected?: string | null; onSelect?: (row: (typeof rows)[number]) => void; opens?: boolean }) {
  return render(
    <PanelContext.Provider value={host}>
      <Grid
        label="Rows"
        class="x"
        rows={rows}
        columns={[{ id: 'name', label: 'Name', cell: ({ name }) => name }]}
        keyOf={({ id }) => id}
        copyText={({ name }) => name}
        {...props}
      />
    </PanelContext.Provider>,
  )
}

describe('Grid', () => {
  afterEach(cleanup)

  it('has one row in the tab order and says where each one is', () => {
    const { getAllByRole } = draw({})
    const [head, ...drawn] = getAllByRole('row')
    expect(head?.getAttribute('aria-rowindex')).toBe('1')
    expect(drawn.map((row) => [row.getAttribute('aria-rowindex'), row.tabIndex])).toEqual([
      ['2', 0],
      ['3', -1],
      ['4', -1],
      ['5', -1],
      ['6', -1],
    ])
  })

  it('moves the focus with the arrow keys, and chooses only while details are open', async () => {
    const onSelect = vi.fn()
    const { getAllByRole, rerender } = draw({ onSelect, selected: null })
    const row = (index: number) => getAllByRole('row')[index + 1] as HTMLElement
    row(0).focus()
    fireEvent.keyDown(row(0), { key: 'ArrowDown' })
    await vi.waitFor(() => expect(document.activeElement).toBe(row(1)))
    expect(onSelect).not.toHaveBeenCalled()
    fireEvent.keyDown(row(1), { key: 'Enter' })
    expect(onSelect).toHaveBeenLastCalledWith(rows[1])
    rerender(
      <PanelContext.Provider value={host}>
        <Grid label="Rows" class="x" rows={rows} columns={[]} keyOf={({ id }) => id} selected="r1" onSelect={onSelect} />
      </PanelContext.Provider>,
    )
    fireEvent.keyDown(row(1), { key: 'End' })
    await vi.waitFor(() => expect(document.activeElement).toBe(row(4)))
    expect(onSelect).toHaveBeenLastCalledWith(rows[4])
  })

  it('copies the row on Y', () => {
    const { getAllByRole } = draw({})
    fireEvent.keyDown(getAllByRole('row')[3] as HTMLElement, { key: 'y' })
    expect(host.copy).toHaveBeenCalledWith('row 2', 'the row')
  })
})
