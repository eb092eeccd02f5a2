import { accounting, atMost, megabytes, row, settled, withApps } from '../host.mjs'
import { drive } from '../load.mjs'

export const manyRequests = {
  id: 'L1',
  title: 'hundreds of thousands of requests leave nothing behind',
  sizes: {
    short: { requests: 2_000, warm: 1_000, bare: 0 },
    full: { requests: 40_000, warm: 10_000, bare: 10_000 },
    soak: { requests: 200_000, warm: 10_000, bare: 40_000 },
  },
  async run({ requests, warm, bare }) {
    return withApps([['toolbar'], ...(bare > 0 ? [['bare']] : [])], async (app, other) => {
      const load = (target, count) => drive(target.port, { path: '/five', connections: 50, requests: count, ms: 240_000 })
      await load(app, warm)
      await settled(app)
      const before = { ...(await app.ask('memory')), ...(await app.ask('open')) }
      const { wrong } = await load(app, requests - warm)
      const { entries } = await settled(app)
      const after = { ...(await app.ask('memory')), ...(await app.ask('open')) }
      const rows = [
        atMost(`heap growth from request ${warm} to ${requests}`, megabytes(after.held - before.held), 10, 'MB'),
        row({ what: 'answers other than 200', target: 0, seen: wrong, ok: wrong === 0 }),
        row({
          what: 'handles, timers and listeners',
          target: 'constant',
          seen: `${JSON.stringify(before.handles)} → ${JSON.stringify(after.handles)}`,
          ok: same(before.handles, after.handles) && same(before.listeners, after.listeners),
        }),
        row({ what: 'queries counted', target: requests * 5, seen: entries.seen.sql, ok: entries.seen.sql === requests * 5 }),
        await accounting(app, requests),
      ]
      if (other !== undefined) {
        await load(other, bare)
        rows.push(atMost('RSS beyond bare', megabytes(after.rss - (await other.ask('memory')).rss), 80, 'MB'))
      }
      return rows
    })
  },
}

/** Handles of connections and timers that come and go with a request are left out: none is open here. */
function same(before, after) {
  return Object.keys({ ...before, ...after }).every((name) => (after[name] ?? 0) <= (before[name] ?? 0))
}
