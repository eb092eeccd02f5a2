/**
 * `node --import <this>`: the toolbar around every HTTP server of the process, for the test suites of other projects.
 * `PRETEND=navigation` makes each GET look like one of a browser, so that every HTML page gets the script.
 * `PRETEND=hidden` is the control: no toolbar, but each GET without the headers that a navigation hides from the app.
 * Writes what it saw to a file in the folder `STRANGERS_REPORT` when the process ends.
 */
import { EventEmitter } from 'node:events'
import { writeFileSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { debugToolbar } from '../../packages/toolbar/dist/index.js'
import { allHooks, servingOf } from '../../packages/toolbar/dist/internals.js'

const { PRETEND: pretend } = process.env
const toolbar = pretend === 'hidden' ? (_req, _res, next) => next() : debugToolbar({ ignore: [] })
/** Sources that work in every request, though the app knows nothing of them. */
const load = createRequire(new URL('../../packages/toolbar/package.json', import.meta.url))
const Sqlite = load('better-sqlite3')
const { pino } = load('pino')
const bus = new EventEmitter().on('request', function listens() {})
const logger = pino({ level: 'info' }, { write() {} })
const sqlite = new Sqlite(':memory:')
if (pretend !== 'hidden') for (const library of [bus, logger, sqlite]) toolbar.watch(library)
const work = (req) => {
  bus.emit('request', req.method)
  logger.info({ method: req.method }, 'request')
  sqlite.prepare('select ? as method').get(req.method)
}

const states = []
let received = 0

const plainHttp2 = http2.createServer()
const prototypes = [http.Server.prototype, https.Server.prototype, Object.getPrototypeOf(plainHttp2)]
plainHttp2.close()

for (const prototype of prototypes) {
  const { emit } = prototype
  Object.defineProperty(prototype, 'emit', {
    configurable: true,
    writable: true,
    value(event, req, res, ...rest) {
      if (event !== 'request' || res === undefined) return emit.call(this, event, req, res, ...rest)
      received++
      const app = this.listeners('request').find((listener) => listener.handle && listener.request && listener.settings)
      if (app !== undefined && req.httpVersionMajor === 1) {
        // as Express does itself, one step later: the toolbar then knows the app
        Object.setPrototypeOf(req, app.request)
        Object.setPrototypeOf(res, app.response)
      }
      if (pretend === 'navigation' && req.method === 'GET') req.headers['sec-fetch-dest'] ??= 'document'
      if (pretend === 'hidden' && req.method === 'GET')
        for (const name of ['accept-encoding', 'if-none-match', 'if-modified-since']) delete req.headers[name]
      let answer
      toolbar(req, res, () => {
        const state = servingOf(res)
        if (state !== undefined) {
          states.push(state)
          work(req)
        }
        answer = emit.call(this, event, req, res, ...rest)
      })
      return answer
    },
  })
}

process.on('exit', () => {
  if (!isMainThread || received === 0) return
  const failed = allHooks().filter(({ failures }) => failures > 0)
  const report = {
    received,
    recorded: states.length,
    injected: states.filter(({ snippet }) => snippet !== null).length,
    failed: failed.map(({ name, failures, lastError }) => `${name} ${failures}x ${lastError}`),
  }
  writeFileSync(join(process.env.STRANGERS_REPORT, `${process.pid}.json`), JSON.stringify(report))
})
