import type { IncomingMessage, ServerResponse } from 'node:http'
import { countFailure } from '../core/guard.ts'
import type { Gate, Refusal } from './gate.ts'
import { isForeignDestination } from './gate.ts'
import { ApiProblem, quote, sendEnd, sendHead, sendProblem } from './reply.ts'
import { matchRoute, type Route } from './routes.ts'

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'])

/**
 * Answers a request under the toolbar's path. The gate stands inside, before any look-up, and before the routes are even loaded.
 * @param load the routes
 * @param rest the URL below the path, without the slash between: `api/requests?limit=5`
 * @returns `false` when the app is to answer, as if we were not mounted
 */
export function serve(load: () => readonly Route[], gate: Gate, req: IncomingMessage, res: ServerResponse, rest: string): boolean {
  const early = gate.serves(req, false)
  if (early !== null) return refuse(req, res, early)
  const at = rest.indexOf('?')
  const path = at === -1 ? rest : rest.slice(0, at)
  try {
    const { match, allowed } = matchRoute(load(), req.method ?? 'GET', path)
    const refusal = match?.route.action === true ? gate.serves(req, true) : null
    if (refusal !== null) return refuse(req, res, refusal)
    answer(match, allowed, gate, req, res, at === -1 ? '' : rest.slice(at + 1))
  } catch (error) {
    fail(req, res, error)
  }
  return true
}

function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): boolean {
  if (refusal.silent) return false
  sendProblem(req, res, refusal)
  return true
}

function answer(
  match: ReturnType<typeof matchRoute>['match'],
  allowed: readonly string[],
  gate: Gate,
  req: IncomingMessage,
  res: ServerResponse,
  search: string,
): void {
  if (req.method === 'OPTIONS') {
    sendHead(res, 204, { Allow: allowed.join(', ') || 'GET' })
    sendEnd(res)
    return
  }
  if (match === null) {
    if (allowed.length > 0 || !knownMethods.has(req.method ?? ''))
      throw new ApiProblem(405, 'METHOD_NOT_ALLOWED', `this address takes ${allowed.join(' or ') || 'GET'}.`, {
        Allow: allowed.join(', ') || 'GET',
      })
    throw new ApiProblem(404, 'NO_SUCH_ROUTE', "nothing here. 'api/openapi.json' below this path lists what is.")
  }
  const { route, params } = match
  if (route.asset !== true && isForeignDestination(req))
    throw new ApiProblem(403, 'WRONG_DESTINATION', 'a page may not load this as a script, image or frame.')
  if (route.unpaired !== true && gate.needsPairing(req))
    throw new ApiProblem(
      401,
      'PAIRING_REQUIRED',
      "this client is not on this machine: POST the code that the app printed at start to 'api/pair', and send the token as X-Debug-Toolbar-Token.",
    )
  const query = new URLSearchParams(search)
  refuseUnknown(route, query)
  const done = route.handle({ req, res, params, query })
  if (done instanceof Promise) done.catch((error: unknown) => fail(req, res, error))
}

/** A misspelt parameter, or one given twice, must not look as if it had worked. */
function refuseUnknown(route: Route, query: URLSearchParams): void {
  if (!route.pattern.startsWith('api/')) return
  const known = Object.keys(route.query ?? {})
  for (const name of query.keys()) {
    if (known.includes(name)) {
      if (query.getAll(name).length > 1)
        throw new ApiProblem(400, 'BAD_PARAM', `${quote(name)} is given more than once; it takes one value.`)
      continue
    }
    throw new ApiProblem(
      400,
      'BAD_PARAM',
      `no parameter ${quote(name)} here. ${known.length === 0 ? 'This address takes none.' : `Parameters are: ${known.join(', ')}.`}`,
    )
  }
}

function fail(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  if (error instanceof ApiProblem) {
    sendProblem(req, res, error)
    return
  }
  countFailure('api', error)
  if (res.headersSent) res.destroy()
  else
    sendProblem(req, res, {
      status: 500,
      code: 'INTERNAL',
      message: 'the toolbar failed to answer; the app is not affected. GET api/health says more.',
    })
}
