import { computed, signal } from '@preact/signals'
import type { HistoryCounts, RequestDetail, RequestSummary } from '../contract/types.ts'
import { type Client, ClientError, OUTSIDE } from './client.ts'

const KEPT_SUMMARIES = 1000
const KEPT_DETAILS = 20

/** Newest first, one of each id; an older version of a record never replaces a newer one. */
export function mergeRequests(list: readonly RequestSummary[], arrived: readonly RequestSummary[]): RequestSummary[] {
  const byId = new Map(list.map((request) => [request.id, request]))
  for (const request of arrived) {
    const known = byId.get(request.id)
    if (known && known.state !== 'running' && request.state === 'running') continue
    byId.set(request.id, request)
  }
  return [...byId.values()].sort((a, b) => b.seq - a.seq).slice(0, KEPT_SUMMARIES)
}

/** Without those that would be running for ever: the server has let go of them before it could tell of their end. */
export function withoutGone(list: readonly RequestSummary[], ids: readonly string[]): RequestSummary[] {
  const gone = new Set(ids)
  return list.filter(({ id, state }) => state !== 'running' || !gone.has(id))
}

/** The records this browser knows of: summaries of all, details of those looked at. */
export function createHistory(client: Client) {
  const list = signal<RequestSummary[]>([])
  const counts = signal<HistoryCounts | null>(null)
  const next = signal<string | null>(null)
  const details = signal<ReadonlyMap<string, RequestDetail>>(new Map())
  const failures = signal<ReadonlyMap<string, ClientError>>(new Map())
  const pending = new Map<string, Promise<void>>()

  const fail = (id: string, error: unknown): void => {
    const known = error instanceof ClientError ? error : new ClientError('UNEXPECTED', String(error), 0, '')
    failures.value = new Map(failures.peek()).set(id, known)
  }
  const keep = (id: string, detail: RequestDetail): void => {
    const kept = [...details.peek()].filter(([key]) => key !== id).slice(1 - KEPT_DETAILS)
    details.value = new Map([...kept, [id, detail]])
    if (detail.request.kind === 'http') list.value = mergeRequests(list.peek(), [detail.request])
    if (!failures.peek().has(id)) return
    const rest = new Map(failures.peek())
    rest.delete(id)
    failures.value = rest
  }

  return {
    list,
    counts,
    /** cursor of the next older page of the list */
    next,
    details,
    failures,
    /** what ran outside of requests, as far as it was read */
    outside: computed(() => {
      const request = details.value.get(OUTSIDE)?.request
      return request && Object.values(request.counts).some((count) => count > 0) ? request : null
    }),
    find: (id: string | null): RequestSummary | null =>
      list.value.find((request) => request.id === id) ?? details.value.get(id ?? '')?.request ?? null,
    add: (arrived: readonly RequestSummary[]): void => {
      list.value = mergeRequests(list.peek(), arrived)
    },
    drop: (ids: readonly string[]): void => {
      const kept = withoutGone(list.peek(), ids)
      if (kept.length < list.peek().length) list.value = kept
    },
    forget: (): void => {
      list.value = []
      details.value = new Map()
      next.value = null
    },
    /** reads the newest hundred */
    refresh: async (): Promise<void> => {
      const page = await client.requests({ limit: 100 })
      // what the server no longer has, and is not newer than its answer, is gone
      const newest = page.requests[0]?.seq ?? 0
      list.value = mergeRequests(
        list.peek().filter((request) => request.seq > newest),
        page.requests,
      )
      counts.value = page.counts
      next.value = page.next
    },
    more: async (): Promise<void> => {
      const before = next.peek()
      if (before === null) return
      const page = await client.requests({ limit: 100, before })
      list.value = mergeRequests(list.peek(), page.requests)
      next.value = page.next
    },
    /** reads a record; a second call while the first is under way joins it */
    load: (id: string): Promise<void> => {
      const running = pending.get(id)
      if (running) return running
      const load = client
        .request(id)
        .then(
          (detail) => keep(id, detail),
          (error: unknown) => fail(id, error),
        )
        .finally(() => pending.delete(id))
      pending.set(id, load)
      return load
    },
  }
}
