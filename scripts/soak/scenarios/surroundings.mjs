import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { accounting, atMost, megabytes, quantile, row, settled, withApps } from '../host.mjs'
import { drive } from '../load.mjs'

const navigation = { accept: 'text/html', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' }

export const nowhereToWrite = {
  id: 'L24',
  title: 'no HOME, no folder for temporary files, a working directory that cannot be written',
  sizes: { short: {}, full: {}, soak: {} },
  async run() {
    const how = {
      cwd: process.platform === 'linux' ? '/proc' : '/',
      env: { HOME: undefined, TMPDIR: '/nonexistent', USERPROFILE: undefined },
    }
    return withApps([['toolbar', how]], async (app) => {
      const page = await (await fetch(`${app.url}/mixed`, { headers: navigation })).text()
      const src = /<script[^>]+src="([^"#]+)/.exec(page)?.[1]
      const asset = src === undefined ? 0 : (await fetch(new URL(src, app.url), { headers: { 'sec-fetch-dest': 'script' } })).status
      await settled(app)
      const { requests } = await app.api('requests')
      const panel = await fetch(`${app.url}/__debug__/api/requests/${requests[0].id}/panels/findings`)
      return [
        row({
          what: 'page, script, panel',
          target: 'injected, 200, 200',
          seen: `${src ? 'injected' : 'bare'}, ${asset}, ${panel.status}`,
          ok: asset === 200 && panel.status === 200,
        }),
        await accounting(app, 1),
      ]
    })
  },
}

export const clockJumps = {
  id: 'L25',
  title: 'the clock of the machine jumps',
  sizes: { short: { rounds: 1 }, full: { rounds: 10 }, soak: { rounds: 20 } },
  async run({ rounds }) {
    return withApps([['toolbar', { options: { maxRequests: 1_000 } }]], async (app) => {
      const hour = 3_600_000
      for (let turn = 0; turn < rounds; turn++)
        for (const jump of [-hour, hour]) {
          const slow = fetch(`${app.url}/marked?wait=30`, { headers: { 'x-marker': 'mark' } })
          await wait(10)
          await app.ask('shiftClock', jump)
          await (await slow).text()
          await fetch(`${app.url}/from`)
        }
      const last = await accounting(app, rounds * 2 * 3)
      const { requests } = await app.api('requests?limit=1000')
      const order = requests.every(({ seq }, at) => at === 0 || seq < requests[at - 1].seq)
      const joined = requests.filter(({ redirectedFrom }) => redirectedFrom !== null).length
      let least = 0
      let longest = 0
      for (const { id, durationMs, times, spine } of requests) {
        longest = Math.max(longest, durationMs)
        const { entries } = await app.api(`requests/${id}/entries`)
        const figures = [
          durationMs,
          ...Object.values(times),
          ...Object.values(spine),
          ...entries.flatMap((entry) => [entry.startMs, entry.durationMs ?? 0]),
        ]
        least = Math.min(least, ...figures)
      }
      return [
        row({ what: 'least figure', target: '≥ 0', seen: least, ok: least >= 0 }),
        atMost('longest request', longest, 2_000, 'ms'),
        row({ what: 'newest first', target: true, seen: order, ok: order }),
        row({ what: 'redirects joined', target: rounds * 2, seen: joined, ok: joined === rounds * 2 }),
        last,
      ]
    })
  },
}

const open = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', () => resolve(socket))
  })

export const noFilesLeft = {
  id: 'L26',
  title: 'the process may open 64 files, and all are open',
  sizes: { short: { requests: 20 }, full: { requests: 500 }, soak: { requests: 500 } },
  async run({ requests }) {
    if (process.platform === 'win32') return []
    const how = { maxFiles: 64 }
    return withApps(
      [
        ['bare', how],
        ['toolbar', how],
      ],
      async (bare, on) => {
        const failures = []
        for (const app of [bare, on]) {
          // read by the app once, while it can
          await (await fetch(`${app.url}/mixed`)).text()
          const sockets = []
          const load = drive(app.port, { path: '/mixed', connections: 2, requests })
          await wait(20)
          for (let at = 0; at < 70; at++) sockets.push(await open(app.port))
          failures.push((await load).wrong)
          for (const socket of sockets) socket.destroy()
        }
        await wait(50)
        const after = await fetch(`${on.url}/__debug__/api/requests/latest`)
        return [
          row({ what: 'failing requests', target: `bare: ${failures[0]}`, seen: failures[1], ok: failures[1] <= failures[0] }),
          row({ what: 'the API afterwards', target: 'answers', seen: after.status, ok: after.status === 200 || after.status === 404 }),
          await accounting(on),
        ]
      },
    )
  },
}

export const smallHeap = {
  id: 'L27',
  title: 'a heap of 128 MB, and records of 100 kB',
  sizes: { short: { requests: 700, ms: 20_000 }, full: { requests: 20_000, ms: 20_000 }, soak: { requests: 60_000, ms: 60_000 } },
  async run({ requests, ms }) {
    return withApps([['toolbar', { nodeArgs: ['--max-old-space-size=128'], options: { maxRequests: 10_000 } }]], async (app) => {
      const { count, wrong, seconds } = await drive(app.port, { path: '/fat', connections: 20, requests, ms, perSecond: 1_000 })
      const { store, counts } = await settled(app)
      const limit = await app.ask('heapLimit')
      const { held } = await app.ask('memory')
      return [
        row({
          what: `requests at ${Math.round(count / seconds)} per second`,
          target: 'all answered',
          seen: `${count}, ${wrong} failed`,
          ok: wrong === 0 && count > 100,
        }),
        atMost('bytes of the ring', megabytes(store.bytes), Math.ceil(megabytes(limit / 4)), 'MB'),
        row({ what: 'evicted', target: '> 0', seen: counts.evicted, ok: counts.evicted > 0 }),
        atMost('heap held', megabytes(held), Math.ceil(megabytes(limit / 4)) + 25, 'MB'),
        await accounting(app, count),
      ]
    })
  },
}

export const longHeads = {
  id: 'L28',
  title: '2,000 cookies, and as many headers as Node takes',
  sizes: { short: { requests: 15 }, full: { requests: 1_000 }, soak: { requests: 1_000 } },
  async run({ requests }) {
    const heads = [
      ['2,000 cookies', 'request', { cookie: Array.from({ length: 2_000 }, (_, at) => `${at.toString(36)}=1`).join('; ') }],
      ['800 headers', 'headers', Object.fromEntries(Array.from({ length: 800 }, (_, at) => [`x-${at}`, 'value']))],
    ]
    return withApps([['bare'], ['toolbar']], async (bare, on) => {
      const rows = []
      for (const [what, panelId, headers] of heads) {
        const took = { bare: [], toolbar: [] }
        let wrong = 0
        for (let at = 0; at < requests; at++)
          for (const app of [bare, on]) {
            const from = performance.now()
            const res = await fetch(`${app.url}/ok`, { headers })
            await res.text()
            took[app.mode].push(performance.now() - from)
            if (res.status !== 200) wrong++
          }
        const { store, counts } = await settled(on)
        const { requests: list } = await on.api('requests?limit=1')
        const from = performance.now()
        const panel = await (await fetch(`${on.url}/__debug__/api/requests/${list[0].id}/panels/${panelId}`)).text()
        rows.push(
          row({ what: `${what}: answers other than 200`, target: 0, seen: wrong, ok: wrong === 0 }),
          atMost(`${what}: added p50`, quantile(took.toolbar, 0.5) - quantile(took.bare, 0.5), 1, 'ms'),
          atMost(`${what}: bytes of a record`, store.bytes / counts.stored / 1_024, 128, 'kB'),
          atMost(`${what}: panel opens in`, performance.now() - from, 300, 'ms'),
          atMost(`${what}: panel`, panel.length / 1_024, 512, 'kB'),
        )
      }
      return [...rows, await accounting(on)]
    })
  },
}
