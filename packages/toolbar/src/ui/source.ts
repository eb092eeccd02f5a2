import type { OverlayConfig, Site } from '../contract/types.ts'

/** Schemes that a browser answers itself; any other one is an application of the developer's machine, an editor of their choice. */
const ownSchemes = new Set([
  'javascript:',
  'data:',
  'blob:',
  'vbscript:',
  'file:',
  'filesystem:',
  'about:',
  'view-source:',
  'ws:',
  'wss:',
  'ftp:',
  'mailto:',
  'tel:',
])

export interface Place {
  file: string
  line: number | null
  column: number | null
}

/** A path as the project sees it: below its root, and a package without the way to it. */
export function toShortPath(file: string, root: string): string {
  const packages = file.lastIndexOf('/node_modules/')
  if (packages >= 0) return file.slice(packages + '/node_modules/'.length)
  const base = root.endsWith('/') ? root : `${root}/`
  return root !== '' && file.startsWith(base) ? file.slice(base.length) : file
}

/** `file:line` of text as the server writes places that are text. */
export function fromText(text: string): Place {
  const match = /^(.*?):(\d+)(?::(\d+))?$/.exec(text)
  if (!match) return { file: text, line: null, column: null }
  return { file: match[1] as string, line: Number(match[2]), column: match[3] ? Number(match[3]) : null }
}

/** Where the file is on the developer's machine, when the app runs in a container. */
export function toLocalPath(file: string, pathMap: readonly [string, string][]): string {
  const pair = pathMap.find(([from]) => file.startsWith(from))
  return pair ? pair[1] + file.slice(pair[0].length) : file
}

/** The address that opens a place in the editor, `null` when the template leads somewhere that is no editor. */
export function toEditorHref(template: string, place: Place | Site, pathMap: readonly [string, string][]): string | null {
  const file = toLocalPath(place.file, pathMap)
  if (!/^(\/|[A-Za-z]:[\\/])/.test(file)) return null
  const encoded = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':')
  const href = template
    .replaceAll('{file}', encoded)
    .replaceAll('{line}', String(place.line ?? 1))
    .replaceAll('{column}', String(place.column ?? 1))
  try {
    return ownSchemes.has(new URL(href).protocol) || !/^[a-z][a-z0-9+.-]*:\/\//i.test(href) ? null : href
  } catch {
    return null
  }
}

/** `src/routes/books.ts:42` */
export function toPlaceText(place: Place | Site, config: OverlayConfig | null): string {
  const path = toShortPath(place.file, config?.root ?? '')
  return place.line === null ? path : `${path}:${place.line}`
}
