/** Installed and called, in production: it must read like `bare again`. */
import { debugToolbar } from 'debug-toolbar'
import { expectNothing } from '../lib/expect.mjs'

export const configuration = {
  middleware: ({ db, logger, bus }) => [debugToolbar({ watch: [db, logger, bus] })],
  check: expectNothing,
}
