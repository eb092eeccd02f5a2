import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository, whatever the working directory is. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Path inside the repository. */
export const inRoot = (...parts) => join(root, ...parts)

/** Everything the scripts remember or download. Removing it costs time, never correctness. */
export const cacheDir = inRoot('node_modules', '.cache', 'debug-toolbar')
