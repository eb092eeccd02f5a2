import { now } from './clock.ts'
import type { RequestRecord } from './record.ts'

/** How long an answered redirect waits for the request it sent the browser to. */
const waitMs = 5_000
const maxWaiting = 50

/** A redirect and its target: Location, same client, within a few seconds. */
export class Redirects {
  private waiting: { id: string; target: string; client: string; atMs: number }[] = []

  get waits(): boolean {
    return this.waiting.length > 0
  }

  /** An answer sent its client somewhere else. */
  expect(record: RequestRecord, client: string): void {
    const target = toPath(record.facts.location as string, record.facts.url)
    if (target === null) return
    if (this.waiting.length >= maxWaiting) this.waiting.shift()
    this.waiting.push({ id: record.id, target, client, atMs: now() })
    record.facts.redirectedTo = null
  }

  /** @returns the id of the request that sent the client here, or `null` */
  follow(record: RequestRecord, client: string): string | null {
    if (this.waiting.length === 0) return null
    const oldest = now() - waitMs
    this.waiting = this.waiting.filter((redirect) => redirect.atMs >= oldest)
    const at = this.waiting.findIndex((redirect) => redirect.client === client && redirect.target === record.facts.url)
    if (at === -1) return null
    const [redirect] = this.waiting.splice(at, 1) as unknown as [{ id: string }]
    record.facts.redirectedFrom = redirect.id
    return redirect.id
  }
}

/** Path and query of a Location, relative to the page that sent it: other hosts' are compared by path too, which is good enough to join. */
function toPath(location: string, from: string): string | null {
  try {
    const url = new URL(location, `http://localhost${from}`)
    return url.pathname + url.search
  } catch {
    return null
  }
}
