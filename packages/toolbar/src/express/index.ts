import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { problems } from '../core/diagnostics.ts'
import type { Toolbar } from '../toolbar/handle.ts'
import type { ToolbarOptions } from '../toolbar/options.ts'

/** Hosting platforms set one of these; there, an unset NODE_ENV is taken for production. */
const platformMarks = [
  'KUBERNETES_SERVICE_HOST',
  'DYNO',
  'VERCEL',
  'AWS_LAMBDA_FUNCTION_NAME',
  'K_SERVICE',
  'FLY_APP_NAME',
  'RENDER',
  'RAILWAY_ENVIRONMENT',
  'WEBSITE_INSTANCE_ID',
  'ECS_CONTAINER_METADATA_URI',
  'ECS_CONTAINER_METADATA_URI_V4',
  'GAE_ENV',
]

/**
 * The toolbar for an Express app, 4 or 5, or any `(req, res, next)` stack. Mount it first: `app.use(debugToolbar({ watch: [db, logger] }))`.
 *
 * In production it is nothing: the middleware is only `next()`, and the modules of the recorder are not even loaded.
 * @returns the middleware, with `watch`, `measure` and `close`
 * @throws ToolbarError (a TypeError with a `code`) for an unknown or ill-typed option, naming it; for something in `watch` that cannot be watched;
 * for a `path`, `store` or `limits` other than that of the recorder that runs; and where another version of the package records already
 */
export function debugToolbar(options?: ToolbarOptions, ...rest: unknown[]): Toolbar {
  // `app.use(debugToolbar)`: Express calls it with (req, res, next)
  if (typeof rest[1] === 'function') throw problems.calledAsMiddleware()
  if (isOff(options)) return inert()
  const load = createRequire(import.meta.url)
  return (load('./toolbar.js') as typeof import('./toolbar.ts')).createToolbar(options)
}

function isOff(options: ToolbarOptions | undefined): boolean {
  if (process.env.NODE_ENV === 'production') return true
  const enabled = typeof options === 'object' && options !== null && Object.hasOwn(options, 'enabled') ? options.enabled : undefined
  if (enabled !== undefined) return enabled === false
  if (process.env.NODE_ENV !== undefined && process.env.NODE_ENV !== '') return false
  const mark = platformMarks.find((name) => process.env[name] !== undefined)
  if (mark === undefined) return false
  process.stderr.write(
    `[debug-toolbar] off: ${mark} says that this is a hosting platform and NODE_ENV is not set. For a development cluster, set NODE_ENV=development or pass enabled: true.\n`,
  )
  return true
}

/** What `debugToolbar()` returns where it is off. */
function inert(): Toolbar {
  const middleware = (_req: IncomingMessage, _res: ServerResponse, next: (error?: unknown) => void): void => next()
  return Object.assign(middleware, {
    watch: () => () => {},
    measure: <Result>(_name: string, run: () => Result): Result => run(),
    close: () => {},
  })
}
