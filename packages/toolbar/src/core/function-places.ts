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
const question = Symbol.for('debug-toolbar.question')

interface Inspector {
  Session: new () => {
    connect(): void
    disconnect(): void
    on(event: string, listener: (message: never) => void): void
    post(method: string, params?: object, callback?: (error: Error | null, result: never) => void): void
  }
}

/** The place of a function that `findPlaces` has been asked about before; `null` when unknown. */
export function placeOfFunction(target: object | undefined): Site | null {
  if (target === undefined) return null
  const place = known.get(target)
  if (place !== undefined) return place
  findPlaces([target])
  return known.get(target) ?? null
}

/** Looks up all functions not known yet. One session for all: enabling the debugger is the dear part. */
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
  const urls = new Map<string, string>()
  session.connect()
  try {
    session.on('Debugger.scriptParsed', (message: never) => {
      const { scriptId, url } = (message as { params: { scriptId: string; url: string } }).params
      urls.set(scriptId, url)
    })
    session.post('Debugger.enable')
    for (const target of targets) {
      const place = askOne(session, target, urls)
      if (place !== null) known.set(target, place)
    }
    session.post('Debugger.disable')
  } finally {
    session.disconnect()
  }
}

/** In-process sessions answer synchronously. */
function askOne(session: InstanceType<Inspector['Session']>, target: object, urls: ReadonlyMap<string, string>): Site | null {
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
  let location: { scriptId: string; lineNumber: number; columnNumber: number } | undefined
  session.post('Runtime.getProperties', { objectId, ownProperties: true }, (_error, result: never) => {
    const internal = (result as { internalProperties?: { name: string; value?: { value?: typeof location } }[] } | undefined)
      ?.internalProperties
    location = internal?.find((property) => property.name === '[[FunctionLocation]]')?.value?.value
  })
  session.post('Runtime.releaseObject', { objectId })
  if (location === undefined) return null
  const file = toPath(urls.get(location.scriptId) ?? '')
  if (file === null || kindOfFile(file) === 'node') return null
  const name = Object.getOwnPropertyDescriptor(target, 'name')?.value
  return mapSite({
    file,
    line: location.lineNumber + 1,
    column: location.columnNumber + 1,
    function: typeof name === 'string' && name !== '' ? name : null,
  })
}
