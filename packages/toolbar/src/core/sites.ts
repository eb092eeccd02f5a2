import type { Site } from '../contract/types.ts'
import { parseStack, type StackOptions, userFrame } from './call-sites.ts'
import { mapSite } from './source-maps.ts'

const known = new Map<string, Site | null>()
const noIgnored: StackOptions['ignore'] = []
let ignoring = noIgnored
/** distinct stacks remembered; texts are shared with the records */
const maxKnown = 2_000

/** Files of the option `stack.ignore`, which are never the place. Set by the runtime of the process. */
export function setIgnoredFiles(ignore: StackOptions['ignore']): void {
  ignoring = ignore
  known.clear()
}

/** All lines of the user's own code on a stack, as they were written, the innermost first: the first is `siteOfStack`. */
export function sitesOfStack(text: string): Site[] {
  const sites: Site[] = []
  const frames = parseStack(text)
  for (let frame = userFrame(frames, ignoring); frame !== null; frame = userFrame(frames, ignoring)) {
    sites.push(mapSite({ file: frame.file as string, line: frame.line, column: frame.column, function: frame.function }))
    frames.splice(0, frames.indexOf(frame) + 1)
  }
  return sites
}

/** The first line of the user's own code on a stack, as it was written; `null` without one. */
export function siteOfStack(text: string): Site | null {
  let site = known.get(text)
  if (site !== undefined) return site
  const frame = userFrame(parseStack(text), ignoring)
  site = frame === null ? null : mapSite({ file: frame.file as string, line: frame.line, column: frame.column, function: frame.function })
  if (known.size >= maxKnown) known.clear()
  known.set(text, site)
  return site
}
