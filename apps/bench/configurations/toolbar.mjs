/** The toolbar as it comes, with everything watched. */
import { debugToolbar } from 'debug-toolbar'

export const configuration = {
  middleware: ({ databases, logger, bus }) => [debugToolbar({ watch: [...databases, logger, bus] })],
}
