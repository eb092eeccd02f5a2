/** The toolbar without call sites: what the stacks cost is the difference to the toolbar as it comes. */
import { debugToolbar } from 'debug-toolbar'

export const configuration = {
  middleware: ({ databases, logger, bus }) => [debugToolbar({ watch: [...databases, logger, bus], stack: false })],
}
