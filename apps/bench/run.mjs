/**
 * `npm run bench`: CPU per request of the toolbar and of what it is compared with, into README.md beside this file.
 * `npm run bench -- --quick` ends within two minutes and prints the tables; `--write` writes them all the same.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { addonFor, otherNode } from '../../scripts/lib/node-versions.mjs'
import { Explained, main } from '../../scripts/lib/say.mjs'
import { ensureBuilt, ensureInstalled } from '../../scripts/lib/setup.mjs'
import { configurations as allConfigurations } from './configurations.mjs'
import { routes as allRoutes } from './routes.mjs'

await main(async () => {
  const { values: options } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean' },
      replicates: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      routes: { type: 'string' },
      node: { type: 'string' },
    },
  })
  const { quick } = options
  const start = Date.now()
  const configurations = choose(allConfigurations, 'id', options.only && `bare,${options.only}`, '--only')
  const routes = choose(allRoutes, 'path', options.routes, '--routes')
  const replicates = Number(options.replicates ?? (quick ? 3 : 5))
  const rounds = Number(options.rounds ?? (quick ? 1 : 4))
  const scale = quick ? 0.5 : 3
  const memoryRequests = quick ? 2_000 : 20_000
  const deadline = quick ? start + 70_000 : Number.POSITIVE_INFINITY

  await ensureInstalled()
  await ensureBuilt()
  const node = await chooseNode(options.node)
  // Only now: these need what has just been installed.
  const { prepareDatabase } = await import('./lib/data.mjs')
  const { measure, measureMemory } = await import('./lib/measure.mjs')
  const { replaceBetween, toReport, toSettings } = await import('./lib/report.mjs')

  const log = (line) => console.log(`${((Date.now() - start) / 1000).toFixed(0).padStart(4)} s  ${line}`)
  const host = { databaseFile: prepareDatabase(), node }
  const measured = await measure({ configurations, routes, host, replicates, rounds, scale, deadline, log })
  const memory = await measureMemory({ configurations, host, requests: memoryRequests, log })
  const settings = toSettings({ replicates: measured.replicates, rounds, scale, memoryRequests, quick, nodeVersion: node.version })
  const report = toReport({ configurations, routes, ...measured, memory, settings })
  console.log(`\n${report}`)
  if (measured.replicates < replicates)
    console.log(`The machine was busy: ${measured.replicates} of ${replicates} replicates fitted into the time.`)

  if (!(options.write ?? (!quick && !options.only && !options.routes && !options.node))) return
  const readme = fileURLToPath(new URL('README.md', import.meta.url))
  writeFileSync(readme, replaceBetween(readFileSync(readme, 'utf8'), 'results', report))
  log('written to apps/bench/README.md')
})

/** The running Node, or another major that npm brings, with the addon that belongs to it. */
async function chooseNode(major = process.versions.node.split('.')[0]) {
  const node = await otherNode(Number(major))
  if (!node) throw new Explained(`--node: npm has no Node ${major} for ${process.platform} ${process.arch}.`)
  return { ...node, addon: await addonFor(node) }
}

function choose(all, key, wanted, option) {
  if (!wanted) return all
  const names = [...new Set(wanted.split(','))]
  const unknown = names.find((name) => !all.some((item) => item[key] === name))
  if (unknown) throw new Explained(`${option}: there is no '${unknown}'; there are ${all.map((item) => item[key]).join(', ')}.`)
  return all.filter((item) => names.includes(item[key]))
}
