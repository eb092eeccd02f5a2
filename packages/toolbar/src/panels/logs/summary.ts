import type { Entry, LogData } from '../../contract/types.ts'
import { definePanel, figure, plural } from '../panel.ts'
import { type Rows, selectRows } from '../select-rows.ts'
import { LOG_FIELDS, type LogsPanelData } from './data.ts'

const logRows: Rows<Entry<LogData>, (typeof LOG_FIELDS)[number]> = {
  fields: LOG_FIELDS,
  toFields: ({ data, site, startMs }) => ({
    text: [data.message, data.level, data.logger],
    fields: { level: data.level, logger: data.logger, time: startMs, file: site?.file },
  }),
  sorts: { start: (row) => row.startMs, level: (row) => row.data.level, message: (row) => row.data.message },
}

export const logsPanel = definePanel<LogsPanelData>({
  id: 'logs',
  title: 'Logs',
  types: ['log'],
  rows: logRows,
  summary({ summary }) {
    const count = summary.counts.log ?? 0
    const { warn, error } = summary.logs
    const worst = error > 0 ? `${plural(error, 'error')} · ` : warn > 0 ? `${plural(warn, 'warning')} · ` : ''
    return figure(worst + count.toLocaleString('en-US'), count, error > 0 ? 'error' : warn > 0 ? 'warn' : 'none')
  },
  data(view, query, context) {
    const lines = view.entries.filter((entry): entry is Entry<LogData> => entry.type === 'log')
    return {
      requestMs: view.summary.durationMs,
      lines: selectRows(lines, query, context, logRows),
      levels: { ...view.logLevels },
      truncated: view.truncated.log ?? 0,
    }
  },
})
