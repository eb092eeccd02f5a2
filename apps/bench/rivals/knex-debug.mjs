/** What needs no package: `debug: true`, which prints every query, and a log line for each. Both end in the null device. */
import { createRequire } from 'node:module'
import { devNull } from 'node:os'

const pino = createRequire(new URL('../server.mjs', import.meta.url))('pino')
const queryLog = pino(pino.destination({ dest: devNull, sync: true }))
// It knows nothing of requests.
const counts = { requests: null, queries: 0 }

export const configuration = {
  knex: { debug: true },
  middleware({ databases }) {
    for (const database of databases) {
      database.on('query', ({ sql, bindings }) => {
        queryLog.info({ sql, bindings }, 'query')
        counts.queries++
      })
    }
    return []
  },
  recorded: () => counts,
}
