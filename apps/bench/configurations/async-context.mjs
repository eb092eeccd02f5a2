/** AsyncLocalStorage and nothing else: nothing that follows a request through the app can cost less. */
import { AsyncLocalStorage } from 'node:async_hooks'

const context = new AsyncLocalStorage()

export const configuration = {
  middleware: () => [(req, _res, next) => context.run({ req }, next)],
}
