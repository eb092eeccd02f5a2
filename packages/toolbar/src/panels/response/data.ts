import type { Preview } from '../../contract/types.ts'

export interface ResponsePanelData {
  status: number | null
  statusMessage: string
  contentType: string | null
  /** body bytes sent, without the toolbar's script */
  bytes: number
  streamed: boolean
  /** parsed JSON body, `null` when there was none to parse */
  json: Preview | null
  /** beginning of a JSON body that was too long to parse, masked */
  text: string | null
  /** the full length of the body that `json` or `text` shows the beginning of */
  bodyLength: number | null
  injected: boolean
  /** why the page carries no toolbar, in a sentence; `null` when it does */
  notInjected: string | null
}
