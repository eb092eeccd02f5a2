import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import express from 'express'
import knex from 'knex'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Running, serve } from './harness.ts'

let app: Running
let id: string
let close: () => Promise<void>

interface Problem {
  error?: { code: string; message: string }
}

/** fields of `q`, by panel: those of the filter box of its view */
const fields = {
  timeline: ['type', 'time', 'start', 'file', 'status', 'note'],
  sql: ['time', 'rows', 'bytes', 'wait', 'table', 'file', 'connection', 'kind', 'is'],
  templates: ['time', 'own', 'renders', 'queries', 'engine', 'file'],
  signals: ['event', 'emitter', 'listener', 'file', 'time'],
  logs: ['level', 'logger', 'file', 'time'],
  headers: ['name', 'value'],
}
const sorts = {
  timeline: ['start', 'time', 'name'],
  sql: ['start', 'time', 'rows', 'query'],
  templates: ['start', 'time', 'own', 'name'],
  signals: ['start', 'time', 'event'],
  logs: ['start', 'level', 'message'],
  headers: ['name'],
}
const noLists = ['findings', 'exceptions', 'request', 'response', 'time', 'history']

const start = async (handler: express.RequestHandler) => {
  const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
  const bus = new EventEmitter().on('seen', () => {})
  const logger = pino({ level: 'info' }, { write() {} })
  app = await serve({ watch: { main: db, bus, logger } }, (toolbar) => {
    const server = express()
    server.set('views', fileURLToPath(new URL('views', import.meta.url)))
    server.set('view engine', 'ejs')
    server.use(toolbar)
    server.get('/empty', (_req, res) => void res.end())
    server.get('/', async (req, res, next) => {
      await db.raw('select value as needle from json_each(?)', ['[1,2,3]'])
      bus.emit('seen')
      bus.emit('unseen')
      logger.warn('careful')
      await handler(req, res, next)
    })
    return server
  })
  close = async () => {
    await app.close()
    await db.destroy()
  }
}
const open = async (path: string) => {
  await app.get(path, { 'X-Needle': 'hay' })
  id = (await app.latest(path)).id
}
const ask = async <Data>(panel: string, query: string): Promise<Data & Problem> =>
  await app.api<Data & Problem>(`requests/${id}/panels/${panel}?${query}`)

beforeEach(() =>
  start(
    (_req, res) =>
      void res.render('shelf', { title: 'Shelf', books: [{ title: 'a' }, { title: 'b' }].map((book) => ({ ...book, stars: 3 })) }),
  ),
)
afterEach(() => close())

describe('q of a panel', () => {
  it('takes every field of the filter box, and says which they are', async () => {
    await open('/')
    for (const [panel, known] of Object.entries(fields)) {
      for (const field of known) expect((await ask(panel, `q=${field}:none`)).error, `${panel} ${field}`).toBeUndefined()
      const { error } = await ask(panel, 'q=nope:1')
      expect(error).toMatchObject({ code: 'BAD_PARAM', message: expect.stringContaining(`Fields: ${known.join(', ')}.`) })
    }
  })

  it('is refused for an unknown field where there is no row to compare with', async () => {
    await open('/empty')
    expect((await ask<{ renders: unknown[] }>('templates', '')).renders).toEqual([])
    for (const panel of Object.keys(fields)) expect((await ask(panel, 'q=nope:1')).error?.code, panel).toBe('BAD_PARAM')
  })

  it('compares start and note of the timeline, and own time and renders of templates', async () => {
    await open('/')
    const rows = async (q: string) =>
      (await ask<{ rows: { name: string; startMs: number }[] }>('timeline', `q=${encodeURIComponent(q)}`)).rows
    expect((await rows('note:"no listener"')).map(({ name }) => name)).toEqual(['unseen'])
    const all = await rows('')
    const last = Math.max(...all.map(({ startMs }) => startMs))
    expect(await rows(`start:>${last}`)).toEqual([])
    expect((await rows('start:>=0')).length).toBe(all.length)
    const names = async (q: string) =>
      (await ask<{ renders: { name: string }[] }>('templates', `q=${encodeURIComponent(q)}`)).renders.map(({ name }) => name)
    expect((await names('renders:2')).filter((name) => name.includes('book'))).toHaveLength(2)
    expect(await names('renders:1')).toEqual(['shelf.ejs'])
    expect((await names('own:>=0')).length).toBe((await names('')).length)
    expect(await names('own:>10s')).toEqual([])
  })

  it('filters both sides of the headers', async () => {
    await open('/')
    type Sides = Record<'request' | 'response', { name: string; value: string }[]>
    const named = await ask<Sides>('headers', 'q=name:x-needle')
    expect([named.request.map(({ value }) => value), named.response]).toEqual([['hay'], []])
    const valued = await ask<Sides>('headers', 'q=value:text/html')
    expect(valued.response.map(({ name }) => name.toLowerCase())).toEqual(['content-type'])
    const sorted = (await ask<Sides>('headers', 'sort=name')).response.map(({ name }) => name)
    expect(sorted).toEqual([...sorted].sort())
  })

  it('finds a table in the SQL, as the filter box does', async () => {
    await open('/')
    const { columns } = await ask<{ columns: { rows: number[] } }>(
      'sql',
      `q=${encodeURIComponent('table:"select value as needle from json_each(?)"')}`,
    )
    expect(columns.rows).toEqual([3])
  })
})

describe('sort of a panel', () => {
  it('takes its columns, with and without rows', async () => {
    for (const path of ['/', '/empty']) {
      await open(path)
      for (const [panel, known] of Object.entries(sorts)) {
        for (const sort of known) expect((await ask(panel, `sort=-${sort}`)).error, `${panel} ${sort}`).toBeUndefined()
        const { error } = await ask(panel, 'sort=nope')
        expect(error).toMatchObject({ code: 'BAD_PARAM', message: expect.stringContaining(`It sorts by ${known.join(', ')}, each`) })
      }
    }
  })
})

describe('a panel that is no list', () => {
  it('refuses q and sort, and names the panels that take them', async () => {
    await open('/')
    for (const panel of noLists)
      for (const [name, query] of [
        ['q', 'q=zzz:1'],
        ['q', 'q=words'],
        ['sort', 'sort=time'],
      ] as const) {
        const answer = await app.get(`/__debug__/api/requests/${id}/panels/${panel}?${query}`)
        expect([panel, query, answer.status]).toEqual([panel, query, 400])
        const { error } = (await answer.json()) as Problem
        expect(error).toMatchObject({ code: 'BAD_PARAM', message: expect.stringContaining(`the panel '${panel}' takes no '${name}'`) })
        expect(error?.message).toContain(Object.keys(fields).join(', '))
      }
  })

  it('is sent whole without them', async () => {
    await open('/')
    for (const panel of noLists) expect((await app.get(`/__debug__/api/requests/${id}/panels/${panel}?q=&from=0&limit=5`)).status).toBe(200)
  })

  it('may be one of the app’s, which is a list where it says so', async () => {
    await close()
    app = await serve(
      {
        panels: (all) => [
          ...all,
          { id: 'mine', title: 'Mine', types: [], summary: () => ({ summary: '', tone: 'none', count: null }), data: () => 1 },
          {
            id: 'ours',
            title: 'Ours',
            types: [],
            rows: { fields: ['size'], sorts: { size: () => 0 } },
            summary: () => ({ summary: '', tone: 'none', count: null }),
            data: (_view, query) => query.sort,
          },
        ],
      },
      (toolbar) => (req, res) => toolbar(req, res, () => res.end()),
    )
    close = () => app.close()
    await open('/')
    expect((await ask('mine', 'q=x')).error?.message).toContain(', ours')
    expect((await ask('ours', 'q=weight:1')).error?.message).toContain('Fields: size.')
    expect(await ask('ours', 'sort=-size&q=size:1')).toBe('-size')
  })
})

describe('the description', () => {
  it('says which panels take q and sort, with their fields and columns', async () => {
    const { paths } = await app.api<{ paths: Record<string, { get?: { parameters: { name: string; description?: string }[] } }> }>(
      'openapi.json',
    )
    const parameters = paths['/api/requests/{id}/panels/{panel}']?.get?.parameters ?? []
    const said = (name: string) => parameters.find((parameter) => parameter.name === name)?.description
    for (const [panel, known] of Object.entries(fields)) expect(said('q')).toContain(`${panel} (${known.join(', ')})`)
    for (const [panel, known] of Object.entries(sorts)) expect(said('sort')).toContain(`${panel} (${known.join(', ')})`)
    for (const panel of noLists) expect(said('q')).not.toContain(`${panel} (`)
  })
})
