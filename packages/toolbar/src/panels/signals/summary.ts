import type { Entry, SignalData } from '../../contract/types.ts'
import { definePanel, figure } from '../panel.ts'
import type { SignalsPanelData } from './data.ts'

export const signalsPanel = definePanel<SignalsPanelData>({
  id: 'signals',
  title: 'Signals',
  types: ['signal'],
  summary({ summary, entries }) {
    const count = summary.counts.signal ?? 0
    return figure(
      count.toLocaleString('en-US'),
      count,
      entries.some((entry) => entry.type === 'signal' && entry.status === 'error') ? 'error' : 'none',
    )
  },
  data(view, _query, context) {
    const signals = view.entries.filter((entry): entry is Entry<SignalData> => entry.type === 'signal')
    return {
      requestMs: view.summary.durationMs,
      signals,
      quiet: context.quietSignals(new Set(signals.map((signal) => `${signal.data.emitter}\n${signal.data.event}`))),
      truncated: view.truncated.signal ?? 0,
    }
  },
})
