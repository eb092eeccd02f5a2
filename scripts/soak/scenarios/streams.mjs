import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { accounting, atMost, quantile, round, row, withApps } from '../host.mjs'
import { drive } from '../load.mjs'

/** An open stream: what it answered and all that came. */
export function openStream(port) {
  return new Promise((resolve, reject) => {
    const stream = { status: 0, text: '', close: () => socket.destroy() }
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /__debug__/api/stream HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n'),
    )
    socket.on('error', reject)
    socket.on('close', () => resolve(stream))
    socket.on('data', (chunk) => {
      stream.text = (stream.text + chunk.toString('latin1')).slice(-1_000_000)
      stream.status ||= Number(stream.text.slice(9, 12))
      resolve(stream)
    })
  })
}

export const manyStreams = {
  id: 'L18',
  title: 'streams beyond their number',
  sizes: { short: { streams: 500, requests: 50 }, full: { streams: 500, requests: 2_000 }, soak: { streams: 500, requests: 4_000 } },
  async run({ streams, requests }) {
    return withApps([['toolbar']], async (app) => {
      const load = () => drive(app.port, { path: '/five', connections: 2, requests })
      await load()
      const alone = await load()
      const opened = await Promise.all(Array.from({ length: streams }, () => openStream(app.port)))
      const open = opened.filter(({ status }) => status === 200)
      const refused = opened.filter(({ status, text }) => status === 503 && /retry-after: /i.test(text))
      const beside = await load()
      for (const stream of opened) stream.close()
      await wait(50)
      const again = await openStream(app.port)
      again.close()
      return [
        row({
          what: 'open, refused',
          target: `8, ${streams - 8}`,
          seen: `${open.length}, ${refused.length}`,
          ok: open.length === 8 && refused.length === streams - 8,
        }),
        row({ what: 'open again when they have gone', target: 200, seen: again.status, ok: again.status === 200 }),
        atMost(
          'p99 of the app beside 8 streams',
          quantile(beside.latencies, 0.99),
          Math.max(20, quantile(alone.latencies, 0.99) * 5),
          'ms',
        ),
        await accounting(app, 3 * requests),
      ]
    })
  },
}

export const blocked = {
  id: 'L17',
  title: 'the app blocks the event loop',
  sizes: { short: { ms: 500 }, full: { ms: 5_000 }, soak: { ms: 5_000 } },
  async run({ ms }) {
    return withApps([['toolbar']], async (app) => {
      const stream = await openStream(app.port)
      const slow = fetch(`${app.url}/slow?ms=20`)
      const answers = await Promise.all([fetch(`${app.url}/block?ms=${ms}`), slow, wait(5).then(() => fetch(`${app.url}/ok`))])
      const last = await accounting(app, 3)
      const { requests } = await app.api('requests')
      const block = requests.find(({ path }) => path === '/block')
      const told = () => (stream.text.match(/"state":"done"/g) ?? []).length
      for (let left = 40; told() < 3 && left > 0; left--) await wait(50)
      const events = told()
      stream.close()
      return [
        row({
          what: 'answers',
          target: '200, 200, 200',
          seen: answers.map(({ status }) => status).join(', '),
          ok: answers.every(({ ok }) => ok),
        }),
        row({
          what: 'duration of the one that blocked',
          target: `${ms} ms`,
          seen: `${round(block.durationMs)} ms`,
          ok: Math.abs(block.durationMs - ms) < 100,
        }),
        row({
          what: 'states',
          target: 'done',
          seen: requests.map(({ state }) => state).join(),
          ok: requests.every(({ state }) => state === 'done'),
        }),
        row({ what: 'told by the stream', target: 'all 3', seen: events, ok: events >= 3 }),
        last,
      ]
    })
  },
}

/** More than an eager overlay asks, and what only a runaway script does: there is no limit of the rate, as tools poll. */
const rates = [
  { perSecond: 200, mostMs: 10 },
  { perSecond: 1_000, mostMs: 50 },
]

export const abuse = {
  id: 'L19',
  title: 'the API is asked hundreds of times a second',
  sizes: { full: { ms: 3_000 }, soak: { ms: 8_000 } },
  async run({ ms }) {
    return withApps([['toolbar']], async (app) => {
      await drive(app.port, { path: '/five', connections: 5, requests: 2_000 })
      const { requests } = await app.api('requests?limit=100')
      const pathOf = (at) => (at % 2 === 0 ? '/__debug__/api/requests?limit=50' : `/__debug__/api/requests/${requests[at % 50].id}`)
      const load = () => drive(app.port, { path: '/five', connections: 5, ms, perSecond: 100 })
      const alone = await load()
      const rows = []
      for (const { perSecond, mostMs } of rates) {
        const [beside, asked] = await Promise.all([load(), drive(app.port, { path: pathOf, connections: 20, ms, perSecond })])
        rows.push(
          atMost(
            `added p99 of the app at ${Math.round(asked.count / asked.seconds)} questions per second`,
            quantile(beside.latencies, 0.99) - quantile(alone.latencies, 0.99),
            mostMs,
            'ms',
          ),
          row({ what: 'answers of the app other than 200', target: 0, seen: beside.wrong, ok: beside.wrong === 0 && beside.count > 0 }),
        )
      }
      return [...rows, await accounting(app)]
    })
  },
}

export const shutdown = {
  id: 'L21',
  title: 'SIGTERM under load, with three streams open',
  sizes: { short: { rounds: 1 }, full: { rounds: 3 }, soak: { rounds: 5 } },
  async run({ rounds }) {
    const took = { bare: [], toolbar: [] }
    const codes = new Set()
    for (let turn = 0; turn < rounds; turn++)
      for (const mode of ['bare', 'toolbar'])
        await withApps([[mode]], async (app) => {
          if (mode === 'toolbar') for (let at = 0; at < 3; at++) await openStream(app.port)
          const load = drive(app.port, { path: '/slow?ms=50', connections: 20, ms: 300 }).catch(() => {})
          await wait(200)
          const from = performance.now()
          app.kill('SIGTERM')
          const { code } = await app.exited
          took[mode].push(performance.now() - from)
          codes.add(code)
          await load
        })
    const least = (values) => Math.min(...values)
    return [
      row({ what: 'exit code', target: 0, seen: [...codes].join(), ok: codes.size === 1 && codes.has(0) }),
      atMost('exit later than bare by', least(took.toolbar) - least(took.bare), 200, 'ms'),
    ]
  },
}
