import { inPairs } from './in-pairs.mjs'
import { startConfiguration } from './process.mjs'
import { chunks, mean, shuffle } from './statistics.mjs'
import { isSteady } from './steady.mjs'

/** Candidates between two bursts of the base: more would be further from what they are compared with, fewer take more of its time. */
const perBase = 2

/** Length of the bursts of one pass while warming up: every route has its turn soon. */
const passScale = 0.35

/**
 * Measures all configurations side by side. A replicate is a set of fresh processes; within it every round takes every route, and on
 * every route each candidate once, in random order, between two bursts of the base:
 *
 *     base 1  candidate  candidate  base 2  candidate  candidate  base 3 ...      ratio = candidate / mean(base before, base after)
 *
 * Each of these bursts comes from a process of its own, the base's too, so that all have run equally often and the compiler knows the
 * base no better than the others. Every measured burst follows an unmeasured one of half its length.
 *
 * @param plan.replicates sets of fresh processes
 * @param plan.rounds in each
 * @param plan.rivalRounds the first of them, in which rivals take part
 * @param plan.scale length of a burst: 1 is about 100 ms of a bare app
 * @param plan.warmUpMs at most, for each process
 * @param plan.deadline epoch ms; no replicate but the first is begun that would not be done by then if it took as long as the one before
 * @returns samples `{ id, path, cpuUs, ratio }`, CPU to listening of every process, the number of replicates, and how many processes had not settled
 */
export async function measure({ configurations, routes, host, plan, log }) {
  const [base, ...candidates] = configurations
  const result = { samples: [], startups: [], replicates: 0, unsettled: 0 }
  let lastMs = 0
  for (; result.replicates < plan.replicates && Date.now() + lastMs <= plan.deadline; result.replicates++) {
    const start = Date.now()
    const name = `replicate ${result.replicates + 1} of ${plan.replicates}`
    const bases = []
    const processes = new Map()
    try {
      for (const configuration of shuffle([...candidates, ...Array(basesFor(candidates)).fill(base)])) {
        const started = await startConfiguration(configuration, host)
        if (configuration === base) bases.push(started)
        else processes.set(configuration.id, started)
        result.startups.push({ id: configuration.id, cpuMs: started.startupCpuMs })
      }
      log(`${name}: ${bases.length + processes.size} processes warm up`)
      const all = [...bases.map((started) => [started, base]), ...candidates.map((candidate) => [processes.get(candidate.id), candidate])]
      await inPairs(all, async ([started, configuration]) => {
        if (!(await warmUp(started, configuration, routes, plan))) result.unsettled++
      })
      for (let round = 0; round < plan.rounds; round++) {
        log(`${name}: round ${round + 1} of ${plan.rounds}`)
        const taking = candidates.filter(({ rival }) => !rival || round < plan.rivalRounds)
        for (const route of shuffle(routes))
          result.samples.push(...(await measureRoute({ base, bases, candidates: taking, processes }, route, plan)))
      }
      for (const { id, check, checkAll } of candidates) {
        await checkAll?.(processes.get(id))
        for (const route of check ? routes : []) await check(processes.get(id), route)
      }
    } finally {
      for (const started of [...bases, ...processes.values()]) await started.stop()
    }
    lastMs = Date.now() - start
  }
  return result
}

const basesFor = (candidates) => Math.ceil(candidates.length / perBase) + 1

/** All routes in turn, as often as it takes until they get no cheaper; `false` where the time ended first. */
async function warmUp(started, configuration, routes, { warmUpMs }) {
  const end = Date.now() + warmUpMs
  const passes = []
  let before = await started.cpuUs()
  while (!isSteady(passes) && Date.now() < end) {
    for (const route of routes) await started.burst(route, countOf(route, configuration, passScale))
    const after = await started.cpuUs()
    passes.push(after - before)
    before = after
  }
  return isSteady(passes)
}

async function measureRoute({ base, bases, candidates, processes }, route, { scale }) {
  const cpuOf = async (started, configuration) => {
    await started.burst(route, countOf(route, configuration, scale / 2))
    return started.cpuPerRequest(route, countOf(route, configuration, scale))
  }
  const [first, ...others] = shuffle(bases)
  let before = await cpuOf(first, base)
  const samples = [{ id: base.id, path: route.path, cpuUs: before, ratio: 1 }]
  for (const [index, group] of chunks(shuffle(candidates), perBase).entries()) {
    const costs = []
    for (const candidate of group) costs.push({ id: candidate.id, cpuUs: await cpuOf(processes.get(candidate.id), candidate) })
    const after = await cpuOf(others[index], base)
    for (const { id, cpuUs } of costs) samples.push({ id, path: route.path, cpuUs, ratio: cpuUs / mean(before, after) })
    samples.push({ id: base.id, path: route.path, cpuUs: after, ratio: 1 })
    before = after
  }
  return samples
}

const countOf = (route, { load = 1 }, scale) => Math.max(1, Math.round(route.burst * scale * load))
