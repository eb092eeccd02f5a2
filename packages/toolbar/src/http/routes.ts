import type { IncomingMessage, ServerResponse } from 'node:http'

/** One answer of the toolbar. The table of these is all it serves; the gate stands before each, and tests walk through them. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE'
  /** segments after the path; `:name` is a parameter */
  pattern: string
  /** changes something: needs the JSON content type, our header and no cross-site marks */
  action: boolean
  /** may be asked for as a script of a page */
  asset?: true
  /** peers beyond loopback need no token for it */
  unpaired?: true
  summary: string
  /** query parameters, with what they mean; others are refused */
  query?: Readonly<Record<string, string>>
  /** fields of the JSON body of an action, none of them required */
  body?: Readonly<Record<string, { type: 'boolean' | 'string'; description: string }>>
  /** name of the schema of the answer */
  answer?: string
  handle(call: Call): void | Promise<void>
}

export interface Call {
  req: IncomingMessage
  res: ServerResponse
  params: Readonly<Record<string, string>>
  query: URLSearchParams
}

export interface Match {
  route: Route
  params: Record<string, string>
}

/** Finds the route; `allowed` lists the methods of routes that fit but for the method. */
export function matchRoute(routes: readonly Route[], method: string, path: string): { match: Match | null; allowed: string[] } {
  const segments = path.split('/')
  const wanted = method === 'HEAD' ? 'GET' : method
  const allowed: string[] = []
  for (const route of routes) {
    const params = fit(route.pattern.split('/'), segments)
    if (params === null) continue
    if (route.method === wanted) return { match: { route, params }, allowed: [] }
    if (!allowed.includes(route.method)) allowed.push(route.method)
  }
  return { match: null, allowed }
}

function fit(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null
  const params: Record<string, string> = Object.create(null)
  for (let index = 0; index < pattern.length; index++) {
    const expected = pattern[index] as string
    const actual = segments[index] as string
    if (expected.startsWith(':')) {
      if (actual === '') return null
      params[expected.slice(1)] = actual
    } else if (expected !== actual) return null
  }
  return params
}
