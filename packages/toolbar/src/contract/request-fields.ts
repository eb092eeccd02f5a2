import type { Filterable } from './filter.ts'
import type { RequestSummary } from './types.ts'

/**
 * What the filter language sees of a request.
 * @param more what a summary does not hold: texts of its queries, rules of its findings
 */
export function toRequestFields(
  request: RequestSummary,
  more: { text?: readonly string[]; findings?: readonly string[] } = {},
): Filterable {
  return {
    text: [
      request.url,
      request.path,
      request.method,
      request.status === null ? request.state : String(request.status),
      ...(more.text ?? []),
    ],
    fields: {
      method: request.method,
      status: request.status,
      type: request.type,
      state: request.state,
      path: request.path,
      route: request.route,
      time: request.durationMs,
      queries: request.counts.sql ?? 0,
      bytes: request.bytes,
      finding: more.findings,
      id: request.id,
    },
  }
}
