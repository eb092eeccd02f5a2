import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { accounting, atMost, megabytes, round, row, settled, withApps } from '../host.mjs'

export const markers = {
  id: 'L8',
  title: 'requests at the same time keep apart',
  sizes: { short: { requests: 100, pause: 50 }, full: { requests: 500, pause: 200 }, soak: { requests: 500, pause: 200 } },
  async run({ requests, pause }) {
    return withApps([['toolbar', { options: { maxRequests: requests } }]], async (app) => {
      const names = Array.from({ length: requests }, (_, at) => `mark-${at}-`)
      const answers = await Promise.all(
        names.map(async (marker) => {
          const res = await fetch(`${app.url}/marked?wait=${pause}`, { headers: { 'x-marker': marker } })
          return { marker, id: res.headers.get('x-debug-toolbar-id'), body: await res.text() }
        }),
      )
      const last = await accounting(app, requests)
      let own = 0
      for (const { marker, id, body } of answers) {
        const { entries } = await app.api(`requests/${id}/entries`)
        const found = JSON.stringify(entries).match(/mark-\d+-/g) ?? []
        if (body.includes(marker) && found.length >= 5 && found.every((name) => name === marker)) own++
      }
      const { entries } = await app.api('requests/outside/entries').catch(() => ({ entries: [] }))
      const strays = (JSON.stringify(entries ?? []).match(/mark-/g) ?? []).length
      return [
        row({ what: 'records with their own marker only', target: requests, seen: own, ok: own === requests }),
        row({ what: 'entries outside of requests', target: 0, seen: strays, ok: strays === 0 }),
        last,
      ]
    })
  },
}

/** A connection that sent `text`; resolves once it is open, `null` where the machine has no more. */
async function open(port, text) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  const opened = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'close').then(() => false)])
  if (!opened) return null
  socket.write(text)
  return socket
}

export const hung = {
  id: 'L9',
  title: 'requests that are never answered, then all aborted',
  sizes: { short: { requests: 1_100 }, full: { requests: 5_000 }, soak: { requests: 10_000 } },
  async run({ requests }) {
    return withApps([['toolbar']], async (app) => {
      for (let at = 0; at < 100; at++) await (await fetch(`${app.url}/five`)).text()
      const before = await app.ask('memory')
      const sockets = []
      while (sockets.length < requests) {
        const text = 'GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n'
        const more = await Promise.all(Array.from({ length: Math.min(200, requests - sockets.length) }, () => open(app.port, text)))
        sockets.push(...more)
        if (more.includes(null)) break
      }
      const hanging = sockets.filter((socket) => socket !== null)
      for (let turn = 0; turn < 100 && (await app.ask('received')) < hanging.length + 100; turn++) await wait(20)
      const { counts, dropped } = await app.api('health')
      for (const socket of hanging) socket.destroy()
      await settled(app)
      const grown = megabytes((await app.ask('memory')).held - before.held)
      return [
        row({ what: 'connections opened', target: requests, seen: hanging.length, ok: hanging.length === requests }),
        atMost('in flight', counts.running, 1_000, 'records'),
        row({
          what: 'dropped, as too many in flight',
          target: requests - 1_000,
          seen: counts.dropped,
          ok: counts.dropped === hanging.length - 1_000 && dropped.reasons[0]?.reason === 'inFlight',
        }),
        row({ what: 'heap after all have gone', target: '±10 MB', seen: `${round(grown)} MB`, ok: Math.abs(grown) <= 10 }),
        await accounting(app, hanging.length + 100),
      ]
    })
  },
}

/** A seeded generator: the same aborts in each run. */
function random(seed) {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** Asks, and leaves after a number of bytes of the question or of the answer. */
function abort(port, text, share) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const leave = () => socket.destroy()
    socket.setTimeout(2_000, leave)
    socket.on('error', () => {})
    socket.on('close', resolve)
    socket.on('connect', () => {
      if (share < 0.3) return void socket.write(text.slice(0, Math.ceil((text.length * share) / 0.3)), leave)
      socket.write(text)
      let left = Math.floor(2_300 * ((share - 0.3) / 0.7))
      socket.on('data', (chunk) => {
        left -= chunk.length
        if (left <= 0) leave()
      })
    })
  })
}

export const aborts = {
  id: 'L10',
  title: 'clients that leave at a random byte',
  sizes: { short: { requests: 400, ms: 2_000 }, full: { requests: 20_000, ms: 20_000 }, soak: { requests: 100_000, ms: 60_000 } },
  async run({ requests, ms }) {
    return withApps([['toolbar']], async (app) => {
      const next = random(1)
      const text = 'GET /drip HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nUser-Agent: soak\r\n\r\n'
      const until = performance.now() + ms
      let sent = 0
      const client = async () => {
        for (; sent < requests && performance.now() < until; ) {
          sent++
          await abort(app.port, text, next())
        }
      }
      await Promise.all(Array.from({ length: 50 }, client))
      await wait(50)
      const received = await app.ask('received')
      const { counts } = await settled(app)
      const states = new Set((await app.api('requests?limit=100')).requests.map(({ state }) => state))
      return [
        row({ what: 'aborted', target: `${requests}, or what fits in ${ms / 1_000} s`, seen: sent, ok: sent > 200 }),
        row({ what: 'records', target: `${received} received`, seen: counts.received, ok: counts.received === received }),
        row({
          what: 'states seen',
          target: 'aborted among them',
          seen: [...states].join(),
          ok: states.has('aborted') && !states.has('running'),
        }),
        row({ what: 'errors printed', target: 'none', seen: app.printed() || 'none', ok: app.printed() === '' }),
        await accounting(app, received),
      ]
    })
  },
}
