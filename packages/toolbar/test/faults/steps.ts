import { AsyncResource } from 'node:async_hooks'
import Cursor from 'pg-cursor'
import { sleep } from '../harness.ts'
import { lines, raw } from '../raw.ts'
import type { App, Libraries, Work } from './app.ts'

/** One thing an app does. What it returns is everything the app and its client saw of it. */
export interface Step {
  name: string
  run(app: App, libraries: Libraries): Promise<unknown>
}

const page = { Accept: 'text/html', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'none' }

function asks(name: string, method: string, path: string, headers: Record<string, string> = {}, body = '', afterMs = 0): Step {
  return {
    name,
    async run(app, libraries) {
      libraries.lines.length = 0
      const answer = await raw(app.port, lines(method, path, headers, body))
      await sleep(afterMs)
      return { answer: withoutOurs(answer), lines: [...libraries.lines] }
    },
  }
}

/** Work of a handler: what it saw comes back as JSON. */
function works(name: string, work: Work): Step {
  const { run } = asks(name, 'GET', '/work')
  return {
    name,
    async run(app, libraries) {
      app.work = work
      return run(app, libraries)
    },
  }
}

/** The message is the app's to see; where it was made is another matter. */
const textOf = (error: unknown): string => {
  const { name, message, code } = error as { name: string; message: string; code?: string }
  return `${name} ${code ?? ''}: ${message}`
}
const failing = (promise: PromiseLike<unknown>): Promise<string> => Promise.resolve(promise).then(() => 'no error', textOf)
const waitForDrain = (emitter: NodeJS.EventEmitter): Promise<unknown> => new Promise((resolve) => emitter.once('end', () => resolve('end')))

export const steps: readonly Step[] = [
  asks('a page', 'GET', '/page', page),
  asks('a template that throws', 'GET', '/broken', page),
  asks('JSON', 'GET', '/json'),
  asks('a page in pieces', 'GET', '/stream', page),
  asks('a page in pieces, to a client without fetch metadata', 'GET', '/stream', { Accept: 'text/html' }),
  asks('a page of a promised length', 'GET', '/length', page),
  asks('a head that is full', 'GET', '/crowded', page),
  asks('an end that fails, and one that does not', 'GET', '/again', page),
  asks('a client that is refused', 'GET', '/page', { ...page, 'X-Forwarded-For': '8.8.8.8' }),
  asks('a redirect', 'GET', '/moved'),
  asks('a mounted app with responses of its own', 'GET', '/mounted'),
  asks('a body', 'POST', '/body', { 'Content-Type': 'application/json' }, '{"a":[1,2]}'),
  asks('an error that is thrown', 'GET', '/throws'),
  asks('an error that is passed on', 'GET', '/rejects'),
  asks('an address without a route', 'GET', '/none', page),
  asks('work after the answer', 'GET', '/late', {}, '', 25),
  {
    name: 'work that is never over',
    async run(app, libraries) {
      app.work = (_libraries, measure) => void measure('for ever', async () => new Promise(() => {}))
      return asks('', 'GET', '/open').run(app, libraries)
    },
  },
  {
    name: 'a client that leaves',
    async run(app, libraries) {
      app.work = () => new Promise((resolve) => setTimeout(resolve, 5, 'late'))
      const leaving = new AbortController()
      const asked = fetch(`http://127.0.0.1:${app.port}/work`, { signal: leaving.signal }).then(() => 'answered', textOf)
      setTimeout(() => leaving.abort(), 2)
      return [await asked, await asks('', 'GET', '/json').run(app, libraries)]
    },
  },
  works('knex', async ({ db }) => [
    await db('books').where('id', '>', 1).orderBy('id'),
    await db.raw('select count(*) as n from books'),
    await failing(db.raw('select * from nowhere')),
    await db.transaction(async (trx) => trx('books').where({ id: 1 }).first()),
    await failing(
      db.transaction(async (trx) => {
        await trx('books').insert({ title: 'never' })
        throw new RangeError('rolled back')
      }),
    ),
    await Promise.all([db('books').max('id as top'), db('books').min('id as low')]),
  ]),
  works('a stream of knex', async ({ db }) => {
    const titles: string[] = []
    for await (const row of db('books').select('title').orderBy('id').stream()) titles.push((row as { title: string }).title)
    return titles
  }),
  works('an empty pool of knex', async ({ narrow }) => {
    const held = (await narrow.client.acquireConnection()) as object
    const late = failing(narrow.raw('select 1'))
    const seen = await late
    await narrow.client.releaseConnection(held)
    return seen
  }),
  works('pg', async ({ pg }) => {
    const seen: unknown[] = [(await pg.query('select $1::int as a', [1])).rows, await failing(pg.query('select * from nowhere'))]
    seen.push(await new Promise((resolve) => pg.query('select 2 as b', (_error, answer) => resolve(answer.rows))))
    const client = await pg.connect()
    const waiting = pg.query('select 4 as d')
    const cursor = client.query(new Cursor('select generate_series(1, 3) as n'))
    seen.push(await cursor.read(2))
    await cursor.close()
    const bad = client.query(new Cursor('select * from nowhere'))
    seen.push(await failing(bad.read(1)))
    client.release()
    seen.push((await waiting).rows)
    return seen
  }),
  works('a pool of pg that cannot connect', async ({ lost }) => [
    await failing(lost.query('select 1')),
    await new Promise((resolve) => lost.connect((error) => resolve(textOf(error)))),
  ]),
  works('mysql2', async ({ mysql }) => {
    const promises = mysql.promise()
    const connection = await promises.getConnection()
    const waiting = promises.query('select 3 as c')
    connection.release()
    const seen: unknown[] = [
      (await promises.query('select ? as a', [1]))[0],
      (await promises.execute('select ? as a', [2]))[0],
      await failing(promises.query('select * from nowhere')),
      await failing(promises.execute('select * from nowhere where a = ?', [1])),
      (await waiting)[0],
    ]
    const rows: unknown[] = []
    const query = mysql.query('select 5 as e union select 6')
    query.on('result', (row) => rows.push(row))
    seen.push(await waitForDrain(query), rows)
    return seen
  }),
  works('SQLite', ({ sqlite }) => {
    const get = sqlite.prepare('select ? as a')
    const seen: unknown[] = [get.get(1), get.all(2), [...get.iterate(3)]]
    sqlite.exec('select 1')
    try {
      sqlite.exec('select * from nowhere')
    } catch (error) {
      seen.push(textOf(error))
    }
    return seen
  }),
  works('signals', async ({ bus }) => {
    const seen: unknown[] = []
    const tidy = async (): Promise<void> => {
      await null
      seen.push('async')
    }
    bus.on('sold', function (this: unknown, ...args: unknown[]) {
      seen.push(this === bus, ...args)
    })
    bus.once('sold', () => void seen.push('once'))
    bus.on('sold', tidy)
    seen.push(bus.emit('sold', 'Emma', { copies: 2 }), bus.emit('nobody'), bus.listeners('sold').at(-1) === tidy)
    bus.on('broken', () => {
      throw new RangeError('listener')
    })
    bus.on('broken', () => void seen.push('not reached'))
    try {
      bus.emit('broken')
    } catch (error) {
      seen.push(textOf(error))
    }
    await new Promise((resolve) => setImmediate(resolve))
    seen.push(bus.listenerCount('sold'), bus.rawListeners('sold').includes(tidy))
    bus.removeAllListeners()
    return seen
  }),
  works('log lines and spans', async ({ logger, db }, measure) => {
    logger.info({ a: 1 }, 'first')
    logger.child({ b: 2 }).warn('second')
    return [
      measure('plain', () => 1),
      await measure('promise', async () => 2),
      await measure('promise of a plain function', () => Promise.resolve(3)),
      await measure('query', () => db('books').count({ n: '*' })),
      await failing(
        measure('failing', async () => {
          throw new RangeError('in a span')
        }),
      ),
    ]
  }),
  {
    name: 'an app that is new',
    async run(app, libraries) {
      const another = await app.another()
      try {
        return await asks('', 'GET', '/page', page).run(another, libraries)
      } finally {
        await another.close()
      }
    },
  },
  {
    name: 'a server that closes while somebody follows it',
    async run(app) {
      const another = await app.another()
      const answer = await fetch(`http://127.0.0.1:${another.port}/__debug__/api/stream`)
      const read = answer.text().catch(() => 'cut')
      const closed = new Promise((resolve) => another.server.close((error) => resolve(error ?? 'closed')))
      setTimeout(() => another.server.closeAllConnections(), 50)
      await read
      return closed
    },
  },
  {
    name: 'a history that is cleared',
    run: (app) => app.clearHistory(),
  },
  {
    name: 'a history that is cleared before late work is told',
    async run(app, libraries) {
      // twice: a process that is held up in between tells of it first
      for (let turn = 0; turn < 2; turn++) {
        let late = (): void => {}
        app.work = ({ logger }) => {
          late = AsyncResource.bind(() => logger.info('late'))
        }
        await asks('', 'GET', '/work').run(app, libraries)
        // until it is sealed
        await sleep(10)
        late()
        await app.clearHistory()
        // until it would have been told
        await sleep(30)
      }
    },
  },
  {
    name: 'work outside of requests',
    async run(_app, { db, logger, bus, lines: logged }) {
      logged.length = 0
      logger.info('nobody asked')
      bus.emit('alone')
      const books = await db('books').select('title').orderBy('id')
      return [books, [...logged]]
    },
  },
]

/** Without what the toolbar may change: all of it stands here. */
export function withoutOurs(answer: Awaited<ReturnType<typeof raw>>): unknown {
  const script = /<script type="module" async src="[^"]+" data-debug-toolbar="[^"]+"(?: nonce="[^"]+")?><\/script>/
  const injected = answer.body.match(script)?.[0] ?? ''
  const chunk = injected === '' ? '' : `${injected.length.toString(16)}\r\n${injected}\r\n`
  const body = answer.body.includes(chunk) && chunk !== '' ? answer.body.replace(chunk, '') : answer.body.replace(injected, '')
  const ours = /^(?:x-debug-toolbar-id|server-timing|date)$/i
  const ofPages = /^(?:etag|cache-control|content-security-policy)$/i
  const isPage = answer.headers.some(([name, value]) => /^content-type$/i.test(name) && value.startsWith('text/html'))
  const headers = answer.headers
    .filter(([name]) => !ours.test(name) && !(isPage && ofPages.test(name)))
    .map(([name, value]): [string, string] =>
      /^content-length$/i.test(name) ? [name, String(Number(value) - injected.length)] : [name, value],
    )
  return { status: answer.status, headers, body }
}
