import { EventEmitter } from 'node:events'
import { Agent, createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryStore } from 'debug-toolbar'
import express from 'express'
import knex from 'knex'
import { afterEach, describe, expect, it } from 'vitest'
import { context } from '../dist/internals.js'
import { type Running, serve, sleep } from './harness.ts'
import { collect } from './heap.ts'

const heap = (): number => {
  collect()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

const kept = new Set<object>()

let app: Running
afterEach(() => app.close())

describe('what a record holds on to', () => {
  it('is its bytes: long values leave no more than their beginning', async () => {
    const bus = new EventEmitter()
    bus.on('big', () => {})
    app = await serve(
      { watch: { bus } },
      (toolbar) => (req, res) =>
        toolbar(req, res, () => {
          bus.emit('big', `${req.url} `.repeat(500_000))
          res.end()
        }),
    )
    await app.get('/warm')
    const before = heap()
    for (let index = 0; index < 30; index++) await app.get(`/${index}`)
    await app.latest('/29')
    expect(heap() - before).toBeLessThan(10)
  })

  it('counts SQL texts, and is cut to its limit', async () => {
    const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
    app = await serve(
      { watch: { db }, limits: { recordBytes: 200_000 } },
      (toolbar) => (req, res) =>
        toolbar(req, res, async () => {
          for (let index = 0; index < 40; index++)
            await db.raw(`select ${index} as n, '${'x'.repeat(20_000)}' as filler, ? as p`, ['y'.repeat(5_000)])
          res.end()
        }),
    )
    await app.get('/')
    await app.latest('/')
    const { store } = await app.api<{ store: { bytes: number } }>('health')
    expect(store.bytes).toBeLessThan(260_000)
    expect(store.bytes).toBeGreaterThan(20_000)
    await db.destroy()
  })

  it('is let go of with the record', async () => {
    const bus = new EventEmitter()
    const seen: WeakRef<object>[] = []
    app = await serve(
      { watch: { bus } },
      (toolbar) => (req, res) =>
        toolbar(req, res, () => {
          seen.push(new WeakRef(req), new WeakRef(res))
          bus.emit('x', req)
          res.end()
        }),
    )
    for (let index = 0; index < 5; index++) await app.get(`/${index}`, { connection: 'close' })
    await app.latest('/4')
    for (let turn = 0; turn < 5; turn++) {
      collect()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(seen.slice(0, 6).filter((held) => held.deref() !== undefined)).toEqual([])
  })

  it('is gone when the record is evicted, though its connection and its response live on', async () => {
    const records: WeakRef<object>[] = []
    app = await serve(
      { store: memoryStore({ maxRequests: 2 }) },
      (toolbar) => (req, res) =>
        toolbar(req, res, () => {
          records.push(new WeakRef(context.getStore()?.scope.record as object))
          // a timer of the app's goes on in the context of its request, and keeps the response
          setInterval(() => kept.add(res), 1_000).unref()
          res.end()
        }),
    )
    const agent = new Agent({ keepAlive: true, maxSockets: 2 })
    const { port } = app.server.address() as AddressInfo
    for (let index = 0; index < 30; index++)
      await new Promise<void>((resolve) => {
        get({ agent, port, path: `/${index}` }, (res) => res.resume().on('end', resolve))
      })
    await app.latest('/29')
    for (let turn = 0; turn < 5; turn++) {
      collect()
      await sleep(10)
    }
    agent.destroy()
    expect(records).toHaveLength(30)
    expect(records.slice(-2).every((held) => held.deref() !== undefined)).toBe(true)
    expect(records.slice(0, 26).filter((held) => held.deref() !== undefined)).toEqual([])
  })

  it('is not the app, nor what was watched: they go when the app lets them go', async () => {
    const bus = new EventEmitter()
    app = await serve({ watch: { bus } }, (toolbar) => {
      const gone: WeakRef<object>[] = []
      const outer = express()
      outer.use(toolbar)
      outer.get('/', async (_req, res) => {
        for (let count = 0; count < 20; count++) {
          const emitter = new EventEmitter()
          if (count % 2 === 0) toolbar.watch(emitter)()
          else toolbar.watch(emitter)
          const inner = express()
          inner.set('views', 'nowhere')
          inner.get('/', (_request, answer) => void answer.send('inner'))
          const server = createServer(express().use(toolbar).use(inner))
          await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
          await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers: { connection: 'close' } })).text()
          await new Promise((resolve) => server.close(resolve))
          gone.push(new WeakRef(emitter), new WeakRef(inner))
        }
        res.send('done')
      })
      outer.get('/left', (_req, res) => void res.json(gone.filter((held) => held.deref() !== undefined).length))
      return outer as never
    })
    await app.get('/')
    for (let turn = 0; turn < 10; turn++) {
      collect()
      await sleep(10)
    }
    // the last ones may be on a stack or in a cache of the engine
    expect(await (await app.get('/left')).json()).toBeLessThan(6)
  })
})
