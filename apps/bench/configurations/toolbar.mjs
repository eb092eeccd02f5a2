/** The toolbar as it comes, with everything watched. */
import { debugToolbar } from 'debug-toolbar'
import { expectRecorded } from '../lib/expect.mjs'

export const configuration = {
  middleware: ({ db, logger, bus }) => [debugToolbar({ watch: [db, logger, bus] })],
  check: (connection, route) => expectRecorded(connection, route, { sites: true }),
}
