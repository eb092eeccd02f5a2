import type { Entry, ExceptionData } from '../../contract/types.ts'
import { definePanel, figure } from '../panel.ts'
import type { ExceptionsPanelData } from './data.ts'

export const exceptionsPanel = definePanel<ExceptionsPanelData>({
  id: 'exceptions',
  title: 'Exceptions',
  types: ['exception'],
  summary({ summary }) {
    const count = summary.counts.exception ?? 0
    return figure(String(count), count, count > 0 ? 'error' : 'none')
  },
  data: (view) => ({
    exceptions: view.entries.filter((entry): entry is Entry<ExceptionData> => entry.type === 'exception'),
    truncated: view.truncated.exception ?? 0,
  }),
})
