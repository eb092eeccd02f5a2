import type { IncomingMessage, ServerResponse } from 'node:http'
import { guard } from '../core/guard.ts'
import { look } from '../core/look.ts'
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
    const app = look(req as ExpressRequest, 'app')
    if (app !== undefined && !seen.has(app)) meetApp(app, null)
  }

  return {
    begin(req, res, record) {
      const app = look(req as ExpressRequest, 'app')
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

/** One of Express's own, by name; one of the app's is not called, since nobody asked for it. */
function queryParserOf(app: object): ((query: string) => unknown) | null {
  const settings = read(app, 'settings')
  const parser = isFunction(read(settings, 'query parser')) ? undefined : read(settings, 'query parser fn')
  return isFunction(parser) ? (parser as (query: string) => unknown) : null
}

/** What is there, without asking for it: getters of the app's are its own. */
function held(req: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(req, key)?.value
}

/** Read once, after the headers are sent: an earlier look at a session can change Set-Cookie. */
const readLate = guard('express.read', (req: ExpressRequest, record: RequestRecord, params: unknown): void => {
  const { facts, limits } = record
  facts.params = preview(params ?? {}, limits)
  const body = held(req, 'body')
  // cookie-session makes its session in a getter, which changes nothing any more when the headers are sent
  const session = read(req, 'session')
  const user = held(req, 'user')
  const files = held(req, 'files') ?? held(req, 'file')
  const query = held(req, 'query')
  if (query !== undefined) facts.query = preview(query, limits)
  if (body !== undefined) facts.requestBody = preview(body, limits)
  if (session !== undefined) facts.session = preview(session, limits)
  if (user !== undefined) facts.user = preview(user, limits)
  if (files !== undefined) facts.files = preview(files, limits)
})
