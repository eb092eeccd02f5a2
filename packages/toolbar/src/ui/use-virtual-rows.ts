import { elementScroll, observeElementOffset, observeElementRect, Virtualizer, type VirtualizerOptions } from '@tanstack/virtual-core'
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useReducer, useState } from 'preact/hooks'

/** Shorter lists are drawn whole: the browser's own find, and assistive technology, then see all of them. */
const WHOLE = 100
const OVERSCAN = 3

export interface VirtualRows {
  /** rows to draw: `from` up to but not including `to` */
  from: number
  to: number
  rowHeight: number
  virtual: boolean
  scrollTo(index: number): void
}

/** Height of a row as the style sheet says (`--rh`): it depends on the pointer and on the width of the drawer. */
function useRowHeight(scroller: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(24)
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = () => setHeight(Number.parseFloat(getComputedStyle(element).getPropertyValue('--rh')) || 24)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])
  return height
}

/** Which rows of a long list of equal heights are in sight. Nothing is measured while scrolling. */
export function useVirtualRows(scroller: RefObject<HTMLElement | null>, count: number, head: number): VirtualRows {
  const rowHeight = useRowHeight(scroller)
  const [, redraw] = useReducer((times: number, _: unknown) => times + 1, 0)
  const virtual = count > WHOLE
  const options: VirtualizerOptions<HTMLElement, HTMLElement> = {
    count: virtual ? count : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: head,
    scrollPaddingStart: head,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    initialRect: { width: 0, height: 600 },
    onChange: () => redraw(null),
  }
  const [virtualizer] = useState(() => new Virtualizer(options))
  virtualizer.setOptions(options)
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer])
  useLayoutEffect(() => virtualizer._willUpdate())
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight])
  const items = virtual ? virtualizer.getVirtualItems() : []
  return {
    from: items[0]?.index ?? 0,
    to: virtual ? (items.at(-1)?.index ?? -1) + 1 : count,
    rowHeight,
    virtual,
    scrollTo: (index) => {
      if (virtual) virtualizer.scrollToIndex(index, { align: 'auto' })
    },
  }
}
