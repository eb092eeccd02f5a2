/**
 * `node apps/bench/micro/run.mjs`: what the hot path costs for each entry, in time and in bytes allocated, against a yardstick that runs
 * beside it. Ends with 1 where something is dearer than its limit. `--only sql,log` takes some; `--handicap sql`, `--handicap sql:bytes` and
 * `--handicap sql:time` add to each of its entries as much again as its limit, to see that the check can fail.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runNode } from '../../../scripts/lib/run.mjs'
import { Explained, main } from '../../../scripts/lib/say.mjs'
import { judgeMicro, limits, toLines } from './judge.mjs'

const program = fileURLToPath(new URL('process.mjs', import.meta.url))
/** No collection while bytes are counted: a young generation (MB) that holds all of a round. */
const flags = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128']

await main(async () => {
  const { values } = parseArgs({ options: { only: { type: 'string' }, handicap: { type: 'string' } } })
  const ids = Object.keys(limits)
  const unknown = values.only?.split(',').find((id) => !ids.includes(id))
  if (unknown !== undefined) throw new Explained(`--only: there is no '${unknown}'; there are ${ids.join(', ')}.`)
  const chosen = values.only ? `request,${values.only}` : ''
  if (values.handicap !== undefined) {
    const [id, what, more] = values.handicap.split(':')
    const measured = chosen === '' ? ids : chosen.split(',')
    if (!measured.includes(id) || more !== undefined || ![undefined, 'time', 'bytes'].includes(what))
      throw new Explained(
        `--handicap takes one of ${measured.join(', ')}, with :time or :bytes or nothing after it, and got '${values.handicap}'.`,
      )
  }
  let dear = ids
  // A neighbour may be in the way once. What is dear is dear again.
  for (let tries = 2; tries > 0; tries--) {
    const measured = await measure(chosen, values.handicap ?? '')
    const judged = judgeMicro(measured)
    console.log(toLines(measured, judged).join('\n'))
    dear = judged.filter(({ id, pass }) => !pass && dear.includes(id)).map(({ id }) => id)
    if (dear.length === 0) return
  }
  throw new Explained(
    `the hot path costs more than it may for: ${dear.join(', ')}. What was added to it? If it is worth that, apps/bench/micro/judge.mjs has the limits.`,
  )
})

async function measure(chosen, handicap) {
  const { code, output } = await runNode([...flags, program, chosen, handicap], {
    capture: true,
    timeoutMs: 120_000,
    env: { NODE_ENV: '' },
  })
  if (code !== 0) throw new Explained(`the micro-benchmark ended with ${code}:\n${output}`)
  return JSON.parse(output.trim().split('\n').pop())
}
