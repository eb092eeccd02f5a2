/** Results of a run in which every figure is known. */
const labels = ['bare', 'bare-again', 'async-context', 'toolbar', 'disabled', 'opentelemetry']

/** `ratios` of one route: `{ toolbar: [1.2, 1.3], ... }`; the bare app takes 100 µs. */
export function samplesOf(path, ratios) {
  return Object.entries({ bare: [1], ...ratios }).flatMap(([id, values]) =>
    values.map((ratio) => ({ id, path, ratio, cpuUs: ratio * 100 })),
  )
}

const how = { replicates: 3, rounds: 1, scale: 1, processes: 12, unsettled: 1 }

export function createResults(overrides = {}) {
  const configurations = labels.map((id) => ({ id, label: id, rival: id === 'opentelemetry' }))
  const ratios = { 'bare-again': [0.98, 1.02], 'async-context': [1.1], toolbar: [1.2, 1.3, 1.5], disabled: [1.01], opentelemetry: [1.7] }
  return {
    settings: {
      date: '2026-01-02',
      node: '20.20.2',
      machine: '2 × a CPU, linux',
      quick: false,
      minutes: 16,
      replicates: 3,
      rounds: 3,
      rivalRounds: 2,
      scale: 1.5,
      processes: 48,
      unsettled: 2,
    },
    configurations,
    routes: [
      { path: '/n1', what: '51 queries' },
      { path: '/pg', what: '51 queries on PostgreSQL' },
    ],
    samples: [...samplesOf('/n1', ratios), ...samplesOf('/pg', ratios)],
    startups: configurations.map(({ id }) => ({ id, cpuMs: id === 'toolbar' ? 260 : 200 })),
    scaling: {
      configurations: configurations.filter(({ id }) => ['bare', 'async-context', 'toolbar'].includes(id)),
      routes: [
        { path: '/queries?n=10', queries: 10, what: '' },
        { path: '/queries?n=20', queries: 20, what: '' },
      ],
      // 30 µs over async context for 10 queries, 70 µs for 20.
      samples: [
        ...samplesOf('/queries?n=10', { 'async-context': [1.1], toolbar: [1.4] }),
        ...samplesOf('/queries?n=20', { 'async-context': [1.1], toolbar: [1.8] }),
      ],
      how,
    },
    bytes: [{ path: '/n1', head: 180, body: 260 }],
    opening: {
      queries: 1000,
      panels: [
        { cpuMs: 60, bytes: 90_000 },
        { cpuMs: 20, bytes: 80_000 },
        { cpuMs: 30, bytes: 120_000 },
      ],
      pages: [
        { cpuMs: 9, bytes: 4_000 },
        { cpuMs: 3, bytes: 4_000 },
      ],
      codeBytes: { bar: 20_000, panel: 60_000 },
    },
    memory: configurations.map(({ id }) => ({ id, rss: (id === 'toolbar' ? 116 : 100) * 2 ** 20, heapAfterGc: 10 * 2 ** 20 })),
    memoryRequests: 20_000,
    nodes: [
      {
        version: '24.0.0',
        configurations: configurations.filter(({ id }) => ['bare', 'async-context', 'toolbar'].includes(id)),
        routes: [{ path: '/n1', what: '' }],
        samples: samplesOf('/n1', { 'async-context': [1.02], toolbar: [1.12] }),
        how,
      },
    ],
    ...overrides,
  }
}

/** A run of which only the ratios were taken, as `--quick` does. */
export const createQuickResults = () =>
  createResults({ scaling: null, bytes: null, opening: null, memory: [], memoryRequests: 0, nodes: [] })
