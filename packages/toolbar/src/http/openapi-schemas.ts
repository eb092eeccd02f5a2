/** JSON Schemas of the answers, by name. A test holds the server's answers to them. */

const text = { type: 'string' }
const number = { type: 'number' }
const whole = { type: 'integer' }
const nullable = (type: string) => ({ type: [type, 'null'] })
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const figures = { type: 'object', additionalProperties: number }
const object = (properties: Record<string, unknown>, optional: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
})
const list = (items: unknown) => ({ type: 'array', items })

export const schemas: Record<string, unknown> = {
  ApiError: object({ error: object({ code: { type: 'string', pattern: '^[A-Z_]+$' }, message: text }) }),
  Site: object({ file: text, line: whole, column: whole, function: nullable('string'), inferred: { const: true } }, ['inferred']),
  RequestSummary: object({
    id: { type: 'string', pattern: '^[A-Za-z0-9_-]{8,32}$' },
    seq: whole,
    kind: { const: 'http' },
    method: text,
    url: text,
    path: text,
    route: nullable('string'),
    status: nullable('integer'),
    type: { enum: ['document', 'fetch', 'other'] },
    state: { enum: ['running', 'done', 'aborted', 'failed'] },
    late: whole,
    redirectedTo: nullable('string'),
    redirectedFrom: nullable('string'),
    startedAt: number,
    durationMs: number,
    bytes: whole,
    counts: figures,
    times: figures,
    spine: object({ sql: number, http: number, template: number, cache: number, signal: number, app: number }),
    logs: object({ warn: whole, error: whole }),
    duplicates: whole,
    similar: whole,
    largestGroup: whole,
    findings: object({ error: whole, warning: whole, info: whole }),
    referrer: nullable('string'),
  }),
  Counts: object({ received: whole, running: whole, stored: whole, evicted: whole, cleared: whole, dropped: whole, ignored: whole }),
  RequestList: object({ requests: list(ref('RequestSummary')), next: nullable('string'), counts: ref('Counts') }),
  PanelSummary: object({
    id: text,
    title: text,
    summary: text,
    tone: { enum: ['none', 'ok', 'warn', 'error'] },
    count: nullable('number'),
  }),
  Finding: object({
    rule: text,
    severity: { enum: ['error', 'warning', 'info'] },
    title: text,
    evidence: text,
    fix: text,
    site: { anyOf: [ref('Site'), { type: 'null' }] },
    entries: list(whole),
  }),
  RequestDetail: object({ request: ref('RequestSummary'), panels: list(ref('PanelSummary')), findings: list(ref('Finding')) }),
  Entry: object({
    id: whole,
    type: text,
    name: text,
    startMs: number,
    durationMs: nullable('number'),
    parentId: nullable('integer'),
    site: { anyOf: [ref('Site'), { type: 'null' }] },
    status: { enum: ['ok', 'error', 'running'] },
    data: {},
  }),
  EntryList: object({ entries: list(ref('Entry')), next: nullable('string'), truncated: figures }),
  OverlayConfig: object({
    version: text,
    path: text,
    theme: { enum: ['auto', 'light', 'dark'] },
    position: { enum: ['bottom', 'right'] },
    editorUrl: text,
    pathMap: list(list(text)),
    root: text,
    slowQueryMs: number,
    maxRequests: whole,
    panels: list(object({ id: text, title: text })),
    watched: { type: 'object', additionalProperties: list(text) },
  }),
}
