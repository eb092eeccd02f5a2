import type { Filter } from '../contract/filter.ts'
import type { EntryType, PanelSummary, Tone } from '../contract/types.ts'
import type { RecordView } from '../core/emit.ts'

/** What a panel may ask of the server beside the record. */
export interface PanelContext {
  slowQueryMs: number
  /** names of handlers and listeners that are connected to watched emitters, and did not fire */
  quietSignals: (fired: ReadonlySet<string>) => { emitter: string; event: string; listeners: { name: string; site: string | null }[] }[]
}

export interface PanelQuery {
  /** rows to skip; `from` and `limit` are for lists. Default 0 */
  from: number
  /** rows at most; `null` for all that is kept */
  limit: number | null
  /** `q`, read, of known fields only; `null` for all rows */
  filter: Filter | null
  /** name of a known column, `-` before it for descending; `null` for the panel's own order */
  sort: string | null
}

/** What `q` and `sort` may name in a panel that is a list of rows. */
export interface PanelRows {
  /** of the filter language, those of the view's filter box */
  readonly fields: readonly string[]
  /** by name; a `-` before the name turns the order round */
  readonly sorts: Readonly<Record<string, unknown>>
}

/** One panel: reads entries of its types; `summary` for the navigation, `data` when it is opened. */
export interface Panel<Data = unknown> {
  readonly id: string
  readonly title: string
  /** types of entries it is about; none for panels about the request itself */
  readonly types: readonly EntryType[]
  /** set in a panel that is a list of rows; the others take neither `q` nor `sort` */
  readonly rows?: PanelRows
  /** the figure in the navigation; cheap, it runs for every panel of an opened record */
  summary(view: RecordView, context: PanelContext): Omit<PanelSummary, 'id' | 'title'>
  data(view: RecordView, query: PanelQuery, context: PanelContext): Data
}

/** Types the literal. */
export function definePanel<Data>(panel: Panel<Data>): Panel<Data> {
  return panel
}

/** Made once: `toLocaleString` with options makes one for each figure. */
const oneDecimal = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** `1.2 ms`, one decimal, thousands separated: the way figures are written everywhere. */
export function ms(value: number): string {
  if (value > 0 && value < 0.05) return '<0.1 ms'
  return value >= 10_000 ? `${(value / 1_000).toFixed(1)} s` : `${oneDecimal.format(value)} ms`
}

/** Microseconds: sums of rounded figures carry noise behind. */
export function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}

export const figure = (summary: string, count: number | null = null, tone: Tone = 'none'): Omit<PanelSummary, 'id' | 'title'> => ({
  summary,
  tone,
  count,
})
