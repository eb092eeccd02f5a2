import type { Console } from '../console/console.ts'
import { type ConsoleCode, ConsoleProblem } from '../console/problem.ts'
import type { EntryDetail } from '../contract/types.ts'
import type { ViewOptions } from '../core/emit.ts'
import { toExplainAnswer, toRunAnswer } from '../core/emit-rows.ts'
import type { RawSql } from '../core/entries/sql.ts'
import { redactorOf } from '../core/known-secrets.ts'
import { outsideId } from '../core/outside-id.ts'
import type { RequestRecord } from '../core/record.ts'
import type { Recorder } from '../core/recorder.ts'
import { readFields } from './read-json.ts'
import { ApiProblem, quote, sendJson } from './reply.ts'
import type { Call, Route } from './routes.ts'

export interface SqlApiOptions {
  recorder: Recorder
  viewing: ViewOptions
  console: Console
  /** @throws ApiProblem for a record that is not there */
  find(id: string): RequestRecord
}

const statuses: Readonly<Record<ConsoleCode, number>> = {
  NOT_A_QUERY: 422,
  NOT_READ_ONLY: 422,
  NOT_EXPLAINABLE: 422,
  NOT_SUPPORTED: 422,
  TRUNCATED: 409,
  PARAMS_NOT_AVAILABLE: 409,
  NO_CONNECTION: 409,
  BUSY: 429,
  TOO_MANY: 429,
  DB_BUSY: 503,
  DB_UNAVAILABLE: 503,
  TIMEOUT: 504,
  DB_ERROR: 502,
}

/** EXPLAIN and running again. A request names an entry of this process; SQL, tables or values cannot be sent. */
export function createSqlRoutes({ recorder, viewing, console, find }: SqlApiOptions): Route[] {
  const action = (
    pattern: string,
    route: Pick<Route, 'summary' | 'body' | 'answer'>,
    act: (raw: RawSql, body: Body, masking: ViewOptions) => Promise<unknown>,
  ): Route => ({
    method: 'POST',
    pattern,
    action: true,
    ...route,
    async handle(call) {
      const body = await readBody(call, Object.keys(route.body ?? {}))
      const { record, raw } = entryOf(recorder, find, call.params.id as string, call.params.entry as string)
      const redactor = redactorOf(record, viewing.redactor)
      try {
        sendJson(call.req, call.res, 200, await act(raw, body, { ...viewing, redactor }))
      } catch (error) {
        throw error instanceof ConsoleProblem ? toApiProblem(error, redactor.text) : error
      }
    },
  })
  return [
    action(
      'api/requests/:id/entries/:entry/explain',
      {
        summary: 'The plan of a recorded query; `analyze` runs it, which only a read may be',
        body: { analyze: { type: 'boolean', description: 'run it for measured figures; default false' } },
        answer: 'ExplainAnswer',
      },
      async (raw, { analyze }, masking) => toExplainAnswer(await console.explain(raw, analyze === true), raw, masking),
    ),
    action(
      'api/requests/:id/entries/:entry/run',
      { summary: 'Runs a recorded read again: its first 100 rows', body: {}, answer: 'RunAnswer' },
      async (raw, _body, masking) => toRunAnswer(await console.run(raw), raw, masking),
    ),
  ]
}

/** What can be done with an entry; `null` for what is no query. */
export function actionsOf(record: RequestRecord, entry: number, console: Console): EntryDetail['actions'] {
  const found = record.entries.find(({ id }) => id === entry)
  return found?.kind.type === 'sql' ? console.actionsOf(found.data as RawSql) : null
}

interface Body {
  readonly analyze?: boolean
}

async function readBody({ req }: Call, known: readonly string[]): Promise<Body> {
  const body = await readFields(req, known)
  if (body.analyze !== undefined && typeof body.analyze !== 'boolean') throw new ApiProblem(400, 'BAD_BODY', "'analyze' is true or false.")
  return body as Body
}

/** ids of this package: eight random characters and a number; small numbers, so that other words are not taken for one */
const foreign = /^[\w-]{8}0000[0-9a-z]{4}$/

function entryOf(recorder: Recorder, find: SqlApiOptions['find'], id: string, entry: string): { record: RequestRecord; raw: RawSql } {
  if (id !== outsideId && foreign.test(id) && !recorder.isOwnId(id)) throw notHere(id)
  const record = find(id)
  if (!recorder.owns(record)) throw notHere(id)
  const found = /^\d{1,15}$/.test(entry) ? record.entries.find((one) => one.id === Number(entry)) : undefined
  if (found === undefined)
    throw new ApiProblem(404, 'NO_SUCH_ENTRY', `no entry ${quote(entry)} in this request: GET .../entries lists those that are kept.`)
  if (found.kind.type !== 'sql')
    throw new ApiProblem(422, 'NOT_A_QUERY', `entry ${quote(entry)} is no query, but of type ${quote(found.kind.type)}.`)
  return { record, raw: found.data as RawSql }
}

function notHere(id: string): ApiProblem {
  return new ApiProblem(
    409,
    'NOT_IN_THIS_PROCESS',
    `request ${quote(id)} was recorded by another process, or before a restart: only what this process saw can be explained or run again.`,
  )
}

function toApiProblem({ code, message, retryAfter }: ConsoleProblem, mask: (text: string) => string): ApiProblem {
  return new ApiProblem(statuses[code], code, mask(message), retryAfter === null ? {} : { 'Retry-After': String(retryAfter) })
}
