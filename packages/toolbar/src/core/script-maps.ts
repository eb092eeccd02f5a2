import { createRequire } from 'node:module'
import { toPath } from './call-sites.ts'
import { countFailure } from './guard.ts'

/**
 * Source maps of scripts that a loader compiled in memory (ts-node, swc, esbuild): nothing on disk names them, but V8 remembers what the
 * script said. The inspector of this process is asked only when somebody reads a place in a file that is not JavaScript. A template is such a file, too.
 */

interface Script {
  id: string
  /** what the script says about its map, '' for nothing */
  mapUrl: string
}

let scripts = new Map<string, Script>()
/** files that were looked for and are no scripts */
const without = new Set<string>()

/** The `sourceMappingURL` of the script that was loaded from a file; `null` when it has none. */
export function scriptMapUrl(file: string): string | null {
  if (/\.[cm]?js$/.test(file)) return null
  return scriptOf(file)?.mapUrl || null
}

const templateLines = new Map<string, readonly string[] | null>()

/**
 * The line of an EJS template that a line of its compiled function stands for: the function notes the template's line in `__line` before
 * each piece of code. `null` for files that are no such template.
 */
export function templateLine(file: string, line: number, column: number): number | null {
  if (!file.endsWith('.ejs')) return null
  let source = templateLines.get(file)
  if (source === undefined) {
    source = sourceOf(file)
    templateLines.set(file, source)
  }
  if (source === null || line > source.length) return null
  const before = [...source.slice(0, line - 1), (source[line - 1] as string).slice(0, column)].join('\n')
  const noted = before.lastIndexOf('__line = ')
  return noted === -1 ? null : Number.parseInt(before.slice(noted + 9, noted + 20), 10) || null
}

function scriptOf(file: string): Script | undefined {
  if (without.has(file)) return undefined
  if (!scripts.has(file)) scripts = listScripts()
  const script = scripts.get(file)
  if (script === undefined) without.add(file)
  return script
}

function sourceOf(file: string): readonly string[] | null {
  const script = scriptOf(file)
  if (script === undefined) return null
  let source: string | null = null
  inspect((session) =>
    session.post('Debugger.getScriptSource', { scriptId: script.id }, (_error, answer) => {
      source = answer?.scriptSource ?? null
    }),
  )
  return source === null ? null : (source as string).split('\n')
}

/** The newest script of each file. */
function listScripts(): Map<string, Script> {
  const found = new Map<string, Script>()
  inspect(
    () => {},
    ({ url, scriptId, sourceMapURL }) => {
      const file = url === '' ? null : toPath(url)
      if (file !== null) found.set(file, { id: scriptId, mapUrl: sourceMapURL ?? '' })
    },
  )
  return found
}

/** One session of the inspector of this process; it answers within the call, and tells of all scripts when the debugger is enabled. */
function inspect(
  ask: (session: InstanceType<typeof import('node:inspector').Session>) => void,
  onScript: (script: { url: string; scriptId: string; sourceMapURL?: string }) => void = () => {},
): void {
  try {
    const { Session } = createRequire(import.meta.url)('node:inspector') as typeof import('node:inspector')
    const session = new Session()
    session.connect()
    try {
      session.on('Debugger.scriptParsed', ({ params }) => onScript(params))
      session.post('Debugger.enable')
      ask(session)
      session.post('Debugger.disable')
    } finally {
      session.disconnect()
    }
  } catch (error) {
    countFailure('script-maps', error)
  }
}
