import type { Preview } from '../../contract/types.ts'

export interface RequestPanelData {
  method: string
  url: string
  route: string | null
  /** name and place of the handler that answered */
  handler: { name: string; site: string | null } | null
  httpVersion: string
  remoteAddress: string | null
  startedAt: number
  params: Preview
  query: Preview
  /** `undefined`-like previews say that nothing parsed it */
  body: Preview
  cookies: [name: string, value: Preview][]
  session: Preview
  user: Preview
  files: Preview
  redirectedFrom: string | null
  redirectedTo: string | null
}
