/**
 * `npm run soak`: the toolbar at its limits, each scenario with real apps in processes of their own, and one table of figures; at most
 * ten minutes. `npm run soak -- L1 L9` runs some; `--size short` is what `npm test` runs.
 */
import { parseArgs } from 'node:util'
import { Explained, main, seconds } from './lib/say.mjs'
import { ensureBuilt, ensureInstalled } from './lib/setup.mjs'

await main(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { size: { type: 'string', default: 'soak' } } })
  const start = performance.now()
  await ensureInstalled()
  await ensureBuilt()
  // Only now: these need what has just been installed.
  const { scenarios } = await import('./soak/scenarios.mjs')
  const chosen = scenarios.filter(({ id, sizes }) => sizes[values.size] && (positionals.length === 0 || positionals.includes(id)))
  if (chosen.length === 0)
    throw new Explained(`nothing to run: there are ${scenarios.map(({ id }) => id).join(', ')}; sizes are short, full, soak.`)
  const lines = ['| | what | target | seen | |', '|---|---|---|---|---|']
  let failed = 0
  for (const { id, title, sizes, run } of chosen) {
    const from = performance.now()
    const rows = await run(sizes[values.size]).catch((error) => [{ what: 'ran to its end', target: 'yes', seen: String(error), ok: false }])
    console.log(`${rows.every(({ ok }) => ok) ? '✔' : '✖'} ${id} ${title} (${seconds(performance.now() - from)})`)
    for (const { what, target, seen, ok } of rows) {
      lines.push(`| ${id} | ${what} | ${target} | ${seen} | ${ok ? 'ok' : '**no**'} |`)
      if (ok) continue
      failed++
      console.log(`    ${what}: ${seen}, wanted ${target}`)
    }
  }
  console.log(`\n${lines.join('\n')}\n\n${seconds(performance.now() - start)}`)
  if (failed > 0) throw new Explained(`${failed} figures are not what they must be: each is marked above.`)
})
