import type { Entry, RequestSummary, SqlData, ToolbarOptions } from 'debug-toolbar'
import express from 'express'
import type { Knex } from 'knex'
import { type Running, serve } from '../harness.ts'

/** What a handler answered, and what was recorded of it. */
export interface Ran {
  answer: unknown
  request: RequestSummary
  queries: Entry<SqlData>[]
}

/** Runs one handler in a request of an app that watches something. The app is closed before this returns. */
export async function runIn(options: ToolbarOptions, handler: () => unknown): Promise<Ran> {
  let app: Running | undefined
  try {
    app = await serve(options, (toolbar) => {
      const server = express()
      server.use(toolbar)
      server.get('/', async (_req, res) => {
        res.json((await handler()) ?? null)
      })
      return server
    })
    const answer: unknown = await (await app.get('/')).json()
    const request = await app.latest('/')
    return { answer, request, queries: await app.entries<SqlData>(request.id, 'sql') }
  } finally {
    await app?.close()
  }
}

/** Has a pool make its first connection, however long that takes: what is timed afterwards waits for the pool only. */
export async function connected(db: Knex): Promise<void> {
  for (let attempt = 0; ; attempt++)
    try {
      await db.raw('select 1')
      return
    } catch (error) {
      if (attempt === 50) throw error
    }
}

/** An error as the app sees it, but for its stack, which has a frame of ours where the driver fails in the very call. */
export function seen(error: unknown): Record<string, unknown> {
  const { name, message, code, severity, errno, sqlState } = error as Record<string, unknown>
  return { name, message, code, severity, errno, sqlState }
}
