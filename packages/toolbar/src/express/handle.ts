import type { IncomingMessage, ServerResponse } from 'node:http'

/** What `debugToolbar()` returns: the middleware, with methods. */
export interface Toolbar {
  (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void): void
  /**
   * Watches one more instance: a knex, a pino, an EventEmitter.
   * @returns unwatch; idempotent
   * @throws ToolbarError when it cannot be recognised
   */
  watch(instance: unknown, options?: { name?: string }): () => void
  /** Runs `run` as a span of the app's own, in the timeline of the request being served. Nests; sync and async. @returns what `run` returns */
  measure<Result>(name: string, run: () => Result): Result
  /** Releases this handle and its watches; the last one undoes every patch and ends streams. Idempotent. */
  close(): void
}
