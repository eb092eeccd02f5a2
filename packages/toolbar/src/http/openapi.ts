import { schemas } from './openapi-schemas.ts'
import type { Route } from './routes.ts'

/** OpenAPI 3.1 description, made from the route table itself. */
export function toOpenApi(routes: readonly Route[], version: string, path: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const names = [...route.pattern.matchAll(/:(\w+)/g)].map((match) => match[1] as string)
    const key = `/${route.pattern.replace(/:(\w+)/g, '{$1}')}`
    const operations = paths[key] ?? {}
    operations[route.method.toLowerCase()] = {
      summary: route.summary,
      operationId: `${route.method.toLowerCase()} ${key}`.replace(/[^a-zA-Z]+(.)?/g, (_all, letter: string | undefined) =>
        (letter ?? '').toUpperCase(),
      ),
      parameters: [
        ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
        ...Object.entries(route.query ?? {}).map(([name, description]) => ({
          name,
          in: 'query',
          required: false,
          description,
          schema: { type: 'string' },
        })),
        ...(route.action ? [{ name: 'X-Debug-Toolbar', in: 'header', required: true, schema: { const: '1' } }] : []),
      ],
      ...(route.body === undefined ? {} : { requestBody: bodyOf(route.body) }),
      responses: {
        200: { description: 'OK', content: contentOf(route) },
        default: {
          description: 'What went wrong and how to fix it',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/ApiError' } } },
        },
      },
    }
    paths[key] = operations
  }
  return {
    openapi: '3.1.0',
    info: { title: 'debug-toolbar history', version, description: 'Requests recorded by debug-toolbar in this process. Development only.' },
    servers: [{ url: path }],
    paths,
    components: { schemas },
  }
}

function bodyOf(fields: NonNullable<Route['body']>): Record<string, unknown> {
  return {
    required: true,
    content: { 'application/json': { schema: { type: 'object', properties: fields, additionalProperties: false } } },
  }
}

function contentOf(route: Route): Record<string, unknown> {
  if (route.pattern === 'api/stream') return { 'text/event-stream': { schema: { type: 'string' } } }
  return {
    'application/json': { schema: route.answer === undefined ? { type: 'object' } : { $ref: `#/components/schemas/${route.answer}` } },
  }
}
