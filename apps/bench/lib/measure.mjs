import { startConfiguration } from './process.mjs'
import { mean, shuffle } from './statistics.mjs'

/**
 * Measures all configurations side by side. A replicate is a set of fresh processes; within it every round takes every route, and on
 * every route each candidate once, in random order, between two bursts of the base:
 *
 *     base 1  candidate  base 2  candidate  base 3 ...      ratio = candidate / mean(base before, base after)
 *
 * Each of these bursts comes from a process of its own, the base's too, so that all have run equally often and the compiler knows the
 * base no better than the others. Every measured burst follows an unmeasured one of the same kind.
 */
export async function measure({ configurations, routes, host, replicates, rounds, scale, deadline, log }) {
  const [base, ...candidates] = configurations
  const samples = []
  const startups = []
  let done = 0
  for (; done < replicates && (done === 0 || Date.now() < deadline); done++) {
    const bases = []
    const processes = new Map()
    try {
      for (const configuration of shuffle([...candidates, ...Array(candidates.length + 1).fill(base)])) {
        const started = await startConfiguration(configuration, host)
        if (configuration === base) bases.push(started)
        else processes.set(configuration.id, started)
        startups.push({ id: configuration.id, cpuMs: started.startupCpuMs })
      }
      await warmUp([...bases, ...processes.values()], routes, scale)
      for (let round = 0; round < rounds && (done + round === 0 || Date.now() < deadline); round++) {
        log(`replicate ${done + 1} of ${replicates}, round ${round + 1} of ${rounds}`)
        for (const route of shuffle(routes)) samples.push(...(await measureRoute({ base, bases, candidates, processes }, route, scale)))
      }
      await checkRecorded(candidates, processes, routes)
    } finally {
      for (const started of [...bases, ...processes.values()]) await started.stop()
    }
  }
  return { samples, startups, replicates: done }
}

/** Twice over all routes, so that the compiler has seen each before anything is measured. */
async function warmUp(processes, routes, scale) {
  for (let pass = 0; pass < 2; pass++) {
    for (const route of routes) {
      for (const started of processes) await started.burst(route.path, countOf(route, scale))
    }
  }
}

async function measureRoute({ base, bases, candidates, processes }, route, scale) {
  const cpuOf = async (started) => {
    const count = countOf(route, scale)
    await started.burst(route.path, count)
    return started.cpuPerRequest(route.path, count)
  }
  const [first, ...others] = shuffle(bases)
  let before = await cpuOf(first)
  const samples = [{ id: base.id, path: route.path, cpuUs: before, ratio: 1 }]
  for (const [index, candidate] of shuffle(candidates).entries()) {
    const cpuUs = await cpuOf(processes.get(candidate.id))
    const after = await cpuOf(others[index])
    samples.push({ id: candidate.id, path: route.path, cpuUs, ratio: cpuUs / mean(before, after) })
    samples.push({ id: base.id, path: route.path, cpuUs: after, ratio: 1 })
    before = after
  }
  return samples
}

/** Not while measuring: reading a record makes the server work. */
async function checkRecorded(candidates, processes, routes) {
  for (const { id } of candidates) {
    const { configuration } = await import(`../configurations/${id}.mjs`)
    if (!configuration.check) continue
    for (const route of routes) await configuration.check(processes.get(id).connection, route)
  }
}

/** Memory of fresh processes after the same number of requests each. */
export async function measureMemory({ configurations, host, requests, log }) {
  const memory = []
  for (const configuration of shuffle(configurations)) {
    log(`memory: ${configuration.id}`)
    const started = await startConfiguration(configuration, host)
    try {
      await started.burst('/page', requests)
      memory.push({ id: configuration.id, ...(await started.memory()) })
    } finally {
      await started.stop()
    }
  }
  return memory
}

const countOf = (route, scale) => Math.max(2, Math.round(route.burst * scale))
