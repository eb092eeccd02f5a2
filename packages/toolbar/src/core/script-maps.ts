import { createRequire } from 'node:module'
import { toPath } from './call-sites.ts'
import { countFailure } from './guard.ts'

/**
 * Source maps of scripts that a loader compiled in memory (ts-node, swc, esbuild): nothing on disk names them, but V8 remembers what the
 * script said. The inspector of this process is asked only when somebody reads a place in a file that is not JavaScript.
 */

let urls = new Map<string, string>()
/** files that were looked for and have none: a new script may come, so they are asked for again only when more scripts were seen */
const without = new Set<string>()

/** The `sourceMappingURL` of the script that was loaded from a file; `null` when it has none. */
export function scriptMapUrl(file: string): string | null {
  if (/\.[cm]?js$/.test(file) || without.has(file)) return null
  if (!urls.has(file)) {
    try {
      urls = listScripts()
    } catch (error) {
      countFailure('script-maps', error)
    }
  }
  const url = urls.get(file)
  if (url === undefined) without.add(file)
  return url ?? null
}

function listScripts(): Map<string, string> {
  const { Session } = createRequire(import.meta.url)('node:inspector') as typeof import('node:inspector')
  const session = new Session()
  const found = new Map<string, string>()
  session.connect()
  try {
    // in-process sessions tell of all scripts within the call
    session.on('Debugger.scriptParsed', ({ params }) => {
      const file = params.sourceMapURL ? toPath(params.url) : null
      if (file !== null && params.sourceMapURL) found.set(file, params.sourceMapURL)
    })
    session.post('Debugger.enable')
    session.post('Debugger.disable')
  } finally {
    session.disconnect()
  }
  return found
}
