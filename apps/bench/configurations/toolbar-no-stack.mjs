/** The toolbar without call sites: what the stacks cost is the difference to the row above. */
import { debugToolbar } from 'debug-toolbar'
import { expectRecorded } from '../lib/expect.mjs'

export const configuration = {
  middleware: ({ db, logger, bus }) => [debugToolbar({ watch: [db, logger, bus], stack: false })],
  check: (connection, route) => expectRecorded(connection, route, { sites: false }),
}
