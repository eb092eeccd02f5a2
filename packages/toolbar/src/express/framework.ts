import type { IncomingMessage, ServerResponse } from 'node:http'
import { guard } from '../core/guard.ts'
import type { Undo } from '../core/patch.ts'
import { preview } from '../core/preview.ts'
import type { RequestRecord } from '../core/record.ts'
import { servingOf } from '../core/serving.ts'
import type { FrameworkHooks } from '../http/middleware.ts'
import { forgetExceptions } from '../sources/exceptions.ts'
import { endLayers, layerState, patchLayers } from '../sources/express-layers.ts'
import { patchSend } from '../sources/express-send.ts'
import { patchViews } from '../sources/express-views.ts'
import { isFunction, read } from '../sources/source.ts'

type ExpressRequest = IncomingMessage & {
  app?: object
  route?: { path?: unknown }
  session?: unknown
  user?: unknown
  body?: unknown
  files?: unknown
  file?: unknown
}

/** What Express adds to a record. Apps, routers and prototypes are patched when the first request shows them. */
export function createExpressHooks(isOurs: (handle: unknown) => boolean, keep: (undo: Undo) => void): FrameworkHooks {
  let seen = new WeakSet<object>()
  keep(() => {
    seen = new WeakSet()
  })

  const meetApp = guard('express.app', (app: object, res: ServerResponse | null): void => {
    seen.add(app)
    patchViews(app, keep)
    patchLayers(app, isOurs, keep, onApp)
    if (res !== null) patchSend(res, keep)
  })
  const onApp = (req: IncomingMessage): void => {
    const { app } = req as ExpressRequest
    if (app !== undefined && !seen.has(app)) meetApp(app, null)
  }

  return {
    begin(req, res, record) {
      const { app } = req as ExpressRequest
      if (app === undefined) return
      if (!seen.has(app)) meetApp(app, res)
      record.facts.queryParser = queryParserOf(app)
    },
    end(req, res, record) {
      const serving = servingOf(res)
      readLate(req as ExpressRequest, record, serving === undefined ? undefined : layerState(serving).params)
      forgetExceptions(record)
    },
    answered(res) {
      const serving = servingOf(res)
      if (serving !== undefined) endLayers(serving)
    },
  }
}

function queryParserOf(app: object): ((query: string) => unknown) | null {
  const settings = read(app, 'settings')
  const parser = read(settings, 'query parser fn')
  return isFunction(parser) ? (parser as (query: string) => unknown) : null
}

/** Read once, after the headers are sent: an earlier look at a session can change Set-Cookie. */
const readLate = guard('express.read', (req: ExpressRequest, record: RequestRecord, params: unknown): void => {
  const { facts, limits } = record
  facts.params = preview(params ?? {}, limits)
  const query = Object.getOwnPropertyDescriptor(req, 'query')
  if (query !== undefined && 'value' in query) facts.query = preview(query.value, limits)
  if (req.body !== undefined) facts.requestBody = preview(req.body, limits)
  if (req.session !== undefined) facts.session = preview(req.session, limits)
  if (req.user !== undefined) facts.user = preview(req.user, limits)
  const files = req.files ?? req.file
  if (files !== undefined) facts.files = preview(files, limits)
})
