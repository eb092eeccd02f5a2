import type { Signal } from '@preact/signals'
import { type ComponentType, createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Finding, OverlayConfig, RequestSummary } from '../contract/types.ts'

/** What a view may ask of the overlay around it. */
export interface PanelHost {
  config: OverlayConfig | null
  /** URL template for source links: the reader's choice, else the server's */
  editorUrl: string
  openPanel(id: string): void
  openRequest(id: string): void
  /** the record that is shown */
  currentId: string | null
  toast(text: string): void
  /** copies and says so */
  copy(text: string, what: string): void
  /** what is typed in this panel's filter */
  filter: string
  setFilter(text: string): void
  /** key of the chosen row; its details are open */
  selected: string | null
  select(key: string | null): void
  /** whether the list has left its top */
  setScrolled(scrolled: boolean): void
  /** share of the detail pane in percent, 0 for the default */
  split: number
  setSplit(percent: number): void
  /** a choice of a view that outlives it, e.g. a sort; `''` when never made */
  option(name: 'sqlSort' | 'grouped'): string
  setOption(name: 'sqlSort' | 'grouped', value: string): void
  /** all records this browser knows, newest first; only for views over many of them */
  requests: Signal<RequestSummary[]>
  loadMore: (() => Promise<void>) | null
  clear(): Promise<void>
}

export interface PanelProps<Data> {
  data: Data
  request: RequestSummary
  /** all that was found about this request */
  findings: readonly Finding[]
  /** the record is the one of the page around the toolbar, so that the browser's own timings belong to it */
  ofPage: boolean
}

/** What `panels/<id>/view.tsx` exports as `view`. */
export interface PanelView<Data> {
  View: ComponentType<PanelProps<Data>>
  css?: string
  /** `false` for a view that needs no data of its own */
  data?: false
  /** placeholder of the filter; no filter without it */
  filter?: string
}

/** Types the view of a panel. */
export const defineView = <Data>(view: PanelView<Data>): PanelView<Data> => view

export const PanelContext = createContext<PanelHost | null>(null)

/** The overlay around a view. */
export function usePanel(): PanelHost {
  const host = useContext(PanelContext)
  if (!host) throw new Error('A view was rendered outside of a panel')
  return host
}
