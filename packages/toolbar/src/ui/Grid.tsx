import type { ComponentChildren, VNode } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { usePanel } from './panel.ts'
import { useVirtualRows } from './use-virtual-rows.ts'

export interface Column<Row> {
  id: string
  label: ComponentChildren
  class?: string
  /** classes of one cell beside those of the column: an element less in each row */
  cellClass?(row: Row): string
  /** makes the head a sort button */
  sort?: { direction: 'ascending' | 'descending' | null; toggle(): void }
  cell(row: Row, index: number): ComponentChildren
}

export interface GridProps<Row> {
  label: string
  /** class that sets the columns of head and rows */
  class: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  keyOf(row: Row): string
  selected?: string | null
  onSelect?(row: Row): void
  /** choosing a row leads elsewhere, so that moving over rows does not choose them */
  opens?: boolean
  /** rows are nested: a treegrid */
  tree?: { level(row: Row): number; expanded(row: Row): boolean | undefined; toggle(row: Row): void }
  rowClass?(row: Row): string
  rowStyle?(row: Row): Record<string, string> | undefined
  /** told when the list leaves its top, and when it is back */
  onScrolled?(scrolled: boolean): void
  /** what `Y` copies */
  copyText?(row: Row): string
  /** drawn behind the rows */
  backdrop?: ComponentChildren
  empty?: ComponentChildren
}

const HEAD_PX = 24

/** A table of rows of one height: keyboard, selection, folding, and only what is in sight is drawn. */
export function Grid<Row>(props: GridProps<Row>) {
  const { rows, columns, keyOf, selected, tree } = props
  const panel = usePanel()
  const scroller = useRef<HTMLDivElement>(null)
  const wantsFocus = useRef(false)
  const scrolled = useRef(false)
  const cache = useRef<{ props: GridProps<Row> | null; nodes: Map<string, { state: string; node: VNode }> }>({
    props: null,
    nodes: new Map(),
  })
  const [active, setActive] = useState<string | null>(null)
  const { from, to, rowHeight, virtual, scrollTo } = useVirtualRows(scroller, rows.length, HEAD_PX)
  const shown = rows.slice(from, to)
  const marked = active ?? selected ?? null
  const tabStop = shown.find((row) => keyOf(row) === marked) ?? shown[0]

  useLayoutEffect(() => {
    if (!wantsFocus.current || active === null) return
    const row = scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(active)}"]`)
    if (!row) return
    wantsFocus.current = false
    row.focus({ preventScroll: virtual })
  })
  useLayoutEffect(() => {
    // details opened by stepping through them keep their row in sight
    if (!selected) return
    const index = rows.findIndex((row) => keyOf(row) === selected)
    if (index >= 0) scrollTo(index)
  }, [selected])

  const moveTo = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (row === undefined) return
    wantsFocus.current = true
    setActive(keyOf(row))
    scrollTo(rows.indexOf(row))
    if (selected !== null && selected !== undefined && !props.opens) props.onSelect?.(row)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const element = (event.target as HTMLElement).closest<HTMLElement>('[data-key]')
    const index = element ? rows.findIndex((row) => keyOf(row) === element.dataset.key) : -1
    const row = rows[index]
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 240) / rowHeight) - 2)
    const target = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: rows.length - 1,
    }[event.key]
    if (target !== undefined) moveTo(target)
    else if (event.key === 'Enter' && event.target === element) props.onSelect?.(row)
    else if (event.key === 'ArrowRight' && tree?.expanded(row) === false) tree.toggle(row)
    else if (event.key === 'ArrowLeft' && tree?.expanded(row) === true) tree.toggle(row)
    else if (event.key === 'o') element?.querySelector<HTMLElement>('a.src')?.click()
    else if (event.key === 'y' && props.copyText) panel.copy(props.copyText(row), 'the row')
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  // Heard on the way down, before the rows of the new place are put in: what is read after that lays them out twice.
  const onScroll = (): void => {
    const now = (scroller.current?.scrollTop ?? 0) > 0
    if (now === scrolled.current) return
    scrolled.current = now
    panel.setScrolled(now)
    props.onScrolled?.(now)
  }
  // A row that is the same as before is the same node: scrolling then costs only the rows that come into sight.
  if (cache.current.props !== props) cache.current = { props, nodes: new Map() }
  const drawn = (row: Row, index: number) => {
    const key = keyOf(row)
    const state = `${index} ${key === selected} ${row === tabStop}`
    const known = cache.current.nodes.get(key)
    if (known?.state === state) return known.node
    const node = (
      <div
        key={key}
        role="row"
        class={`row gr ${props.class} ${props.rowClass?.(row) ?? ''}${key === selected ? ' sel' : ''}`}
        style={props.rowStyle?.(row)}
        data-key={key}
        aria-rowindex={index + 2}
        aria-level={tree?.level(row)}
        aria-expanded={tree?.expanded(row)}
        aria-selected={props.onSelect ? key === selected : undefined}
        tabIndex={row === tabStop ? 0 : -1}
        onFocus={() => setActive(key)}
        onClick={() => {
          if (key === selected) tree?.toggle(row)
          props.onSelect?.(row)
        }}
      >
        {columns.map((column) => (
          <div key={column.id} role="gridcell" class={column.cellClass ? `${column.class ?? ''} ${column.cellClass(row)}` : column.class}>
            {column.cell(row, index)}
          </div>
        ))}
      </div>
    )
    cache.current.nodes.set(key, { state, node })
    return node
  }
  const pad = (count: number) => (virtual ? <div role="presentation" style={{ height: `${count * rowHeight}px` }} /> : null)
  return (
    <div class={`scroll gridbox ${props.class}-box${virtual ? ' strict' : ''}`} ref={scroller} onScrollCapture={onScroll}>
      <div role={tree ? 'treegrid' : 'grid'} aria-label={props.label} aria-rowcount={rows.length + 1} onKeyDown={onKeyDown}>
        <div role="rowgroup" class="heads">
          <div class={`gr th ${props.class}`} role="row" aria-rowindex={1}>
            {columns.map(({ id, label, class: name, sort }) => (
              <div key={id} role="columnheader" class={name} aria-sort={sort?.direction ?? undefined}>
                {sort ? (
                  <button type="button" tabIndex={-1} onClick={sort.toggle}>
                    {label}
                    {sort.direction && <span aria-hidden="true">{sort.direction === 'ascending' ? ' ↑' : ' ↓'}</span>}
                  </button>
                ) : (
                  label
                )}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" class="rows">
          {props.backdrop}
          {pad(from)}
          {shown.map((row, offset) => drawn(row, from + offset))}
          {pad(rows.length - to)}
        </div>
      </div>
      {rows.length === 0 && props.empty}
    </div>
  )
}
