import { definePanel, figure } from '../panel.ts'
import type { HeadersPanelData } from './data.ts'

export const headersPanel = definePanel<HeadersPanelData>({
  id: 'headers',
  title: 'Headers',
  types: [],
  summary: ({ facts }) =>
    figure(`${facts.requestHeaders.length} + ${facts.responseHeaders.length}`, facts.requestHeaders.length + facts.responseHeaders.length),
  data: ({ facts }) => ({ request: facts.requestHeaders, response: facts.responseHeaders }),
})
