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
