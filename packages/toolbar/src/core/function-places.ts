import { createRequire } from 'node:module'
import type { Site } from '../contract/types.ts'
import { kindOfFile, toPath } from './call-sites.ts'
import { countFailure } from './guard.ts'
import { whileReplaced } from './patch.ts'
import { mapSite } from './source-maps.ts'

/**
 * Where a function is written. JavaScript cannot say; the inspector of this process can, for the price of a session.
 * So it is asked only when somebody reads, once per function, and all functions of a record in one session.
 */

const known = new WeakMap<object, Site | null>()
/** addresses of scripts by V8's ids, which are never used again; empty for those without */
const scripts = new Map<string, string>()
/** scripts remembered: a server that loads its files again and again has ever new ones */
const maxScripts = 50_000
const question = Symbol.for('debug-toolbar.question')

interface InspectorSession {
  connect(): void
  disconnect(): void
  on(event: string, listener: (message: never) => void): void
  post(method: string, params?: object, callback?: (error: Error | null, result: never) => void): void
}

interface Inspector {
  Session: new () => InspectorSession
}

/** The place of a function that `findPlaces` has been asked about before; `null` when unknown. */
export function placeOfFunction(target: object | undefined): Site | null {
  if (target === undefined) return null
  const place = known.get(target)
  if (place !== undefined) return place
  findPlaces([target])
  return known.get(target) ?? null
}

/** Looks up all functions not known yet, in one session. */
export function findPlaces(targets: readonly (object | undefined)[]): void {
  const unknown = targets.filter((target): target is object => typeof target === 'function' && !known.has(target))
  if (unknown.length === 0) return
  for (const target of unknown) known.set(target, null)
  try {
    ask(unknown)
  } catch (error) {
    countFailure('function-places', error)
  }
}

function ask(targets: readonly object[]): void {
  const { Session } = createRequire(import.meta.url)('node:inspector') as Inspector
  const session = new Session()
  session.connect()
  try {
    const locations = targets.map((target) => locate(session, target))
    const isUnknown = (location: Location | null): boolean => location !== null && !scripts.has(location.scriptId)
    if (locations.some(isUnknown)) learnScriptsThatRan(session)
    if (locations.some(isUnknown)) learnAllScripts(session)
    for (const [index, location] of locations.entries()) {
      if (location === null) continue
      // not asked for again where it has gone
      if (isUnknown(location)) scripts.set(location.scriptId, '')
      known.set(targets[index] as object, toSite(targets[index] as object, location))
    }
  } finally {
    session.disconnect()
  }
}

/** Within some ms. Coverage that somebody else takes goes on as it is: nothing is enabled for it. */
function learnScriptsThatRan(session: InspectorSession): void {
  if (scripts.size > maxScripts) scripts.clear()
  session.post('Profiler.getBestEffortCoverage', undefined, (_error, answer: never) => {
    const { result } = (answer ?? { result: [] }) as { result: readonly Script[] }
    for (const { scriptId, url } of result) scripts.set(scriptId, url)
  })
}

/** Ten times as dear: V8 makes a checksum of each. */
function learnAllScripts(session: InspectorSession): void {
  session.on('Debugger.scriptParsed', (message: never) => {
    const { scriptId, url } = (message as { params: Script }).params
    scripts.set(scriptId, url)
  })
  session.post('Debugger.enable')
  session.post('Debugger.disable')
}

interface Script {
  scriptId: string
  url: string
}

/** Lines and columns from 0. */
interface Location {
  scriptId: string
  lineNumber: number
  columnNumber: number
}

/** In-process sessions answer synchronously. */
function locate(session: InspectorSession, target: object): Location | null {
  let objectId: string | undefined
  whileReplaced(globalThis, question, target, () => {
    session.post(
      'Runtime.evaluate',
      { expression: "globalThis[Symbol.for('debug-toolbar.question')]", silent: true },
      (_error, result: never) => {
        objectId = (result as { result?: { objectId?: string } } | undefined)?.result?.objectId
      },
    )
  })
  if (objectId === undefined) return null
  let location: Location | undefined
  session.post('Runtime.getProperties', { objectId, ownProperties: true }, (_error, result: never) => {
    const internal = (result as { internalProperties?: { name: string; value?: { value?: Location } }[] } | undefined)?.internalProperties
    location = internal?.find((property) => property.name === '[[FunctionLocation]]')?.value?.value
  })
  session.post('Runtime.releaseObject', { objectId })
  return location ?? null
}

function toSite(target: object, { scriptId, lineNumber, columnNumber }: Location): Site | null {
  const file = toPath(scripts.get(scriptId) ?? '')
  if (file === null || kindOfFile(file) === 'node') return null
  const name = Object.getOwnPropertyDescriptor(target, 'name')?.value
  return mapSite({ file, line: lineNumber + 1, column: columnNumber + 1, function: typeof name === 'string' && name !== '' ? name : null })
}
