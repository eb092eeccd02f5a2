/**
 * `npm run test:full`: what takes too long for every change. The packed package on three Nodes, and the long tests (the previous
 * majors of the SQL drivers among them): `*.full.test.ts`.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { readCounts, totalLine } from './lib/counts.mjs'
import { cacheDir } from './lib/paths.mjs'
import { installPreviousMajors } from './lib/previous-majors.mjs'
import { binOf, runNode } from './lib/run.mjs'
import { Explained, main, seconds, step } from './lib/say.mjs'
import { ensureBuilt, ensureInstalled } from './lib/setup.mjs'
import { packSmoke } from './pack-smoke.mjs'

const report = join(cacheDir, 'vitest-full.json')

await main(async () => {
  const start = performance.now()
  rmSync(report, { force: true })
  await ensureInstalled()
  await ensureBuilt()
  const smoke = await packSmoke()
  console.log(`\nsmoke: ${smoke.passed} passed, ${smoke.failed} failed, ${smoke.skipped} skipped`)
  if (smoke.failed > 0) throw new Explained(`${smoke.failed} checks of the packed package failed: each says above what it saw.`)
  const previous = await step('previous majors of the SQL drivers', installPreviousMajors)
  await step('long tests', async () => {
    const { code } = await runNode([binOf('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], {
      env: { FULL: '1', PREVIOUS_MAJORS: previous },
      timeoutMs: 30 * 60_000,
    })
    if (code !== 0) throw new Explained(code === 124 ? 'the long tests did not end within 30 minutes.' : `vitest failed (exit ${code}).`)
  })
  const long = readCounts([report]) ?? { passed: 0, failed: 0, skipped: 0 }
  console.log(`\n✔ the full tests passed in ${seconds(performance.now() - start)}`)
  console.log(
    totalLine({
      passed: smoke.passed + long.passed,
      failed: long.failed,
      skipped: smoke.skipped + long.skipped,
    }),
  )
})
