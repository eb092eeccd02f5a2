import { createConnection } from '../../apps/bench/lib/client.mjs'

/**
 * Keeps `connections` keep-alive connections busy, one request at a time on each, until `requests` are answered or `ms` are over.
 * `perSecond` holds the rate down. @returns latencies in ms, and how many answers were not 200
 */
export async function drive(port, { path, connections = 1, requests = Number.POSITIVE_INFINITY, ms = 60_000, perSecond = 0 }) {
  const started = performance.now()
  const latencies = []
  let sent = 0
  let wrong = 0
  const pathOf = typeof path === 'function' ? path : () => path
  const one = async () => {
    const connection = createConnection(port)
    try {
      while (sent < requests && performance.now() - started < ms) {
        const number = sent++
        const due = perSecond === 0 ? 0 : started + (number / perSecond) * 1_000 - performance.now()
        if (due > 1) await new Promise((resolve) => setTimeout(resolve, due))
        const from = performance.now()
        const { status } = await connection.get(pathOf(number))
        latencies.push(performance.now() - from)
        if (status !== 200) wrong++
      }
    } finally {
      connection.close()
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  return { latencies, wrong, count: latencies.length, seconds: (performance.now() - started) / 1_000 }
}
