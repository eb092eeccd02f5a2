/**
 * `npm run bench`: what the toolbar costs and what it is compared with, into README.md and chart.svg beside this file.
 * `npm run bench -- --quick` ends within two minutes and prints its tables. README.md names the other options.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cacheDir } from '../../scripts/lib/paths.mjs'
import { Explained, main } from '../../scripts/lib/say.mjs'
import { toChart } from './lib/chart.mjs'
import { replaceBetween, toReport } from './lib/report.mjs'
import { measureAll } from './measure-all.mjs'

const kept = join(cacheDir, 'bench', 'results.json')

await main(async () => {
  const { values: options } = parseArgs({
    allowNegative: true,
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean' },
      again: { type: 'boolean', default: false },
      replicates: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      routes: { type: 'string' },
      parts: { type: 'string' },
      node: { type: 'string' },
    },
  })
  const results = options.again ? lastResults() : await measureAll(options)
  if (!options.again) writeFileSync(kept, JSON.stringify(results))
  console.log(`\n${toReport(results)}`)
  const { again, quick, only, routes: some, parts, node, replicates, rounds } = options
  const isWhole = !(again || quick || only || some || parts || node || replicates || rounds)
  if (options.write ?? isWhole) write(results)
})

function lastResults() {
  if (!existsSync(kept)) throw new Explained('--again: nothing was measured yet. Run npm run bench first.')
  return JSON.parse(readFileSync(kept, 'utf8'))
}

function write(results) {
  const chart = 'chart.svg'
  const readme = fileURLToPath(new URL('README.md', import.meta.url))
  writeFileSync(readme, replaceBetween(readFileSync(readme, 'utf8'), 'results', toReport(results, { chart })))
  writeFileSync(new URL(chart, import.meta.url), toChart(results))
  console.log('written to apps/bench/README.md and chart.svg')
}
