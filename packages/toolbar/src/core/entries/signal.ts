import type { Preview, SignalData } from '../../contract/types.ts'
import { defineKind } from '../entry.ts'
import { placeOfFunction } from '../function-places.ts'
import { tagged } from '../preview.ts'
import { sizeOfPreview } from '../preview-size.ts'

export interface RawListener {
  name: string
  /** the listener itself, weakly: its place is looked up when somebody reads */
  target: WeakRef<object> | null
  startMs: number
  /** -1 while its promise is pending */
  endMs: number
  syncMs: number
  async: boolean
  once: boolean
  error: string | null
  reached: boolean
}

export interface RawSignal {
  event: string
  emitter: string
  args: Preview[]
  listeners: RawListener[]
}

export const signalKind = defineKind({
  type: 'signal',
  spine: 'signal',
  seal: (entry) => {
    const raw = entry.data as RawSignal
    return 96 + raw.listeners.length * 96 + sizeOfPreview(raw.args)
  },
  shed(entry) {
    const raw = entry.data as RawSignal
    const bytes = sizeOfPreview(raw.args)
    raw.args = [tagged('more')]
    return bytes
  },
  toData(entry): SignalData {
    const raw = entry.data as RawSignal
    return {
      event: raw.event,
      emitter: raw.emitter,
      args: raw.args,
      listeners: raw.listeners.map((listener) => ({
        name: listener.name,
        site: placeOfFunction(listener.target?.deref()),
        durationMs: listener.endMs === -1 ? null : listener.endMs - listener.startMs,
        syncMs: listener.syncMs,
        async: listener.async,
        once: listener.once,
        error: listener.error,
        reached: listener.reached,
      })),
    }
  },
})
