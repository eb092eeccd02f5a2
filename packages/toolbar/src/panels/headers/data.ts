/** Fields of the filter, in the view and in the API. */
export const HEADER_FIELDS = ['name', 'value'] as const

export interface HeaderRow {
  name: string
  value: string
  /** the value was replaced */
  masked: boolean
  /** what the toolbar did to it, e.g. `hidden from the app` */
  note: string | null
}

/** In the order and case of the wire. */
export interface HeadersPanelData {
  request: HeaderRow[]
  response: HeaderRow[]
}
