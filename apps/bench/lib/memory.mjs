import { inPairs } from './in-pairs.mjs'
import { startConfiguration } from './process.mjs'
import { shuffle } from './statistics.mjs'

/**
 * Memory of fresh processes after the same number of requests for a page: `[{ id, rss, heapAfterGc }]`, one for each time.
 * Two run side by side: this is no matter of time.
 *
 * @param times how many processes of a configuration
 */
export async function measureMemory({ configurations, route, host, requests, times, log }) {
  const memory = []
  await inPairs(
    shuffle(configurations.flatMap((configuration) => Array(times(configuration)).fill(configuration))),
    async (configuration) => {
      log(`memory: ${configuration.id}`)
      const started = await startConfiguration(configuration, host)
      try {
        await started.burst(route, requests)
        memory.push({ id: configuration.id, ...(await started.ask('memory')) })
      } finally {
        await started.stop()
      }
    },
  )
  return memory
}
