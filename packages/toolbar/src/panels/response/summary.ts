import { definePanel, figure } from '../panel.ts'
import type { ResponsePanelData } from './data.ts'

export const responsePanel = definePanel<ResponsePanelData>({
  id: 'response',
  title: 'Response',
  types: [],
  summary: ({ summary }) =>
    figure(
      summary.status === null ? 'no answer' : String(summary.status),
      summary.status,
      (summary.status ?? 0) >= 500 ? 'error' : (summary.status ?? 0) >= 400 ? 'warn' : 'none',
    ),
  data: ({ summary, facts }) => ({
    status: summary.status,
    statusMessage: facts.statusMessage,
    contentType: facts.contentType,
    bytes: summary.bytes,
    streamed: facts.streamed,
    json: facts.json,
    text: facts.text,
    bodyLength: facts.bodyLength,
    injected: facts.injected,
    notInjected: facts.notInjected,
  }),
})
