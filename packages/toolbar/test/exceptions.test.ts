import type { ExceptionData } from 'debug-toolbar'
import type { NextFunction, Request, Response } from 'express'
import knex from 'knex'
import { afterEach, describe, expect, it } from 'vitest'
import { type BuildExpress, expresses, recordOf, startExpress } from './express-app.ts'
import { type Running, sleep } from './harness.ts'

let app: Running
afterEach(() => app.close())

for (const [version, express] of expresses) {
  const start = async (build: BuildExpress) => {
    app = await startExpress(express, build)
  }
  const record = <Data>(path: string, type: string, headers: Record<string, string> = {}) => recordOf<Data>(app, path, type, headers)

  describe(`exceptions, ${version}`, () => {
    const answer = (error: Error, _req: Request, res: Response, _next: NextFunction): void => void res.status(500).send(error.message)

    it.each([
      [
        'thrown',
        (_req: Request, _res: Response) => {
          throw Object.assign(new RangeError('sync'), { code: 'E_SYNC', status: 422, detail: { token: 'CANARY' } })
        },
      ],
      [
        'passed on',
        (_req: Request, _res: Response, next: NextFunction) =>
          next(Object.assign(new RangeError('sync'), { code: 'E_SYNC', status: 422, detail: {} })),
      ],
    ])('records what was %s, with code, place and handlers', async (_how, handler) => {
      await start((server) => {
        server.get('/', Object.defineProperty(handler, 'name', { value: 'fails' }))
        server.use(Object.defineProperty(answer, 'name', { value: 'excuses' }))
      })
      const { text, entries, request } = await record<ExceptionData>('/', 'exception')
      expect(text).toBe('sync')
      expect(entries).toHaveLength(1)
      expect(entries[0]).toMatchObject({
        name: 'RangeError',
        status: 'error',
        data: {
          message: 'sync',
          code: 'E_SYNC',
          status: 422,
          raisedBy: 'fails',
          handledBy: 'excuses',
          properties: { code: 'E_SYNC', status: 422 },
        },
      })
      expect(entries[0]?.site?.file).toMatch(/exceptions\.test\.ts$/)
      expect(entries[0]?.data.stack.some((frame) => frame.kind === 'app')).toBe(true)
      expect(entries[0]?.data.source?.lines.join('\n')).toContain('RangeError')
      expect(request).toMatchObject({ status: 500, state: 'done', counts: { exception: 1 } })
      expect(JSON.stringify(entries[0]?.data.properties)).not.toContain('CANARY')
    })

    it('records the chain of causes, outermost first', async () => {
      await start((server) => {
        server.get('/', (_req, _res, next) => next(new Error('outer', { cause: new TypeError('middle', { cause: new Error('inner') }) })))
        server.use(answer)
      })
      const { entries } = await record<ExceptionData>('/', 'exception')
      expect(entries[0]?.data.causes.map((cause) => `${cause.name}: ${cause.message}`)).toEqual(['TypeError: middle', 'Error: inner'])
      expect(entries[0]?.data.causes[1]?.stack.length).toBeGreaterThan(0)
    })

    it('records values that are no errors, and errors that defend themselves', async () => {
      const hostile = Object.defineProperties(new Error('h'), {
        stack: {
          get() {
            throw new Error('no')
          },
        },
        code: {
          get() {
            throw new Error('no')
          },
        },
      })
      await start((server) => {
        server.get('/text', (_req, _res, next) => next('just text'))
        server.get('/hostile', (_req, _res, next) => next(hostile))
        server.use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => void res.status(500).end())
      })
      expect((await record<ExceptionData>('/text', 'exception')).entries[0]?.data.message).toBe('just text')
      expect((await record<ExceptionData>('/hostile', 'exception')).entries[0]?.data).toMatchObject({ message: 'h', stack: [] })
    })

    it('records an error that an error handler swallows, and frames forged in a message are none', async () => {
      await start((server) => {
        server.get('/', () => {
          throw new Error('x\n    at a (/etc/passwd:1:1)\n    at b (/srv/app/.env:1:1)')
        })
        server.use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => void res.send('all good'))
      })
      const { request, entries } = await record<ExceptionData>('/', 'exception')
      expect(request.status).toBe(200)
      expect(JSON.stringify(entries[0]?.data.stack)).not.toContain('/etc/passwd')
    })

    it("places a driver's error at the query that failed", async () => {
      const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
      await start((server, toolbar) => {
        toolbar.watch(db)
        server.get('/', async (_req, _res, next) => {
          try {
            await db('nowhere')
          } catch (error) {
            next(error)
          }
        })
        server.use(answer)
      })
      const { entries } = await record<ExceptionData>('/', 'exception')
      expect(entries[0]?.site?.file).toMatch(/exceptions\.test\.ts$/)
      await db.destroy()
    })

    if (version === 'Express 5') {
      it('records a rejected handler', async () => {
        await start((server) => {
          server.get('/', async () => {
            await sleep(1)
            throw new Error('async')
          })
          server.use(answer)
        })
        const { entries, text } = await record<ExceptionData>('/', 'exception')
        expect(text).toBe('async')
        expect(entries[0]?.data.message).toBe('async')
      })
    }
  })
}
