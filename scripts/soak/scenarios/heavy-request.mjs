import { accounting, atMost, median, megabytes, row, settled, withApps } from '../host.mjs'

const text = async (app, path) => (await fetch(app.url + path)).text()

export const manyQueries = {
  id: 'L4',
  title: '10,000 queries in one request',
  sizes: { full: { rounds: 5 }, soak: { rounds: 7 } },
  async run({ rounds }) {
    return withApps([['bare'], ['toolbar']], async (bare, on) => {
      const added = []
      for (let turn = 0; turn <= rounds; turn++) {
        const took = Number(await text(on, '/queries?count=10000')) - Number(await text(bare, '/queries?count=10000'))
        if (turn > 0) added.push(took)
      }
      const { store, counts } = await settled(on)
      const { requests } = await on.api('requests?limit=1')
      const from = performance.now()
      await text(on, `/__debug__/api/requests/${requests[0].id}/panels/sql`)
      const opened = performance.now() - from
      const [{ counts: seen, duplicates, similar }] = requests
      return [
        atMost('added time', median(added), 150, 'ms'),
        atMost('bytes of the record', megabytes(store.bytes / counts.stored), 2, 'MB'),
        row({ what: 'counted', target: 10_000, seen: seen.sql, ok: seen.sql === 10_000 }),
        row({
          what: 'duplicate and similar',
          target: '10000, 10000',
          seen: `${duplicates}, ${similar}`,
          ok: duplicates === 10_000 && similar === 10_000,
        }),
        atMost('the panel opens in', opened, 1_000, 'ms'),
        await accounting(on, rounds + 1),
      ]
    })
  },
}

export const manyLines = {
  id: 'L5',
  title: 'far too many log lines in one request',
  sizes: { short: { rounds: 1, lines: 20_000 }, full: { rounds: 3, lines: 100_000 }, soak: { rounds: 5, lines: 100_000 } },
  async run({ rounds, lines }) {
    return withApps([['bare'], ['toolbar']], async (bare, on) => {
      const added = []
      const hashes = new Set()
      for (let turn = 0; turn <= rounds; turn++) {
        const [with_, without] = [JSON.parse(await text(on, `/logs?count=${lines}`)), JSON.parse(await text(bare, `/logs?count=${lines}`))]
        hashes.add(with_.hash).add(without.hash)
        if (turn > 0) added.push(with_.took - without.took)
      }
      await settled(on)
      const { requests } = await on.api('requests?limit=1')
      const { entries, truncated } = await on.api(`requests/${requests[0].id}/entries?type=log`)
      const seen = requests[0].counts.log
      return [
        atMost('added time', median(added), 300, 'ms'),
        row({
          what: 'kept, left out, counted',
          target: `1000, ${lines - 1_000}, ${lines}`,
          seen: `${entries.length}, ${truncated.log}, ${seen}`,
          ok: entries.length === 1_000 && truncated.log === lines - 1_000 && seen === lines,
        }),
        row({ what: 'lines written', target: 'identical', seen: `${hashes.size} hash`, ok: hashes.size === 1 }),
        await accounting(on, rounds + 1),
      ]
    })
  },
}
