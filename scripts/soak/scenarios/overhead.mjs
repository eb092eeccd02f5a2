import { accounting, atMost, median, quantile, round, withApps } from '../host.mjs'
import { drive } from '../load.mjs'

/** CPU per request and latencies of `path`, one request at a time. */
async function measure(app, path, requests) {
  await drive(app.port, { path, requests: Math.ceil(requests / 4) })
  const before = await app.ask('cpu')
  const { latencies } = await drive(app.port, { path, requests })
  const after = await app.ask('cpu')
  return {
    cpu: (after.user + after.system - before.user - before.system) / 1_000 / requests,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  }
}

/** Bare, toolbar, bare ...: the median of what each pair differs by. */
async function compare(apps, path, requests, rounds) {
  const seen = { cpu: [], p50: [], p99: [] }
  const [base, other] = apps
  for (let turn = 0; turn < rounds; turn++) {
    const first = await measure(turn % 2 === 0 ? base : other, path, requests)
    const second = await measure(turn % 2 === 0 ? other : base, path, requests)
    const [without, with_] = turn % 2 === 0 ? [first, second] : [second, first]
    for (const name of Object.keys(seen)) seen[name].push(with_[name] - without[name])
  }
  return { cpu: median(seen.cpu), p50: median(seen.p50), p99: median(seen.p99) }
}

/** What two equal apps differ by on this machine at this moment is added to each target. */
export const idle = {
  id: 'L2',
  title: 'what an empty request costs',
  sizes: { soak: { requests: 2_000, rounds: 5 } },
  async run({ requests, rounds }) {
    const forwarded = '203.0.113.9'
    const apps = [
      ['bare'],
      ['bare'],
      ['toolbar'],
      ['bare', { options: { forwarded } }],
      ['toolbar', { options: { forwarded } }],
      ['toolbar', { env: { NODE_ENV: 'production' } }],
    ]
    return withApps(apps, async (bare, again, on, proxied, refusing, production) => {
      const noise = await compare([bare, again], '/ok', requests, rounds)
      const added = await compare([bare, on], '/ok', requests, rounds)
      const refused = await compare([proxied, refusing], '/ok', requests, rounds)
      const off = await compare([bare, production], '/ok', requests, rounds)
      const within = (what, name, figure, most) => atMost(what, figure[name], round(most + Math.abs(noise[name])), 'ms')
      return [
        within('added CPU per request', 'cpu', added, 0.1),
        within('added p50', 'p50', added, 0.15),
        within('added p99', 'p99', added, 1),
        within('added CPU, refused peer', 'cpu', refused, 0.02),
        within('added CPU, production', 'cpu', off, 0.01),
        await accounting(on),
      ]
    })
  },
}

export const usual = {
  id: 'L3',
  title: 'what 50 queries, 20 log lines and a template cost',
  sizes: { soak: { requests: 150, rounds: 5 } },
  async run({ requests, rounds }) {
    return withApps([['bare'], ['toolbar']], async (bare, on) => {
      const added = await compare([bare, on], '/mixed', requests, rounds)
      return [atMost('added p50', added.p50, 2, 'ms'), atMost('added p99', added.p99, 8, 'ms'), await accounting(on)]
    })
  },
}
