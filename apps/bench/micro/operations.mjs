/** What is measured: one kind of entry each, made `entries` times within one request. */
import { EventEmitter } from 'node:events'
import knex from 'knex'
import pino from 'pino'

/** One set of instances, to be watched or not. */
export function createTools() {
  const bus = new EventEmitter()
  bus.on('micro', function onMicro() {})
  return {
    db: knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true }),
    logger: pino({}, { write() {} }),
    bus,
  }
}

/**
 * `run(tools, measure, each)` makes the entries; `each()` comes after every one of them. Below the limits of a record, so that all are kept.
 * `requests` make one round, `warm` come before the first.
 */
export const operations = [
  { id: 'request', entries: 0, requests: 130, warm: 1_600, run: () => {} },
  {
    id: 'sql',
    entries: 100,
    requests: 4,
    warm: 160,
    async run({ db }, _measure, each) {
      for (let number = 0; number < 100; number++) {
        await db.select(db.raw('? as number', [number]))
        each()
      }
    },
  },
  {
    id: 'log',
    entries: 400,
    requests: 7,
    warm: 60,
    run({ logger }, _measure, each) {
      for (let number = 0; number < 400; number++) {
        logger.info({ number }, 'served')
        each()
      }
    },
  },
  {
    id: 'signal',
    entries: 1_000,
    requests: 4,
    warm: 40,
    run({ bus }, _measure, each) {
      for (let number = 0; number < 1_000; number++) {
        bus.emit('micro', number)
        each()
      }
    },
  },
  {
    id: 'span',
    entries: 400,
    requests: 7,
    warm: 60,
    run(_tools, measure, each) {
      let sum = 0
      for (let number = 0; number < 400; number++) {
        sum += measure('add', () => number)
        each()
      }
      return sum
    },
  },
]

const order = {
  id: 17,
  customer: 'Ada',
  paid: true,
  lines: Array.from({ length: 12 }, (_, id) => ({ id, title: 'The Book of Sand', price: 12.5 })),
}

/** The yardstick: work of the language alone, a fixed amount of time and memory on any machine. */
export function reference() {
  return JSON.parse(JSON.stringify(order)).lines.length
}
