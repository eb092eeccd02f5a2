/**
 * `npm test`: sets everything up and runs every check that ends within minutes, cheapest first, stopping at the first failure.
 * `npm test -- unit browser` runs only the steps named.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureChromium, howToGetChromium } from './chromium.mjs'
import { readCounts, totalLine } from './lib/counts.mjs'
import { cacheDir, inRoot } from './lib/paths.mjs'
import { binOf, runNode } from './lib/run.mjs'
import { Explained, main, seconds, step } from './lib/say.mjs'
import { ensureBuilt, ensureInstalled } from './lib/setup.mjs'
import { checkPackageShape } from './package-shape.mjs'
import { requireAll } from './services.mjs'

const reports = { unit: join(cacheDir, 'vitest.json'), browser: join(cacheDir, 'playwright.json') }

const steps = {
  lint: () => tool('@biomejs/biome', ['check', '.']),
  types: () => typeCheck('packages/toolbar/tsconfig.node.json', 'packages/toolbar/tsconfig.browser.json'),
  build: async () => {
    if (!(await ensureBuilt())) console.log('  up to date')
  },
  // After the build: tests import the package as its users do.
  'types of tests': () => typeCheck('tsconfig.tests.json'),
  package: checkPackageShape,
  'hot path': async () => {
    const { code } = await runNode([inRoot('apps/bench/micro/run.mjs')])
    if (code !== 0) throw new Explained('the hot path is dearer than it may be: what is printed above says which entries.')
  },
  unit: () => tool('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reports.unit}`]),
  browser: async () => {
    const chromium = await ensureChromium()
    if (!chromium && requireAll()) throw new Explained(howToGetChromium)
    if (!chromium) return console.log(`  skipped: ${howToGetChromium}`)
    return tool('@playwright/test', ['test', '--reporter=list,json'], {
      CHROMIUM_PATH: chromium,
      PLAYWRIGHT_JSON_OUTPUT_FILE: reports.browser,
    })
  },
}

const needBuild = new Set(['types of tests', 'package', 'hot path', 'unit', 'browser'])

await main(async () => {
  const asked = process.argv.slice(2)
  const unknown = asked.filter((name) => !(name in steps))
  if (unknown.length > 0) throw new Explained(`no step '${unknown[0]}': there are ${Object.keys(steps).join(', ')}.`)
  const start = performance.now()
  for (const file of Object.values(reports)) rmSync(file, { force: true })
  await ensureInstalled()
  const chosen = asked.length > 0 ? asked : Object.keys(steps)
  if (!chosen.includes('build') && chosen.some((name) => needBuild.has(name))) await ensureBuilt()
  for (const name of chosen) await step(name, steps[name])
  console.log(`\n✔ all steps passed in ${seconds(performance.now() - start)}`)
  const counts = readCounts(Object.values(reports))
  if (counts) console.log(totalLine(counts))
})

async function tool(packageName, args, env) {
  const { code } = await runNode([binOf(packageName), ...args], { env })
  if (code !== 0) throw new Explained(`${packageName} ${args[0]} failed (exit ${code}): what it printed above says where.`)
}

async function typeCheck(...projects) {
  for (const project of projects) await tool('typescript', ['-p', project, '--noEmit'])
}
