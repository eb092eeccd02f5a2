import { now } from '../core/clock.ts'
import { bindTo, context, type Frame, outerOf } from '../core/context.ts'
import { guard } from '../core/guard.ts'
import { type AnyFunction, ownerOf, patchShared, setOwn, type Undo, wrapOwn } from '../core/patch.ts'
import { takeStack } from '../core/stacks.ts'
import { bytesSince, type DriverTarget, frameOfCall, keepContextOf, noteAcquired, noteFailedAcquire, type Sent, send } from './driver.ts'
import { isFunction, read } from './source.ts'
import { columnsOfRow, failStatement, finishStatement, isOnBehalf } from './sql-recording.ts'

/** What is used of pg; the names with an underscore are not public, and without them less is known. */

export interface PgClient {
  connect(): Promise<unknown>
  query: AnyFunction
  processID?: number | null
  connection?: { stream?: unknown }
  _Promise?: PromiseConstructor
}

export interface PgPool {
  Client: { new (settings: object): PgClient; prototype: object }
  Promise?: PromiseConstructor
  options: Record<string, unknown> & { max?: number }
  totalCount: number
  idleCount: number
  waitingCount: number
  _clients?: readonly PgClient[]
}

export const targetsOfPools = new WeakMap<PgPool, DriverTarget>()
/** watched clients, and those that watched pools have given out */
export const targetsOfClients = new WeakMap<PgClient, DriverTarget>()

type Callback = (this: unknown, ...args: unknown[]) => unknown

/** `query(text | config | submittable, values?, callback?)`: callbacks, promises, and objects that the client drives itself. */
export function patchClient(prototype: object): Undo {
  return patchShared(prototype, 'query', (original) => {
    return function query(this: PgClient, ...args: unknown[]): unknown {
      const target = isOnBehalf() ? undefined : targetsOfClients.get(this)
      if (target === undefined) return original.apply(this, args)
      const own = context.getStore()
      const sent = begin(target, this, args)
      if (sent === undefined) return original.apply(this, args)
      takeStack(sent.entry.stack)
      try {
        return isFunction(read(args[0], 'submit')) ? submit(original, this, args, sent, own) : ask(original, this, args, sent, own)
      } catch (error) {
        failStatement(sent.record, sent.entry, this, error)
        throw error
      }
    }
  })
}

const begin = guard('pg.query', (target: DriverTarget, client: PgClient, args: readonly unknown[]): Sent | undefined => {
  const [asked, values] = args
  const text = typeof asked === 'string' ? asked : (read(asked, 'text') ?? read(read(asked, 'cursor'), 'text') ?? read(asked, 'name'))
  if (typeof text !== 'string') return undefined
  const params = Array.isArray(values) ? values : (read(asked, 'values') ?? read(read(asked, 'cursor'), 'values'))
  return send(
    target,
    client,
    typeof client.processID === 'number' ? `pid ${client.processID}` : null,
    client.connection?.stream,
    text,
    Array.isArray(params) ? params : undefined,
  )
})

/** Texts and configs: the callback is the app's, or one of ours that settles the promise as pg would. */
function ask(original: AnyFunction, client: PgClient, args: unknown[], sent: Sent, own: Frame | undefined): unknown {
  const at = args.findIndex((arg, index) => index > 0 && isFunction(arg))
  if (at !== -1) {
    const callback = args[at] as Callback
    return original.apply(client, args.with(at, observed(client, sent, bindTo(own, callback))))
  }
  const [asked, ...rest] = args
  const configured: unknown = read(asked, 'callback')
  if (isFunction(configured))
    return original.call(client, withCallback(asked as object, observed(client, sent, bindTo(own, configured as Callback))), ...rest)
  const Settling = client._Promise ?? Promise
  const promise = new Settling((resolve, reject) => {
    const settle = observed(client, sent, (error: unknown, result: unknown) => (error ? reject(error as Error) : resolve(result)))
    if (typeof asked === 'string') original.call(client, asked, rest[0], settle)
    else original.call(client, withCallback(asked as object, settle), ...rest)
  })
  return leadsBack(original) ? promise.catch(leadBack) : promise
}

/** pg writes into the config that it is given: it gets one that inherits from the app's. */
function withCallback(config: object, callback: Callback): object {
  return Object.create(config, { callback: { value: callback, writable: true, configurable: true, enumerable: true } }) as object
}

/** Newer versions of pg rewrite the stack of an error to where the query was asked for; then so do we, since the promise is ours. */
const rewriting = new WeakMap<AnyFunction, boolean>()
function leadsBack(original: AnyFunction): boolean {
  let leads = rewriting.get(original)
  if (leads === undefined) {
    leads = Function.prototype.toString.call(original).includes('captureStackTrace')
    rewriting.set(original, leads)
  }
  return leads
}

function leadBack(error: unknown): never {
  if (typeof error === 'object' && error !== null) Error.captureStackTrace(error)
  throw error
}

function observed(client: PgClient, sent: Sent, callback: Callback): Callback {
  return function observedCallback(this: unknown, ...args: unknown[]): unknown {
    settle(client, sent, args[0], args[1])
    return callback.apply(this, args)
  }
}

const settle = guard('pg.settle', (client: PgClient, { record, entry }: Sent, error: unknown, result: unknown): void => {
  if (error) {
    failStatement(record, entry, client, error)
    return
  }
  const results: readonly unknown[] = Array.isArray(result) ? result : [result]
  let rows = -1
  let columns = -1
  for (const one of results) {
    const count = read(one, 'rowCount')
    const fields = read(one, 'fields')
    if (typeof count === 'number') rows = Math.max(rows, 0) + count
    if (Array.isArray(fields) && fields.length > 0) columns = fields.length
  }
  finishStatement(record, entry, client, rows, columns, bytesSince(entry, client.connection?.stream))
})

/** Cursors, query streams and `new Query()`: the client calls their `handle...` methods. */
function submit(original: AnyFunction, client: PgClient, args: unknown[], sent: Sent, own: Frame | undefined): unknown {
  follow(client, args[0] as object, sent, own)
  const at = args.findIndex((arg, index) => index > 0 && isFunction(arg))
  return original.apply(client, at === -1 ? args : args.with(at, bindTo(own, args[at] as Callback)))
}

const follow = guard('pg.submit', (client: PgClient, submittable: object, { record, entry }: Sent, own: Frame | undefined): void => {
  let rows = 0
  let columns = -1
  wrapOwn(submittable, 'handleDataRow', (handle) => {
    return function handleDataRow(this: unknown, ...args: unknown[]): unknown {
      rows++
      if (columns === -1) columns = columnsOfRow(read(args[0], 'fields'))
      return handle.apply(this, args)
    }
  })
  wrapOwn(submittable, 'handleReadyForQuery', (handle) => {
    return function handleReadyForQuery(this: unknown, ...args: unknown[]): unknown {
      finishStatement(record, entry, client, rows, columns, bytesSince(entry, client.connection?.stream))
      return handle.apply(this, args)
    }
  })
  wrapOwn(submittable, 'handleError', (handle) => {
    return function handleError(this: unknown, ...args: unknown[]): unknown {
      failStatement(record, entry, client, args[0])
      return handle.apply(this, args)
    }
  })
  if (isFunction(read(submittable, 'emit'))) keepContextOf(submittable, own)
  const callback = read(submittable, 'callback')
  if (isFunction(callback)) setOwn(submittable, 'callback', bindTo(own, callback as Callback))
  // the callbacks of a cursor's reads come from the socket too; a stream's `read` is not one
  if (isFunction(read(submittable, '_getRows')))
    wrapOwn(submittable, 'read', (readRows) => {
      return function readCursor(this: unknown, count: number, callback?: Callback): unknown {
        return readRows.call(this, count, callback === undefined ? undefined : bindTo(context.getStore(), callback))
      }
    })
})

/** Waiting for a client, and `pool.query`, which asks for one first. */
export function patchPgPool(pool: PgPool): Undo {
  const prototype = ownerOf(pool, 'connect')
  const undos = [
    patchShared(prototype, 'connect', (original) => {
      return function connect(this: PgPool, callback?: Callback): unknown {
        const target = targetsOfPools.get(this)
        if (target === undefined) return original.call(this, callback)
        const own = context.getStore()
        const askedMs = now()
        const exhausted = look(this, target) ?? null
        const got = (error: unknown, client: unknown): void => {
          if (error) noteFailedAcquire(target, own, now() - askedMs, exhausted ?? look(this, target) ?? null, error)
          else if (typeof client === 'object' && client !== null) {
            targetsOfClients.set(client as PgClient, target)
            noteAcquired(target, outerOf(own), client, now() - askedMs, exhausted)
          }
        }
        if (callback !== undefined) return original.call(this, connected(own, got, callback))
        const Settling = this.Promise ?? Promise
        const promise = new Settling((resolve, reject) => {
          const settle: Callback = (error, client) => (error ? reject(error as Error) : resolve(client))
          original.call(this, (error: unknown, client: unknown) => {
            got(error, client)
            settle(error, client)
          })
        })
        return promise.catch(leadBack)
      }
    }),
    patchShared(prototype, 'query', (original) => {
      return function query(this: PgPool, ...args: unknown[]): unknown {
        const own = context.getStore()
        if (!targetsOfPools.has(this)) return original.apply(this, args)
        const frame = frameOfCall(own, typeof args[0] === 'string' ? args[0] : read(args[0], 'text'))
        if (frame !== own) takeStack(frame?.origin?.stack ?? null)
        return frame === undefined || frame === own ? original.apply(this, args) : context.run(frame, () => original.apply(this, args))
      }
    }),
    patchShared(prototype, '_release', (original) => {
      return function release(this: PgPool, client: object, ...rest: unknown[]): unknown {
        targetsOfPools.get(this)?.holders.release(client)
        return original.call(this, client, ...rest)
      }
    }),
  ]
  return () => {
    for (const undo of undos.splice(0)) undo()
  }
}

/** `connect` of a pool hands its callback to whoever releases a client: it is brought back to where it was given. */
function connected(own: Frame | undefined, got: (error: unknown, client: unknown) => void, callback: Callback): Callback {
  return function back(this: unknown, ...args: unknown[]): unknown {
    got(args[0], args[1])
    return context.run(own as Frame, () => callback.apply(this, args))
  }
}

const look = guard('pg.pool', (pool: PgPool, target: DriverTarget) => {
  const max = pool.options.max ?? 10
  return pool.idleCount > 0 || pool.totalCount < max ? null : target.holders.snapshot(max, pool.totalCount, pool.waitingCount + 1)
})
