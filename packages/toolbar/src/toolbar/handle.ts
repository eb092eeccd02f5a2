import type { IncomingMessage, ServerResponse } from 'node:http'

/** What `debugToolbar()` returns: the middleware, with methods. */
export interface Toolbar {
  (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void): void
  /**
   * Watches one more instance: a knex, a pino, an EventEmitter.
   * @param options.name what its entries are labelled with. Default: the database, the logger's name, or the class
   * @returns unwatch; idempotent
   * @throws ToolbarError `CANNOT_WATCH` when it is not recognised, `CLOSED` after `close()`
   */
  watch(instance: unknown, options?: { name?: string }): () => void
  /**
   * Runs `run` as a span of the app's own, in the timeline of the request being served. Nests; outside a request it only runs.
   * @param name at most 200 characters are kept
   * @returns what `run` returns, the very same, also for a promise of a plain function, which is timed once somebody waits for it; for the
   * promise of an async function another one, that settles the same way when the span has ended. What `run` throws is thrown.
   */
  measure<Result>(name: string, run: () => Result): Result
  /** Releases this handle and its watches; the last one undoes every patch and ends streams. Idempotent. */
  close(): void
}
