import { EventEmitter } from 'node:events'
import { addListeners } from './listeners.js'

/** What happens in the shop, told to whoever wants to know. A rejected async listener arrives at `error`, as a thrown one would. */
export function createBus({ logger }) {
  const bus = new EventEmitter({ captureRejections: true })
  bus.on('error', function logFailedListener(error) {
    logger.error({ err: error }, 'a listener failed')
  })
  addListeners(bus, { logger })
  return bus
}
