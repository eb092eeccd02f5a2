import type { Signal } from '@preact/signals'
import { type ComponentType, createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Filter } from '../contract/filter.ts'
import type { EntryDetail, ExplainAnswer, Finding, OverlayConfig, RequestSummary, RunAnswer } from '../contract/types.ts'

export type PanelOption = 'sqlSort' | 'grouped' | 'gaps'

/** What a view may ask of the overlay around it. */
export interface PanelHost {
  config: OverlayConfig | null
  /** URL template for source links: the reader's choice, else the server's */
  editorUrl: string
  /** `selected`: key of the row to choose there */
  openPanel(id: string, selected?: string): void
  openRequest(id: string): void
  /** the record that is shown */
  currentId: string | null
  /** says something for a moment; `undo` takes back what was hidden */
  toast(text: string, undo?: () => void): void
  /** copies and says so */
  copy(text: string, what: string): void
  /** what is typed in this panel's filter */
  filter: string
  /** the same, read with the fields of the view */
  parsed: Filter
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
  option(name: PanelOption): string
  setOption(name: PanelOption, value: string): void
  /** an entry of the record that is shown, with what is too much for a list; rejects with a sentence for the reader */
  entryDetail(entry: number): Promise<EntryDetail>
  explain(entry: number, analyze: boolean): Promise<ExplainAnswer>
  /** runs a query again, if it only reads */
  run(entry: number): Promise<RunAnswer>
  /** keys of findings that nobody wants to hear of here */
  ignored: ReadonlySet<string>
  setIgnored(key: string, ignored: boolean): void
  /** what ran outside of requests, `null` where there is nothing of it, or it is not known yet */
  outside: Signal<RequestSummary | null>
  /** all records this browser knows, newest first; only for views over many of them */
  requests: Signal<RequestSummary[]>
  loadMore: (() => Promise<void>) | null
  /** ids of the kept requests that the server finds: it also knows their SQL and findings, which summaries do not hold */
  search(text: string): Promise<string[]>
  clear(): Promise<void>
}

export interface PanelProps<Data> {
  data: Data
  request: RequestSummary
  /** all that was found about this request, without what is ignored */
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
  /** fields of its filter, the same that the API takes in `q`; none without them */
  fields?: readonly string[]
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
