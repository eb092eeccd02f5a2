import type { SqlData } from 'debug-toolbar'
import express from 'express'
import session, { type SessionData, Store } from 'express-session'
import multer from 'multer'
import mysql from 'mysql2'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { reachable, serviceUrl } from '../../../../scripts/services.mjs'
import { serve } from '../harness.ts'

type Ask = (marker: number, done: (error: unknown, marker: number) => void) => void

/** A session store on a driver with callbacks: what runs after it is called from the driver's socket. */
class CallbackStore extends Store {
  readonly #ask: Ask
  readonly #sessions = new Map<string, string>()

  constructor(ask: Ask) {
    super()
    this.#ask = ask
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.#ask(-1, (error) => {
      const found = this.#sessions.get(id)
      done(error, found === undefined ? null : (JSON.parse(found) as SessionData))
    })
  }

  override set(id: string, data: SessionData, done?: (error?: unknown) => void): void {
    this.#sessions.set(id, JSON.stringify(data))
    this.#ask(-2, (error) => done?.(error))
  }

  override destroy(id: string, done?: (error?: unknown) => void): void {
    this.#sessions.delete(id)
    done?.()
  }
}

const drivers = [
  {
    name: 'pg',
    available: () => reachable('pg'),
    open() {
      const pool = new pg.Pool({ connectionString: serviceUrl('pg'), max: 2 })
      const ask: Ask = (marker, done) =>
        pool.query('select $1::int as marker', [marker], (error, answer) =>
          done(error, error ? 0 : (answer.rows[0] as { marker: number }).marker),
        )
      return { instance: pool as unknown, ask, close: () => pool.end() }
    },
  },
  {
    name: 'mysql2',
    available: () => reachable('mysql'),
    open() {
      const pool = mysql.createPool({ uri: serviceUrl('mysql'), connectionLimit: 2 })
      const ask: Ask = (marker, done) =>
        pool.query('select ? as marker', [marker], (error: unknown, rows: unknown) =>
          done(error, error ? 0 : ((rows as { marker: number }[])[0]?.marker ?? 0)),
        )
      return { instance: pool as unknown, ask, close: () => pool.promise().end() }
    },
  },
]

for (const { name, available, open } of drivers)
  describe.skipIf(!(await available()))(`behind body parsers, uploads and a session in ${name}`, () => {
    it('queries of 60 concurrent requests stay with the request that asked', async () => {
      const database = open()
      const app = await serve({ watch: [database.instance] }, (toolbar) => {
        const server = express()
        server.use(toolbar)
        server.use(session({ secret: 'test', resave: true, saveUninitialized: true, store: new CallbackStore(database.ask) }))
        server.use(express.json({ limit: '2mb' }))
        server.post('/:marker', multer().any(), (req, res, next) => {
          database.ask(Number(req.params.marker), (error, marker) => {
            if (error) next(error)
            else res.json({ marker, size: JSON.stringify(req.body ?? null).length })
          })
        })
        return server
      })
      try {
        const filler = 'x'.repeat(300_000)
        const answers = await Promise.all(
          Array.from({ length: 60 }, async (_, at) => {
            const marker = at + 1
            const form = new FormData()
            form.set('file', new Blob([filler]), 'filler.txt')
            const answer = await (at % 2 === 0
              ? app.post(`/${marker}`, { filler })
              : fetch(`${app.url}/${marker}`, { method: 'POST', body: form }))
            return ((await answer.json()) as { marker: number }).marker - marker
          }),
        )
        expect(answers.every((difference) => difference === 0)).toBe(true)
        await app.latest()
        const { requests } = await app.api('requests?limit=100')
        expect(requests).toHaveLength(60)
        for (const summary of requests) {
          const queries = await app.entries<SqlData>(summary.id, 'sql')
          const markers = queries.map(({ data }) => Number(data.params[0]))
          expect(markers.filter((marker) => marker > 0)).toEqual([Number(summary.path.slice(1))])
          // the session is saved, and the response is held until it is
          expect(markers).toContain(-2)
        }
        const { entries } = await app.api<{ entries: unknown[] }>('requests/outside/entries')
        expect(entries).toEqual([])
      } finally {
        await app.close()
        await database.close()
      }
    })
  })
