/** The npm package miniprofiler as its README says; there is no provider for knex, so the events of knex are told to it here. */
import { AsyncLocalStorage } from 'node:async_hooks'
import miniprofiler from 'miniprofiler'

const context = new AsyncLocalStorage()
const counts = { requests: 0, queries: 0 }

export const configuration = {
  middleware({ databases }) {
    for (const database of databases) watch(database)
    return [
      miniprofiler.express(),
      (req, _res, next) => {
        if (req.miniprofiler.id) counts.requests++
        context.run(req.miniprofiler, next)
      },
    ]
  },
  recorded: () => counts,
}

function watch(database) {
  const open = new Map()
  database.on('query', ({ __knexQueryUid, sql }) => {
    const timing = context.getStore()?.startTimeQuery('sql', sql)
    if (timing) open.set(__knexQueryUid, timing)
  })
  const end = ({ __knexQueryUid }) => {
    const timing = open.get(__knexQueryUid)
    if (!timing) return
    open.delete(__knexQueryUid)
    timing.stopTime = process.hrtime()
    counts.queries++
  }
  database.on('query-response', (_response, query) => end(query))
  database.on('query-error', (_error, query) => end(query))
}
