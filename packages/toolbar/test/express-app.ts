import type { RequestListener } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Entry, RequestSummary } from 'debug-toolbar'
import express5, { type Express } from 'express'
import express4 from 'express4'
import { type Running, serve } from './harness.ts'

export type MakeExpress = typeof express5

/** Both majors, by name. */
export const expresses: readonly (readonly [version: string, express: MakeExpress])[] = [
  ['Express 5', express5],
  ['Express 4', express4 as unknown as MakeExpress],
]

export const views = fileURLToPath(new URL('views', import.meta.url))

export type BuildExpress = (server: Express, toolbar: Running['toolbar']) => void

/** An Express app with EJS views and the toolbar first. */
export function startExpress(express: MakeExpress, build: BuildExpress): Promise<Running> {
  return serve({}, (toolbar) => {
    const server = express()
    server.set('views', views)
    server.set('view engine', 'ejs')
    server.use(toolbar)
    build(server, toolbar)
    return server as unknown as RequestListener
  })
}

/** Asks for a path and returns what was answered and recorded. */
export async function recordOf<Data>(
  app: Running,
  path: string,
  type: string,
  headers: Record<string, string> = {},
): Promise<{ answer: Response; text: string; request: RequestSummary; entries: Entry<Data>[] }> {
  const answer = await app.get(path, headers)
  const text = await answer.text()
  const request = await app.latest(path.split('?')[0])
  return { answer, text, request, entries: await app.entries<Data>(request.id, type) }
}
