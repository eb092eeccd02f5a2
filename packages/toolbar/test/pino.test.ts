import { hostname } from 'node:os'
import type { LogData } from 'debug-toolbar'
import pino from 'pino'
import pino9 from 'pino9'
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, serve } from './harness.ts'

let app: Running
afterEach(() => app.close())

for (const [version, make] of [
  ['current major', pino],
  ['previous major', pino9 as unknown as typeof pino],
] as const) {
  describe(`pino, ${version}`, () => {
    const start = async (work: (logger: pino.Logger) => void, options: pino.LoggerOptions = {}) => {
      const lines: string[] = []
      const logger = make(
        { level: 'debug', timestamp: () => ',"time":1', base: { pid: 1, hostname: 'h' }, ...options },
        { write: (line: string) => void lines.push(line) },
      )
      app = await serve(
        { watch: { app: logger } },
        (toolbar) => (req, res) =>
          toolbar(req, res, () => {
            work(logger)
            res.end()
          }),
      )
      await app.get('/')
      const request = await app.latest('/')
      return { lines, request, logs: await app.entries<LogData>(request.id, 'log') }
    }

    it('records level, message, fields and place', async () => {
      const { logs, request } = await start((logger) => {
        logger.info({ user: 7, password: 'hunter2-secret' }, 'hello %s', 'world')
        logger.warn('careful')
        logger.error(new Error('broken'))
        logger.trace('below the level')
      })
      expect(logs.map(({ data }) => [data.level, data.message])).toEqual([
        ['info', 'hello world'],
        ['warn', 'careful'],
        ['error', 'broken'],
      ])
      expect(logs[0]?.data.fields).toMatchObject({ user: 7, password: { $: 'masked' } })
      expect(logs[0]?.data.logger).toBe('app')
      expect(logs[0]?.site?.file).toMatch(/pino\.test\.ts/)
      expect(request.logs).toEqual({ warn: 1, error: 1 })
    })

    it("shows the app's own fields, whatever they are called, and leaves out those that each line has", async () => {
      const base = { pid: process.pid, hostname: hostname() }
      const own = { v: { a: 1 }, time: 'noon', pid: 12, hostname: 'db-1' }
      const work = (logger: pino.Logger): void => {
        logger.info('plain')
        logger.info(own, 'own')
        logger.info({ v: 1 })
        logger.info({ time: 1 })
        logger.child({ hostname: 'web-2' }).info('bound')
      }
      const fields = async (options: pino.LoggerOptions): Promise<unknown[]> => {
        const { logs } = await start(work, { base, ...options })
        return logs.map(({ data }) => data.fields)
      }
      const expected = [{}, own, { v: 1 }, { time: 1 }, { hostname: 'web-2' }]
      expect(await fields({ timestamp: true })).toEqual(expected)
      await app.close()
      expect(await fields({ timestamp: pino.stdTimeFunctions.isoTime })).toEqual(expected)
      await app.close()
      expect(await fields({ timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (severity) => ({ severity }) } })).toEqual(
        expected.map((one) => ({ severity: 'info', ...one })),
      )
      await app.close()
      expect(await fields({ timestamp: false, base: null as never })).toEqual(expected)
    })

    it('records children, with what they are bound to', async () => {
      const { logs } = await start((logger) => logger.child({ module: 'cart' }).debug('added'))
      expect(logs[0]?.data).toMatchObject({ level: 'debug', message: 'added', fields: { module: 'cart' } })
    })

    it('records a line once where a child is watched beside its parent', async () => {
      const { logs } = await start((logger) => {
        const child = logger.child({ module: 'cart' })
        const unwatch = app.toolbar.watch(child, { name: 'cart' })
        child.info('added')
        unwatch()
        child.info('more')
      })
      expect(logs.map(({ data }) => data.message)).toEqual(['added', 'more'])
    })

    it("keeps the logger's own redaction, custom levels and message key", async () => {
      const { logs } = await start(
        (logger) => (logger as unknown as { notice: (fields: object, message: string) => void }).notice({ iban: 'DE02', note: 'x' }, 'm'),
        {
          redact: ['note'],
          customLevels: { notice: 35 },
          messageKey: 'message',
        },
      )
      expect(logs[0]?.data).toMatchObject({ level: 'notice', message: 'm', fields: { note: '[Redacted]', iban: { $: 'masked' } } })
    })

    it('writes the very same lines as without the toolbar', async () => {
      const work = (logger: pino.Logger) => {
        logger.info('a')
        logger.child({ b: 1 }).warn({ c: [1, { d: null }] }, 'x %d', 5)
        logger.error({ err: Object.assign(new Error('e'), { stack: 'no stack' }) })
      }
      const bare: string[] = []
      work(
        make(
          { level: 'debug', timestamp: () => ',"time":1', base: { pid: 1, hostname: 'h' } },
          { write: (line: string) => void bare.push(line) },
        ),
      )
      const { lines } = await start(work)
      expect(lines).toEqual(bare)
    })
  })
}

describe('100,000 log lines in one request', () => {
  it('are counted exactly, kept up to the limit, and all written', async () => {
    let written = 0
    const logger = pino({ level: 'info' }, { write: () => void written++ })
    app = await serve(
      { watch: [logger] },
      (toolbar) => (req, res) =>
        toolbar(req, res, () => {
          for (let line = 0; line < 100_000; line++) logger.info({ line }, `line ${line}`)
          res.end()
        }),
    )
    await app.get('/')
    const request = await app.latest('/')
    expect(written).toBe(100_000)
    expect(request.counts.log).toBe(100_000)
    const answer = await app.api<{ entries: unknown[]; truncated: Record<string, number> }>(`requests/${request.id}/entries`)
    expect(answer.entries).toHaveLength(1_000)
    expect(answer.truncated).toEqual({ log: 99_000 })
    expect(await app.panel(request.id, 'logs')).toMatchObject({ levels: { info: 100_000 } })
  })
})
