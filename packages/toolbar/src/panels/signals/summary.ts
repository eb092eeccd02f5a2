import type { Entry, SignalData } from '../../contract/types.ts'
import { definePanel, figure } from '../panel.ts'
import { type Rows, selectRows } from '../select-rows.ts'
import { SIGNAL_FIELDS, type SignalsPanelData } from './data.ts'

const signalRows: Rows<Entry<SignalData>, (typeof SIGNAL_FIELDS)[number]> = {
  fields: SIGNAL_FIELDS,
  toFields: ({ data, site, durationMs }) => ({
    text: [data.event, data.emitter, ...data.listeners.map(({ name }) => name)],
    fields: {
      event: data.event,
      emitter: data.emitter,
      listener: data.listeners.map(({ name }) => name),
      file: site?.file,
      time: durationMs,
    },
  }),
  sorts: { start: (row) => row.startMs, time: (row) => row.durationMs ?? 0, event: (row) => row.data.event },
}

export const signalsPanel = definePanel<SignalsPanelData>({
  id: 'signals',
  title: 'Signals',
  types: ['signal'],
  rows: signalRows,
  summary({ summary, entries }) {
    const count = summary.counts.signal ?? 0
    return figure(
      count.toLocaleString('en-US'),
      count,
      entries.some((entry) => entry.type === 'signal' && entry.status === 'error') ? 'error' : 'none',
    )
  },
  data(view, query, context) {
    const signals = view.entries.filter((entry): entry is Entry<SignalData> => entry.type === 'signal')
    return {
      requestMs: view.summary.durationMs,
      signals: selectRows(signals, query, context, signalRows),
      quiet: context.quietSignals(new Set(signals.map((signal) => `${signal.data.emitter}\n${signal.data.event}`))),
      truncated: view.truncated.signal ?? 0,
    }
  },
})
