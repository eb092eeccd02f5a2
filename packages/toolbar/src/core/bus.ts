import type { RequestSummary } from '../contract/types.ts'
import { guard } from './guard.ts'

/** What listeners hear of. Only `core/emit` makes the summaries that travel here. */
export interface BusEvents {
  request: RequestSummary
  cleared: { seq: number }
  gone: { ids: string[] }
}

type Listener<Name extends keyof BusEvents> = (event: BusEvents[Name]) => void

export class Bus {
  private readonly listeners: { [Name in keyof BusEvents]: Set<Listener<Name>> } = {
    request: new Set(),
    cleared: new Set(),
    gone: new Set(),
  }

  on<Name extends keyof BusEvents>(name: Name, listener: Listener<Name>): () => void {
    const safe = guard(`bus.${name}`, listener) as Listener<Name>
    const set = this.listeners[name] as Set<Listener<Name>>
    set.add(safe)
    return () => set.delete(safe)
  }

  /** Whether making an event is worth its while. */
  heard(name: keyof BusEvents): boolean {
    return this.listeners[name].size > 0
  }

  say<Name extends keyof BusEvents>(name: Name, event: BusEvents[Name]): void {
    for (const listener of this.listeners[name] as Set<Listener<Name>>) listener(event)
  }
}
