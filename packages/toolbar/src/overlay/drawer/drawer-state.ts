import { effect, signal } from '@preact/signals'
import type { OverlayConfig, RequestSummary } from '../../contract/types.ts'
import { ClientError, OUTSIDE } from '../client.ts'
import type { Model } from '../model.ts'

export type Menu = 'requests' | 'palette' | 'dock' | 'faults'

export interface Toast {
  text: string
  undo: (() => void) | null
}

export interface PanelResource {
  /** record and panel this is about */
  key: string
  data: unknown
  error: ClientError | null
  /** epoch ms of the answer, 0 before there was one */
  at: number
}

const KEPT = 30
const TOAST_MS = 3000
/** with something to press it stays longer */
const UNDO_MS = 6000
const OUTSIDE_MS = 2000
const nothing: PanelResource = { key: '', data: undefined, error: null, at: 0 }

/** Changes when the data of its panels may have. */
function toVersion({ kind, state, late, counts, findings }: RequestSummary): string {
  return kind === 'outside' ? Object.values(counts).join(' ') : `${state} ${late} ${findings.error} ${findings.warning} ${findings.info}`
}

/** What only the open drawer needs: its menu, its message, and the data of the panel in sight. */
export function createDrawerState(model: Model) {
  const menu = signal<Menu | null>(null)
  const toast = signal<Toast | null>(null)
  const resource = signal<PanelResource>(nothing)
  const attempts = signal(0)
  const cache = new Map<string, { version: string; data: unknown; at: number }>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const pending = new Map<string, Promise<unknown>>()

  /** What two ask for at the same time is asked for once. */
  const fetchPanel = (id: string, panel: string, version: string): Promise<unknown> => {
    const key = `${id}/${panel}`
    const asked = `${key} ${version}`
    const running = pending.get(asked)
    if (running) return running
    const fetching = model.client
      .panel(id, panel)
      .then((data) => {
        cache.delete(key)
        cache.set(key, { version, data, at: Date.now() })
        for (const old of [...cache.keys()].slice(0, -KEPT)) cache.delete(old)
        return data
      })
      .finally(() => pending.delete(asked))
    pending.set(asked, fetching)
    return fetching
  }

  const load = async (id: string, panel: string, version: string): Promise<void> => {
    const key = `${id}/${panel}`
    const known = cache.get(key)
    if (known) resource.value = { key, data: known.data, error: null, at: known.at }
    else if (resource.peek().key !== key) resource.value = { ...nothing, key }
    if (known?.version === version) return
    const isCurrent = () => resource.peek().key === key
    try {
      const data = await fetchPanel(id, panel, version)
      if (isCurrent()) resource.value = { key, data, error: null, at: Date.now() }
    } catch (error) {
      const known = error instanceof ClientError ? error : new ClientError('UNEXPECTED', String(error), 0, '')
      if (isCurrent()) resource.value = { ...resource.peek(), error: known }
    }
  }
  /** reads the data of a panel that is likely to be opened next */
  const prefetch = (panel: string): void => {
    const id = model.currentId.peek()
    const record = model.current.peek()
    const version = record ? toVersion(record) : ''
    if (id === null || !record || record.state === 'running' || cache.get(`${id}/${panel}`)?.version === version) return
    fetchPanel(id, panel, version).catch(() => {
      // it is asked for again when it is opened, and tells why then
    })
  }
  /** follows the record and the panel; a record that goes on is read again when it says so */
  const follow = (panel: () => string | null) =>
    effect(() => {
      attempts.value
      const id = model.currentId.value
      const name = panel()
      const record = model.current.value
      if (id !== null && name !== null) void load(id, name, record ? toVersion(record) : '')
    })

  /** what is over at no time says nothing when it goes on: it is asked for while somebody looks at it */
  const watchOutside = () =>
    effect(() => {
      if (model.currentId.value !== OUTSIDE) return
      const interval = setInterval(() => document.visibilityState === 'visible' && void model.readOutside(), OUTSIDE_MS)
      return () => clearInterval(interval)
    })

  return {
    menu,
    toast,
    resource,
    follow,
    prefetch,
    watchOutside,
    retry: (): void => {
      attempts.value++
    },
    say: (text: string, undo?: () => void): void => {
      clearTimeout(timer)
      const clear = (): void => {
        toast.value = null
      }
      toast.value = {
        text,
        undo: undo
          ? () => {
              clear()
              undo()
            }
          : null,
      }
      timer = setTimeout(clear, undo ? UNDO_MS : TOAST_MS)
    },
  }
}

export type DrawerState = ReturnType<typeof createDrawerState>

/** Writes text to the clipboard; says `false` where the page's policy or the browser forbids it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

/** Address of the stand-alone page. */
export const toPageAddress = (config: OverlayConfig | null, model: Model): string =>
  config?.path ? `${config.path.replace(/\/$/, '')}/` : new URL('../', model.client.base).pathname
